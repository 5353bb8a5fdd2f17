// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_verifier.hpp: verification for fleets: a chain of certificates is checked once, not once a report.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/digest_hash.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/observer.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/certificate_table.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/snp_chain.hpp>
#include <unitee/verify/snp_steps.hpp>
#include <unitee/verify/step_times.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/verified.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

namespace unitee::inline v0::snp {

namespace detail {

// delivered_vek is the VEK in what came with a report: of a certificate table the entry for the kind of key that signs,
// if there is one, and anything else as a whole.
inline byte_view delivered_vek(const report& r, byte_view delivered) noexcept {
  const auto table = certificate_table::parse(delivered);
  if (!table) return delivered;
  const bool vlek = r.key_info().signer() == signing_key_kind::vlek;
  const auto entry = table->find(vlek ? table_guid::vlek : table_guid::vcek);
  return entry ? *entry : byte_view{};
}

}  // namespace detail

// verifier keeps the chains that it has verified, by their VEK certificate and by what the report says about its key. A
// report whose chain it knows costs one P-384 signature check and no allocation by this library. All members may be
// called from any number of threads.
class verifier {
 public:
  // capacity_default is how many chains are kept, some kilobytes each; AMD issues a new certificate for the same key at
  // every request. When there is no room one of them is dropped, and found again when it is needed.
  static constexpr std::size_t capacity_default = 4096;

  // verifier takes what all reports have in common: intermediates, roots and revocation lists, and VEKs where the
  // reports come without. Nothing in `known` is believed before it is checked.
  explicit verifier(endorsements known, trust_anchors anchors = {}, stale_crls stale = stale_crls::refuse,
                    std::size_t capacity = capacity_default)
      : known_(std::make_shared<const endorsements>(std::move(known))),
        anchors_(std::move(anchors)),
        stale_(stale),
        capacity_(capacity) {}

  // verify says whether the report is genuine, as snp::verify does over `known` and what came with the report:
  // `delivered` is a VEK in DER or PEM, the certificate table of an extended report, or nothing. Failures are those of
  // snp::verify, and those of endorsements::add for what was delivered. Revocation lists count from `known` only: a
  // host chooses what it delivers, and would choose an old one. A known chain counts within its validity and for
  // reports that its key signed; for all others everything is looked at again.
  result<verified<claims>> verify(const report& r, byte_view delivered, utc_time at) {
    return verify(r, delivered, at, no_observer{});
  }
  result<verified<claims>> verify(const report& r, utc_time at) { return verify(r, {}, at); }

  // verify with an observer, which all threads may share, tells it what snp::verify would: with a verified VEK where
  // the chain was known, else looking for one.
  template <observer Watch>
  result<verified<claims>> verify(const report& r, byte_view delivered, utc_time at, Watch&& watch) {
    using by = unitee::detail::verifier<claims>;
    const auto key = key_of(r, delivered);
    if (!key) {
      return unitee::detail::watched<step_table>(
          watch, [&](auto) noexcept -> result<verified<claims>> { return key.error(); });
    }
    if (const auto known = find(*key)) {
      const chain_validity& in = known->validity();
      if (in.not_before <= at && at <= in.not_after) {
        auto genuine = unitee::detail::watched_unless<step_table>(
            watch, [] { return true; }, [&](auto notes) noexcept { return by::check(r, *known, at, notes); });
        if (genuine) {
          by::tell_ends(watch, **genuine, at);
          return genuine;
        }
      }
    }
    auto answer = unitee::detail::watched<step_table>(
        watch, [&](auto notes) { return verify_cold(r, delivered, at, *key, notes); });
    if (answer) by::tell_ends(watch, **answer, at);
    return answer;
  }
  template <observer Watch>
  result<verified<claims>> verify(const report& r, utc_time at, Watch&& watch) {
    return verify(r, {}, at, watch);
  }

  // replace makes `known` the common endorsements from now on, new revocation lists for example, and forgets every
  // chain. A verification that is under way ends with those that it began with, and leaves nothing behind.
  void replace(endorsements known) {
    auto next = std::make_shared<const endorsements>(std::move(known));
    const std::unique_lock lock(guard_);
    known_ = std::move(next);
    chains_.clear();
    ++generation_;
  }

  // size is how many chains are known.
  [[nodiscard]] std::size_t size() const {
    const std::shared_lock lock(guard_);
    return chains_.size();
  }

 private:
  // key_of is the digest of what the report says about its key, REPORTED_TCB, CPUID and CHIP_ID, which are neighbours,
  // and of the VEK that came with it.
  static result<sha256_digest> key_of(const report& r, byte_view delivered) noexcept {
    constexpr std::size_t from = row::reported_tcb::offset;
    constexpr std::size_t length = row::committed_tcb::offset - from;
    std::array<std::uint8_t, 1 + length> named{static_cast<std::uint8_t>(r.key_info().signer())};
    unitee::detail::copy_bytes(r.bytes().subspan<from, length>(), byte_span(named).subspan(1));
    auto digest = hasher<sha256_digest>::create();
    if (!digest) return digest.error();
    if (const auto fed = digest->update(named); !fed) return fed.error();
    if (const auto fed = digest->update(detail::delivered_vek(r, delivered)); !fed) return fed.error();
    return digest->finish();
  }

  std::shared_ptr<const verified_vek> find(const sha256_digest& key) const {
    const std::shared_lock lock(guard_);
    const auto found = chains_.find(key);
    return found == chains_.end() ? nullptr : found->second;
  }

  template <class Notes>
  result<verified<claims>> verify_cold(const report& r, byte_view delivered, utc_time at, const sha256_digest& key,
                                       Notes notes) {
    std::uint64_t generation = 0;
    std::shared_ptr<const endorsements> known;
    {
      const std::shared_lock lock(guard_);
      known = known_;
      generation = generation_;
    }
    std::optional<endorsements> more;
    if (!delivered.empty()) {
      endorsements own;
      if (const auto added = own.add(delivered); !added) return added.error();
      more = *known;
      for (const certificate& one : own.certificates()) more->add(one);
    }
    auto found = unitee::detail::verifier<claims>::search(r, more ? *more : *known, at, anchors_, stale_, notes);
    if (!found) return found.error();
    auto chain = std::make_shared<const verified_vek>(std::move(found->signer));
    const std::unique_lock lock(guard_);
    if (generation == generation_ && capacity_ != 0) {
      if (chains_.size() >= capacity_ && !chains_.contains(key)) chains_.erase(chains_.begin());
      chains_.insert_or_assign(key, std::move(chain));
    }
    return std::move(found->claims);
  }

  mutable std::shared_mutex guard_;  // of the next three
  std::shared_ptr<const endorsements> known_;
  std::unordered_map<sha256_digest, std::shared_ptr<const verified_vek>, unitee::detail::digest_hash> chains_;
  std::uint64_t generation_ = 0;
  const trust_anchors anchors_;
  const stale_crls stale_;
  const std::size_t capacity_;
};

}  // namespace unitee::inline v0::snp
