// SPDX-License-Identifier: Apache-2.0
//
// Changes of the slots that fail, and files that are not changed.
#include <unitee/seal/slot_editor.hpp>

#include "support/power_cut.hpp"
#include "support/slot_changes.hpp"
#include "support/stops.hpp"

#include <unitee/posix/lock.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace test_slot_editor_faults {

using namespace unitee;
using namespace unitee::test::slot_changes;
using test::need;
using test::remembered_store;
using editor = slot_editor<remembered_store>;
using ids = std::vector<int>;

namespace {

result<editor> try_edit(remembered_store& store, std::uint8_t key, const reading& with = {}) {
  const secret<32> own = secret_of(key);
  return editor::open(store, caller_key(own), with);
}
editor edit(remembered_store& store, std::uint8_t key) { return need(try_edit(store, key)); }

failure in_header(errc code, std::uint64_t at) { return {code, at, part::sealed_header}; }

}  // namespace

TEST_CASE("an unsettled file is settled before it is changed, whatever is gathered", "[seal][slot_editor]") {
  for (const std::size_t ended : {3u, 4u, 5u, 7u}) {  // the second, third or fourth write, or the sync between, fails
    CAPTURE(ended);
    remembered_store store(file_with({1, 2}));
    auto first = edit(store, 1);
    need(first.remove(1));
    store.fail_at(ended);
    CHECK_FALSE(first.commit());
    auto by = edit(store, 1);
    CHECK_FALSE(by.is_settled());
    const auto header = by.header();
    need(by.add(slot_for(3)));
    need(by.settle());
    CHECK(by.is_settled());
    CHECK(copies_are_equal(store.now()));
    CHECK(by.header().generation() == header.generation());
    const auto is = need(seen_by(store.now(), 1));
    CHECK(is.ids() == (ended == 3 ? ids{1, 2} : ids{1}));
    need(by.commit());
    CHECK(need(seen_by(store.now(), 3)).ids() == (ended == 3 ? ids{1, 2, 3} : ids{1, 3}));
    CHECK(by.header().generation() == is.generation + 1);
  }
}

TEST_CASE("whichever call to the store fails, the file is as before or after, and the editor is done",
          "[seal][slot_editor]") {
  for (std::size_t n = 0; n <= 9; ++n) {
    for (const std::size_t done : {std::size_t{0}, std::size_t{200}, std::size_t{512}, std::size_t{5000}}) {
      if ((n == 1 || n == 7) && done == 200) continue;  // a sector is written or not
      CAPTURE(n, done);
      remembered_store store(file_with({1, 2}));
      const auto before = need(seen_by(store.now(), 1));
      auto by = edit(store, 1);
      need(by.remove(1));
      store.fail_at(n, done);
      const auto answer = by.commit();
      store.fail_at(remembered_store::never);
      CHECK(answer.has_value() == (n == 9));
      if (n == 9) break;
      CHECK(answer.error() == failure{errc::io_error, static_cast<std::uint64_t>(n % 2 == 0 ? EIO : ENOSPC)});
      const std::size_t writes = store.writes();
      CHECK(by.commit().error() == in_header(errc::io_error, 0));
      CHECK(by.settle().error() == in_header(errc::io_error, 0));
      CHECK(store.writes() == writes);
      const auto left = need(seen_by(store.now(), 1));
      CHECK((left == before || left.ids() == ids{1}));
      CHECK(seen_by(store.now(), 2).has_value() == (left == before));
      auto next = edit(store, 1);
      need(next.settle());
      CHECK(copies_are_equal(store.now()));
      CHECK(need(seen_by(store.now(), 1)) == left);
    }
  }
}

TEST_CASE("settling that fails can be tried again", "[seal][slot_editor]") {
  for (const std::size_t ended : {std::size_t{3}, std::size_t{5}}) {
    for (std::size_t n = 0; n <= 5; ++n) {
      CAPTURE(ended, n);
      remembered_store store(file_with({1, 2}));
      auto first = edit(store, 1);
      need(first.remove(1));
      store.fail_at(ended, 600);
      CHECK_FALSE(first.commit());
      store.fail_at(remembered_store::never);
      const auto is = need(seen_by(store.now(), 1));
      auto by = edit(store, 1);
      store.fail_at(n, n == 1 ? 1000 : 0);
      CHECK(by.settle().has_value() == (n == 5));  // a sync, a copy, a sync, a sector, a sync
      store.fail_at(remembered_store::never);
      CHECK(need(seen_by(store.now(), 1)) == is);
      need(edit(store, 1).settle());
      CHECK(copies_are_equal(store.now()));
      CHECK(need(seen_by(store.now(), 1)) == is);
    }
  }
}

TEST_CASE("the key of a slot that is being removed opens the file no longer than the slots before do",
          "[seal][slot_editor]") {
  for (std::size_t n = 0; n < 9; ++n) {
    CAPTURE(n);
    remembered_store store(file_with({1, 2}));
    auto by = edit(store, 1);
    need(by.remove(1));
    store.fail_at(n, 8192);
    CHECK_FALSE(by.commit());
    store.fail_at(remembered_store::never);
    const bool removed = n >= 3;  // the second write is done
    CHECK(seen_by(store.now(), 2).has_value() != removed);
    auto again = try_edit(store, 2);
    CHECK(again.has_value() != removed);
    if (removed) {
      CHECK(again.error() == no_way_in);
      continue;
    }
    // Whoever still has a key can settle for the slots before.
    need(again->settle());
    CHECK(copies_are_equal(store.now()));
    CHECK(need(seen_by(store.now(), 2)).ids() == ids{1, 2});
  }
}

TEST_CASE("a file that does not open is not changed", "[seal][slot_editor]") {
  const octets file = file_with({1, 2});
  remembered_store store(file);
  CHECK(try_edit(store, 3).error() == no_way_in);
  octets spoiled = file;
  spoiled[480] ^= 1;
  remembered_store other(spoiled);
  CHECK(try_edit(other, 1).error() == in_header(errc::not_authentic, 8192 + 480));
  spoiled[8192 + 480] ^= 1;
  remembered_store both(spoiled);
  CHECK(try_edit(both, 1).error() == in_header(errc::not_authentic, 0));
  remembered_store shorter(octets(file.begin(), file.end() - 1));
  CHECK(try_edit(shorter, 1).error() == in_header(errc::truncated, file.size() - 1));
  remembered_store none{octets{}};
  CHECK(try_edit(none, 1).error() == in_header(errc::unrecognized, 0));
  for (const auto* each : {&store, &other, &both, &shorter, &none}) CHECK(each->events().empty());
}

namespace {

// torn_store is shared by threads: of each write they see some sectors before the others.
class torn_store {
 public:
  explicit torn_store(octets file) : file_(std::move(file)) {}

  [[nodiscard]] std::uint64_t size() const noexcept { return file_.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    return pieces(offset, out.size(), [&](std::uint64_t at, std::size_t from, std::size_t n) noexcept {
      return memory_source(file_).read_at(at, out.subspan(from, n));
    });
  }
  result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    return pieces(offset, in.size(), [&](std::uint64_t at, std::size_t from, std::size_t n) noexcept {
      return memory_sink(file_).write_at(at, in.subspan(from, n));
    });
  }
  result<void> sync() noexcept {
    std::this_thread::sleep_for(std::chrono::microseconds(200));  // a disk takes longer
    return {};
  }

 private:
  template <class F>
  result<void> pieces(std::uint64_t offset, std::size_t size, F f) const noexcept {
    for (std::size_t at = 0; at < size; at += 512) {
      const posix::locked alone(lock_);
      if (const auto done = f(offset + at, at, std::min<std::size_t>(512, size - at)); !done) return done;
    }
    return {};
  }

  octets file_;
  mutable posix::mutex lock_;
};

// torn_view is the store as a source.
struct torn_view {
  const torn_store* of;
  [[nodiscard]] std::uint64_t size() const noexcept { return of->size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept { return of->read_at(offset, out); }
};

}  // namespace

TEST_CASE("whoever reads while the slots change sees those before or those after", "[seal][slot_editor]") {
  torn_store store(file_with({1, 2}));
  const secret<32> key = secret_of(1);
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::atomic<int> opened{0};
  const auto read = [&] {
    std::uint64_t last = 1;
    while (!done) {
      const auto reader = sealed_reader<torn_view>::open(torn_view{&store}, caller_key(key));
      octets all(plaintext.size());
      if (!reader || !reader->read_all(all, {.workers = 1}) || all != plaintext) {
        ++wrong;
        continue;
      }
      const std::uint64_t generation = reader->header().generation();
      const std::size_t slots = reader->header().slot_count();
      if (generation < last || slots != (generation % 2 == 1 ? 2 : 3)) ++wrong;
      last = generation;
      ++opened;
    }
  };
  std::thread one(read);
  std::thread two(read);
  auto by = need(slot_editor<torn_store>::open(store, caller_key(key)));
  for (int i = 0; i < 60; ++i) {
    need(i % 2 == 0 ? by.add(slot_for(3)) : by.remove(2));
    need(by.commit());
  }
  done = true;
  one.join();
  two.join();
  CHECK(wrong == 0);
  CHECK(opened > 20);
  CHECK(by.header().generation() == 61);
}

}  // namespace test_slot_editor_faults
