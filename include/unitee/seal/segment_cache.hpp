// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/segment_cache.hpp: the plaintext of the segments that were read last, for reads of less than a segment.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/posix/lock.hpp>
#include <unitee/result.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace unitee::inline v0::detail {

// segment_cache holds a few segments, each in memory that is taken when it is first needed and wiped at the end. Any
// number of threads may read: several that want the same segment wait for the one that opens it.
class segment_cache {
 public:
  // segment_cache has `places` places, at least 1, of `longest` bytes.
  segment_cache(std::size_t places, std::size_t longest) noexcept
      : places_(new (std::nothrow) place[places == 0 ? 1 : places]),
        count_(places == 0 ? 1 : places),
        longest_(longest) {}

  // read copies out.size() bytes of a segment, from `begin` on. A segment that is not held is opened with
  // load(byte_span), which fills `size` bytes or fails; the failure is passed on, and nothing is held.
  template <class Load>
  result<void> read(std::uint64_t segment, std::size_t size, std::size_t begin, byte_span out, Load&& load) noexcept {
    if (!places_) return failure{errc::io_error, ENOMEM};
    lock_.lock();
    place* at = claim(segment);
    if (at->state == holding::nothing) {
      at->state = holding::loading;
      lock_.unlock();
      const auto loaded = fill(*at, size, load);
      lock_.lock();
      at->state = loaded ? holding::segment : holding::nothing;
      changed_.notify_all();
      if (!loaded) {
        lock_.unlock();
        return loaded;
      }
    }
    at->used = ++clock_;
    ++at->readers;
    lock_.unlock();
    copy_bytes(at->bytes->all().subspan(begin, out.size()), out);
    const posix::locked alone(lock_);
    if (--at->readers == 0) changed_.notify_all();
    return {};
  }

 private:
  enum class holding : std::uint8_t {
    nothing,
    loading,
    segment
  };
  struct place {
    std::uint64_t number = 0;
    std::uint64_t used = 0;
    std::size_t readers = 0;
    holding state = holding::nothing;
    result<wiped_buffer> bytes = failure{errc::io_error, ENOMEM};
  };
  static void release(place* places) noexcept { delete[] places; }

  // claim is the place that holds the segment, or one that holds nothing and is meant for it. It waits while another
  // thread opens the segment, and while all places are in use.
  place* claim(std::uint64_t segment) noexcept {
    for (;;) {
      place* oldest = nullptr;
      place* found = nullptr;
      for (std::size_t i = 0; i < count_; ++i) {
        place& each = places_.get()[i];
        if (each.state != holding::nothing && each.number == segment) found = &each;
        if (each.state == holding::loading || each.readers != 0) continue;
        if (oldest == nullptr || each.used < oldest->used) oldest = &each;
      }
      if (found != nullptr && found->state == holding::segment) return found;
      if (found == nullptr && oldest != nullptr) {
        oldest->state = holding::nothing;
        oldest->number = segment;
        return oldest;
      }
      changed_.wait(lock_);
    }
  }

  template <class Load>
  result<void> fill(place& at, std::size_t size, Load& load) noexcept {
    if (!at.bytes) at.bytes = wiped_buffer::create(longest_);
    if (!at.bytes) return at.bytes.error();
    return load(at.bytes->first(size));
  }

  handle<place, release> places_;
  std::size_t count_;
  std::size_t longest_;
  std::uint64_t clock_ = 0;
  posix::mutex lock_;
  posix::condition changed_;
};

}  // namespace unitee::inline v0::detail
