// SPDX-License-Identifier: Apache-2.0
//
// The bridge where memory runs out: whichever allocation fails, the answer is an error, and nothing leaks.
#include "unitee_bridge.h"

#include "support/bridge.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/forge.hpp"
#include "support/sealed_on_disk.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/guest/simulated_image.hpp>
#include <unitee/guest/simulated_snp_guest.hpp>
#include <unitee/seal/hardware_slot.hpp>

#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <ios>
#include <new>
#include <string>
#include <utility>

namespace test_bridge_no_memory {

namespace {

// heap counts what this program asks operator new for, on the thread that is being tested.
struct heap {
  static inline thread_local long left = -1;  // calls until there is no more memory; less than none is never
  static inline thread_local long live = 0;

  static void* take(std::size_t size) noexcept {
    if (left == 0) return nullptr;
    if (left > 0) --left;
    void* const out = std::malloc(size == 0 ? 1 : size);
    if (out != nullptr) ++live;
    return out;
  }
  static void give_back(void* memory) noexcept {
    if (memory == nullptr) return;
    --live;
    std::free(memory);
  }
};

}  // namespace

}  // namespace test_bridge_no_memory

void* operator new(std::size_t size) {
  void* const out = test_bridge_no_memory::heap::take(size);
  if (out == nullptr) throw std::bad_alloc();
  return out;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return test_bridge_no_memory::heap::take(size); }
void operator delete(void* memory) noexcept { test_bridge_no_memory::heap::give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { test_bridge_no_memory::heap::give_back(memory); }

namespace test_bridge_no_memory {

using namespace unitee;
using namespace unitee::test;

namespace {

// check_every_allocation makes the first allocation of call() fail, then the second, and so on until none does. Each
// answer is an error that says so, and what was taken is given back. It is how many allocations there are.
template <class Call>
long check_every_allocation(const Call& call) {
  REQUIRE(said(call()) == "ok");  // what is made once is made
  for (long n = 0;; ++n) {
    const long before = heap::live;
    heap::left = n;
    const unitee_error why = call();
    const bool was_reached = heap::left == 0;
    heap::left = -1;
    const long leaked = heap::live - before;
    CAPTURE(n);
    CHECK(leaked == 0);
    if (why.code == UNITEE_OK) {
      if (was_reached) continue;  // it did without, or it was the last one
      return n - 1;
    }
    CHECK((why.code == UNITEE_NO_MEMORY || why.code == UNITEE_UNAVAILABLE));
  }
}

const octets key(32, 1);

}  // namespace

TEST_CASE("opening a file without memory is an error", "[bridge][no_memory]") {
  const sealed_on_disk file(20'000);
  const auto open = [&] {
    unitee_file* out = nullptr;
    const unitee_error why = unitee_open_with_key(file.path.c_str(), view_of(key), &out);
    if ((out != nullptr) != (why.code == UNITEE_OK)) std::abort();
    unitee_close(out);
    return why;
  };
  CHECK(check_every_allocation(open) > 0);
}

TEST_CASE("reading a file without memory is an error", "[bridge][no_memory]") {
  const sealed_on_disk file(20'000);
  std::uint8_t out[100];
  CHECK(check_every_allocation([&] {
          unitee_file* in = nullptr;
          unitee_error why = unitee_open_with_key(file.path.c_str(), view_of(key), &in);
          if (why.code == UNITEE_OK) why = unitee_read_at(in, 4090, out, sizeof out);
          unitee_close(in);
          return why;
        }) > 0);
}

TEST_CASE("opening a guest, and a file in it, without memory is an error", "[bridge][no_memory]") {
  const folder here;
  const std::string machine = here.path();
  const std::string path = here / "sealed";
  const octets image{'i', 'm', 'a', 'g', 'e'};
  {
    guest::simulated_launch launch;
    launch.measurement = need(guest::simulated_measurement(need(sha384(image))));
    const auto sealing_guest = need(guest::insecure_simulated_snp_guest::open(machine, launch));
    const octets file =
        sealed(sealed_plaintext(5000), small_segments, alone, slots_of(need(hardware_slot(sealing_guest))));
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(file.data()), std::ssize(file));
  }
  unitee_guest* in = nullptr;
  const auto open_guest = [&] {
    unitee_close_guest(in);
    const unitee_error why = unitee_insecure_simulated_snp(machine.c_str(), view_of(image), &in);
    if ((in != nullptr) != (why.code == UNITEE_OK)) std::abort();
    return why;
  };
  CHECK(check_every_allocation([&] {
          const unitee_error why = open_guest();
          unitee_close_guest(std::exchange(in, nullptr));
          return why;
        }) > 0);
  require_ok(open_guest());
  CHECK(check_every_allocation([&] {
          unitee_file* out = nullptr;
          const unitee_error why = unitee_open_in_guest(path.c_str(), in, &out);
          if ((out != nullptr) != (why.code == UNITEE_OK)) std::abort();
          unitee_close(out);
          return why;
        }) > 0);
  unitee_close_guest(in);
}

TEST_CASE("attesting and verifying without memory is an error", "[bridge][no_memory]") {
  const octets nonce(64, 7);
  unitee_guest* const guest = bridged_guest();
  unitee_bytes evidence{}, certificates{}, root{};
  const auto attest = [&] {
    unitee_release(&evidence);
    unitee_release(&certificates);
    return unitee_attest(guest, view_of(nonce), &evidence, &certificates);
  };
  CHECK(check_every_allocation(attest) > 0);
  require_ok(attest());
  require_ok(unitee_insecure_simulated_root(guest, &root));

  const unitee_view given{certificates.data, certificates.size}, anchor{root.data, root.size};
  const unitee_case all{{evidence.data, evidence.size}, &given, 1, &anchor, 1, std::time(nullptr)};
  const unitee_minimum_tcb least{UNITEE_MILAN, 0, 4, 0, 24, 219};
  unitee_policy wanted{};
  wanted.decisions = UNITEE_REQUIRE_REPORT_DATA | UNITEE_WAIVE_MEASUREMENT | UNITEE_REQUIRE_TCB | UNITEE_FORBID_DEBUG;
  wanted.report_data = nonce.data();
  wanted.minimum_tcb = &least;
  wanted.minimum_tcb_count = 1;
  CHECK(check_every_allocation([&] { return unitee_verify(&all, &wanted, nullptr); }) > 0);
  unitee_release(&evidence);
  unitee_release(&certificates);
  unitee_release(&root);
}

}  // namespace test_bridge_no_memory
