// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/segment_workers.hpp>

#include "support/sealed.hpp"

#include <atomic>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace test_segment_workers {

using namespace unitee;
using test::each_engine;
using test::octets;
using test::sealed_plaintext;
using test::secret_of;

namespace {

// none is an engine that this machine cannot run.
struct none {
  none(none&&) = default;
  none& operator=(none&&) = default;
  static result<none> create(const secret<32>&) noexcept { return errc::unsupported_algorithm; }
  result<gcm_tag> seal(const gcm_nonce&, byte_view, byte_view, byte_span) noexcept { return errc::crypto_error; }
  result<void> open(const gcm_nonce&, byte_view, byte_view, const gcm_tag&, byte_span) noexcept {
    return errc::crypto_error;
  }
};
static_assert(gcm_engine<none>);

}  // namespace

TEST_CASE("there are as many workers as are borrowed at the same time, and they are kept", "[seal][workers]") {
  each_engine([]<class Engine>(test::engine_of<Engine> engine) {
    CAPTURE(engine.name);
    detail::segment_workers<Engine> pool(secret_of(1), protection::confidential, 100);
    std::set<const void*> seen;
    for (int round = 0; round < 3; ++round) {
      auto a = pool.borrow();
      REQUIRE(a);
      auto b = pool.borrow();
      REQUIRE(b);
      auto moved = std::move(*a);
      auto c = pool.borrow();
      REQUIRE(c);
      const std::set<const void*> now{&*moved, &**b, &**c};
      CHECK(now.size() == 3);
      seen.insert(now.begin(), now.end());
      const auto buffer = pool.buffer_of(*moved);
      REQUIRE(buffer);
      CHECK(buffer->size() == 100);
      CHECK(pool.buffer_of(*moved)->data() == buffer->data());
    }
    CHECK(seen.size() == 3);
  });
}

TEST_CASE("every worker has the same key, and a buffer of its own", "[seal][workers]") {
  each_engine([]<class Engine>(test::engine_of<Engine> engine) {
    CAPTURE(engine.name);
    detail::segment_workers<Engine> pool(secret_of(1), protection::confidential, 50);
    const octets plaintext = sealed_plaintext(50);
    auto a = pool.borrow();
    auto b = pool.borrow();
    REQUIRE(a);
    REQUIRE(b);
    const byte_span of_a = *pool.buffer_of(**a);
    const byte_span of_b = *pool.buffer_of(**b);
    CHECK(of_a.data() != of_b.data());
    const auto tag = (**a).cipher.seal(9, plaintext, of_a);
    REQUIRE(tag);
    CHECK((**b).cipher.open(9, of_a, *tag, of_b));
    CHECK(equal(of_b, plaintext));
  });
}

TEST_CASE("threads may borrow and give back at the same time", "[seal][workers]") {
  detail::segment_workers<default_gcm_engine> pool(secret_of(1), protection::confidential, 16);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::uint8_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 300; ++n) {
        auto mine = pool.borrow();
        if (!mine) {
          ++wrong;
          continue;
        }
        const byte_span buffer = *pool.buffer_of(**mine);
        std::ranges::fill(buffer, i);
        std::this_thread::yield();
        if (std::ranges::any_of(buffer, [&](std::uint8_t each) { return each != i; })) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("an engine that cannot be had is a failure of whoever borrows", "[seal][workers]") {
  detail::segment_workers<none> pool(secret_of(1), protection::confidential, 16);
  CHECK(pool.borrow().error() == failure{errc::unsupported_algorithm});
  CHECK(pool.borrow().error() == failure{errc::unsupported_algorithm});
}

}  // namespace test_segment_workers
