// SPDX-License-Identifier: Apache-2.0
//
// The bridge's guests, files and words: what each call answers, also to what it should not be given.
#include "unitee_bridge.h"

#include "support/bridge.hpp"
#include "support/folder.hpp"
#include "support/sealed_on_disk.hpp"

#include <unitee/guest/simulated_image.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace test_bridge_calls {

using namespace unitee;
using namespace unitee::test;

namespace {

const octets key(32, 1);  // of sealed_on_disk
const octets nonce(64, 7);

// a_handle is what no call may read: it is there to be replaced by NULL.
template <class Handle>
Handle* a_handle() {
  static char nothing;
  return reinterpret_cast<Handle*>(&nothing);
}

unitee_file* opened(const sealed_on_disk& file) {
  unitee_file* out = nullptr;
  require_ok(unitee_open_with_key(file.path.c_str(), view_of(key), &out));
  return out;
}

}  // namespace

TEST_CASE("NULL where a value is needed is a bad argument, named by its number", "[bridge]") {
  const sealed_on_disk file(10'000);
  const char* const path = file.path.c_str();
  const unitee_view none{nullptr, 1};
  unitee_bytes bytes{};

  CHECK(said(unitee_this_guest(nullptr)) == "bad_argument 1");
  CHECK(said(unitee_insecure_simulated_snp(nullptr, {}, nullptr)) == "bad_argument 3");
  CHECK(said(unitee_insecure_simulated_root(nullptr, &bytes)) == "bad_argument 1");
  CHECK(said(unitee_insecure_simulated_root(bridged_guest(), nullptr)) == "bad_argument 2");
  CHECK(said(unitee_attest(nullptr, view_of(nonce), &bytes, nullptr)) == "bad_argument 1");
  CHECK(said(unitee_attest(bridged_guest(), {nullptr, 64}, &bytes, nullptr)) == "bad_argument 2");
  CHECK(said(unitee_attest(bridged_guest(), view_of(nonce), nullptr, &bytes)) == "bad_argument 3");
  CHECK(said(unitee_open_with_key(path, view_of(key), nullptr)) == "bad_argument 3");
  CHECK(said(unitee_open_in_guest(path, bridged_guest(), nullptr)) == "bad_argument 3");
  CHECK(said(unitee_check(nullptr)) == "bad_argument 1");
  CHECK(said(unitee_verify(nullptr, nullptr, nullptr)) == "bad_argument 2");

  unitee_guest* guest = a_handle<unitee_guest>();
  CHECK(said(unitee_insecure_simulated_snp(nullptr, none, &guest)) == "bad_argument 2");
  CHECK(said(unitee_insecure_simulated_snp("", {"image", 5}, &guest)) == "bad_argument 1");
  CHECK(guest == nullptr);
  for (const bool by_guest : {false, true}) {
    unitee_file* out = a_handle<unitee_file>();
    CHECK(said(by_guest ? unitee_open_in_guest(nullptr, bridged_guest(), &out)
                        : unitee_open_with_key(nullptr, view_of(key), &out)) == "bad_argument 1");
    CHECK(out == nullptr);
    out = a_handle<unitee_file>();
    CHECK(said(by_guest ? unitee_open_in_guest(path, nullptr, &out)
                        : unitee_open_with_key(path, {nullptr, 32}, &out)) == "bad_argument 2");
    CHECK(out == nullptr);
  }

  octets out(8, 0xAA);
  CHECK(said(unitee_read_at(nullptr, 0, out.data(), out.size())) == "bad_argument 1");
  CHECK(out == octets(8, 0));
  CHECK(unitee_size(nullptr) == 0);
  unitee_close(nullptr);
  unitee_close_guest(nullptr);
  unitee_release(nullptr);
  unitee_release(&bytes);
}

TEST_CASE("keys and report data of any other size are bad arguments", "[bridge]") {
  const sealed_on_disk file(1);
  for (std::size_t size = 0; size <= 80; ++size) {
    CAPTURE(size);
    const octets given(size, 1);
    unitee_file* out = nullptr;
    CHECK(said(unitee_open_with_key(file.path.c_str(), view_of(given), &out)) ==
          (size == 32 ? "ok" : "bad_argument 2"));
    CHECK((out != nullptr) == (size == 32));
    unitee_close(out);
    unitee_bytes evidence{};
    CHECK(said(unitee_attest(bridged_guest(), view_of(given), &evidence, nullptr)) ==
          (size == 64 ? "ok" : "bad_argument 2"));
    CHECK(taken(evidence).size() == (size == 64 ? 1184 : 0));
  }
}

TEST_CASE("a file is read as the library reads it, at every boundary", "[bridge]") {
  for (const std::size_t size : boundary_sizes) {
    CAPTURE(size);
    const sealed_on_disk file(size);
    unitee_file* const in = opened(file);
    CHECK(unitee_size(in) == size);
    CHECK(said(unitee_check(in)) == "ok");
    for (const std::size_t begin : boundary_sizes) {
      for (const std::size_t n : boundary_sizes) {
        octets out(n, 0xAA);
        const std::string answer = said(unitee_read_at(in, begin, out.empty() ? nullptr : out.data(), n));
        const bool inside = begin <= size && n <= size - begin;
        CHECK(answer == (inside ? "ok" : "truncated " + std::to_string(size) + " sealed payload"));
        if (inside)
          CHECK(std::equal(out.begin(), out.end(), file.plaintext.begin() + static_cast<std::ptrdiff_t>(begin)));
        if (!inside) CHECK(out == octets(n, 0));
      }
    }
    CHECK(unitee_read_at(in, ~std::uint64_t{0}, nullptr, 0).code == UNITEE_MALFORMED);
    CHECK(said(unitee_read_at(in, 0, nullptr, 1)) == "bad_argument 3");
    unitee_close(in);
  }
}

TEST_CASE("a changed segment never comes out, and its neighbours do", "[bridge]") {
  const sealed_on_disk file(20'000);
  file.change(4096);
  unitee_file* const in = opened(file);
  octets out(20'000, 0xAA);
  const unitee_error why = unitee_read_at(in, 0, out.data(), out.size());
  CHECK(why.code == UNITEE_REFUSED);
  CHECK(said(why) == "not_authentic 4096 sealed payload");
  CHECK(out == octets(20'000, 0));
  CHECK(said(unitee_check(in)) == "not_authentic 4096 sealed payload");
  CHECK(said(unitee_read_at(in, 0, out.data(), 4096)) == "ok");
  CHECK(said(unitee_read_at(in, 8192, out.data(), 4096)) == "ok");
  unitee_close(in);
}

TEST_CASE("a file that does not open says why, and leaves no handle", "[bridge]") {
  const folder here;
  const sealed_on_disk file(100);
  const auto opens = [&](const std::string& path, std::uint8_t number) {
    unitee_file* out = a_handle<unitee_file>();
    const octets other(32, number);
    const unitee_error why = unitee_open_with_key(path.c_str(), view_of(other), &out);
    CHECK(out == nullptr);
    return said(why);
  };
  CHECK(opens(file.path, 2) == "no_matching_slot 0 sealed header");
  CHECK(opens(here / "none", 1) == "io_error " + std::to_string(ENOENT) + " input");
  CHECK(opens(here.path(), 1) == "io_error " + std::to_string(EINVAL) + " input");
  unitee_file* out = a_handle<unitee_file>();
  CHECK(said(unitee_open_in_guest(file.path.c_str(), bridged_guest(), &out)) == "no_matching_slot 0 sealed header");
  CHECK(out == nullptr);
}

TEST_CASE("where there is no confidential guest, none is opened", "[bridge]") {
  unitee_guest* out = a_handle<unitee_guest>();
  const unitee_error why = unitee_this_guest(&out);
  if (why.code != UNITEE_OK) CHECK(why.code == UNITEE_UNAVAILABLE);  // a machine that runs the tests may be one
  CHECK((out == nullptr) == (why.code != UNITEE_OK));
  unitee_close_guest(out);
}

TEST_CASE("a simulated guest's measurement is that of its image", "[bridge]") {
  unitee_bytes bytes{}, certificates{};
  require_ok(unitee_attest(bridged_guest(), view_of(nonce), &bytes, &certificates));
  const octets report = taken(bytes);
  const auto measured = guest::simulated_measurement(*sha384(octets{'i', 'm', 'a', 'g', 'e'}));
  REQUIRE(measured);
  CHECK(std::equal(measured->value.begin(), measured->value.end(), report.begin() + 0x90));
  CHECK(std::equal(nonce.begin(), nonce.end(), report.begin() + 0x50));
  CHECK(taken(certificates).size() % 4096 == 0);
}

TEST_CASE("every error has a name and a message, whatever is in it", "[bridge]") {
  for (std::int32_t code = -2; code <= 12; ++code) {
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{0x55}, ~std::uint64_t{0}}) {
      for (std::uint16_t number = 0; number < 300; ++number) {
        const unitee_error error{code, number, number, offset};
        char message[512];
        const std::size_t size = unitee_message(&error, message, sizeof message);
        if (size == 0 || size != std::strlen(message)) FAIL("code " << code << " kind " << number);
        if (std::strlen(unitee_kind_name(&error)) == 0) FAIL("no name: code " << code << " kind " << number);
        if (unitee_part_name(&error) == nullptr) FAIL("no part: code " << code);
      }
    }
  }
  CHECK(unitee_kind_name(nullptr) == std::string("ok"));
  CHECK(unitee_part_name(nullptr) == std::string());
  CHECK(unitee_message(nullptr, nullptr, 0) == std::strlen("no failure"));
}

TEST_CASE("a message is cut to what there is room for", "[bridge]") {
  const unitee_error error{UNITEE_BAD_ARGUMENT, 0, 0, 3};
  const std::string whole = "argument 3 is not what the call takes";
  for (std::size_t room = 0; room <= whole.size() + 2; ++room) {
    std::string text(room + 1, '#');
    CHECK(unitee_message(&error, text.data(), room) == whole.size());
    CHECK(text.back() == '#');
    if (room != 0) CHECK(text.c_str() == whole.substr(0, room - 1));
  }
  CHECK(unitee_message(&error, nullptr, 99) == whole.size());
}

}  // namespace test_bridge_calls
