// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/derive.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/forge.hpp"
#include "support/openssl.hpp"
#include "support/vectors.hpp"

#include <set>
#include <string>

namespace test_derive {

using namespace unitee;
using namespace unitee::test;

namespace {

constexpr snp::tcb_version tcb_of(std::uint8_t level) { return {{level, 0, 0, 0, 0, 0, 24, 219}}; }
constexpr snp::key_request some_request = snp::key_request::bound_to_measurement(tcb_of(4), 0);

snp::key_request request_of(const nlohmann::json& vector) {
  snp::tcb_version tcb;
  std::ranges::copy(bytes_of_hex(vector.at("tcb")), tcb.value.begin());
  return snp::key_request::shared_by_every_guest_the_host_allows({vector.at("fields").get<std::uint64_t>()},
                                                                 vector.at("vmpl"), vector.at("guest_svn"), tcb);
}

std::string key(const secret<32>& root, const snp::key_request& request, std::string_view purpose) {
  return hex_of(need(derive_key(root, key_binding::of(request), purpose)).expose());
}

// source is a backend that answers every request with the same root, or with one failure.
struct source {
  result<void> answer;
  int asked = 0;

  result<secret<32>> derive_key(const snp::key_request&) {
    ++asked;
    if (!answer) return answer.error();
    return counting_key();
  }
};

}  // namespace

TEST_CASE("keys are those of the vectors", "[kdf]") {
  const auto all = vectors("kdf");
  CHECK(all.size() == 5);
  for (const auto& vector : all) {
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    const auto request = request_of(vector);
    const auto binding = key_binding::of(request);
    CHECK(hex_of(binding.bytes()) == "012000" + vector.at("request").get<std::string>());
    CHECK(key(counting_key(), request, vector.at("purpose").get<std::string>()) == vector.at("key").get<std::string>());
  }
}

TEST_CASE("every byte of root, request and purpose counts", "[kdf]") {
  std::set<std::string> keys{key(counting_key(), some_request, "purpose")};
  std::size_t tried = 1;
  const auto differs = [&](const secret<32>& from, const snp::key_request& request, std::string_view purpose) {
    keys.insert(key(from, request, purpose));
    ++tried;
  };
  const auto root = counting_key();
  for (std::size_t bit = 0; bit < 256; ++bit) {
    std::vector<std::uint8_t> bytes(root.expose().begin(), root.expose().end());
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ 1u << bit % 8);
    differs(secret_of<32>(bytes), some_request, "purpose");
  }
  for (unsigned field = 0; field < 6; ++field) {
    differs(counting_key(),
            snp::key_request::shared_by_every_guest_the_host_allows({some_request.fields().value ^ 1u << field}, 0, 0,
                                                                    tcb_of(4)),
            "purpose");
  }
  for (std::uint32_t vmpl = 1; vmpl < 4; ++vmpl)
    differs(counting_key(), snp::key_request::bound_to_measurement(tcb_of(4), vmpl), "purpose");
  for (const std::uint8_t level : std::array<std::uint8_t, 4>{0, 3, 5, 255})
    differs(counting_key(), snp::key_request::bound_to_measurement(tcb_of(level), 0), "purpose");
  differs(counting_key(),
          snp::key_request::shared_by_every_guest_the_host_allows(some_request.fields(), 0, 1, tcb_of(4)), "purpose");
  for (const char* purpose : {"p", "purpos", "purpose ", "purpose\n", "Purpose", "purposes"})
    differs(counting_key(), some_request, purpose);
  differs(counting_key(), some_request, std::string_view("purpose\0", 8));
  CHECK(keys.size() == tried);
  CHECK(keys.count(key(counting_key(), some_request, "purpose")) == 1);
}

TEST_CASE("a purpose has 1 to 64 bytes", "[kdf]") {
  const auto binding = key_binding::of(some_request);
  for (std::size_t n = 0; n <= 66; ++n) {
    const auto made = derive_key(counting_key(), binding, std::string(n, 'p'));
    CHECK(made.has_value() == (n >= 1 && n <= purpose_max));
    if (!made) CHECK(made.error() == failure{errc::bad_value});
  }
  CHECK(derive_key(counting_key(), binding, std::string(1000, 'p')).error() == failure{errc::bad_value});
}

TEST_CASE("a backend is asked once, and its refusal is passed on", "[kdf]") {
  source willing;
  CHECK(hex_of(need(derive_key(willing, some_request, "purpose")).expose()) ==
        key(counting_key(), some_request, "purpose"));
  CHECK(willing.asked == 1);
  const failure denied{errc::key_denied, 0x16, part::key_request};
  source unwilling{denied};
  CHECK(derive_key(unwilling, some_request, "purpose").error() == denied);
  CHECK(unwilling.asked == 1);
}

TEST_CASE("bindings are equal when their bytes are", "[kdf]") {
  CHECK(key_binding::of(some_request) == key_binding::of(snp::key_request::bound_to_measurement(tcb_of(4), 0)));
  CHECK_FALSE(key_binding::of(some_request) == key_binding::of(snp::key_request::bound_to_measurement(tcb_of(5), 0)));
  CHECK(key_binding::of(some_request).bytes().size() == 35);
}

}  // namespace test_derive
