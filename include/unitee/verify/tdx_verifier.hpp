// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_verifier.hpp: verification for fleets: collateral and chains are checked once, not once a quote.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/digest_hash.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/observer.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/pck_chain.hpp>
#include <unitee/verify/step_times.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/tdx_collateral.hpp>
#include <unitee/verify/tdx_steps.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/verified.hpp>
#include <unitee/verify/verified_pck.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace unitee::inline v0::tdx {

// verifier keeps the collateral that it has verified, and the platforms by the certification data of their quotes. A
// quote of a platform that it knows costs two P-256 signature checks, the import of the attestation key and one digest,
// without allocation by this library. All members may be called from any number of threads.
class verifier {
 public:
  // capacity_default is how many platforms are kept, some kilobytes each. When there is no room one of them is dropped,
  // and found again when it is needed.
  static constexpr std::size_t capacity_default = 4096;

  // collateral_max is how many pieces of collateral are kept: there is one for each family of platforms.
  static constexpr std::size_t collateral_max = 64;

  // verifier takes what all quotes have in common: TCB infos, QE identities, revocation lists and their issuers, and
  // PCK certificates where quotes come without. Nothing in `known` is believed before it is checked.
  explicit verifier(endorsements known, trust_anchors anchors = {}, const verify_options& options = {},
                    std::size_t capacity = capacity_default)
      : known_(std::make_shared<const endorsements>(std::move(known))),
        anchors_(std::move(anchors)),
        options_(options),
        capacity_(capacity) {}

  // verify says whether the quote is genuine, as tdx::verify does over `known`, with its failures. A platform that is
  // known counts as long as its chain and collateral cover the given time; after that everything is looked at again.
  result<verified<claims>> verify(const quote& q, utc_time at) { return verify(q, at, no_observer{}); }

  // verify with an observer, which all threads may share, tells it what tdx::verify would: with a verified platform
  // where it was known, else looking for one.
  template <observer Watch>
  result<verified<claims>> verify(const quote& q, utc_time at, Watch&& watch) {
    using by = unitee::detail::verifier<claims>;
    const auto key = key_of(q);
    if (!key) {
      return unitee::detail::watched<step_table>(
          watch, [&](auto) noexcept -> result<verified<claims>> { return key.error(); });
    }
    if (const auto platform = find(*key); platform && is_newest(platform->collateral(), at) && platform->covers(at)) {
      // Where certification data have no certificate, there may be another PCK certificate that they ask for.
      const auto others = [&] { return q.certification_data().pck_id().has_value(); };
      auto known = unitee::detail::watched_unless<step_table>(
          watch, others, [&](auto notes) noexcept { return by::check(q, *platform, at, options_.procedure, notes); });
      if (known) by::tell_ends(watch, **known);
      if (known || !others()) return known;
    }
    auto answer =
        unitee::detail::watched<step_table>(watch, [&](auto notes) { return verify_cold(q, at, *key, notes); });
    if (answer) by::tell_ends(watch, **answer);
    return answer;
  }

  // replace makes `known` the common endorsements from now on, newer collateral for example, and forgets everything. A
  // verification that is under way ends with those that it began with, and leaves nothing behind.
  void replace(endorsements known) {
    auto next = std::make_shared<const endorsements>(std::move(known));
    const std::unique_lock lock(guard_);
    known_ = std::move(next);
    platforms_.clear();
    collaterals_.clear();
    ++generation_;
  }

  // size is how many platforms are known.
  [[nodiscard]] std::size_t size() const {
    const std::shared_lock lock(guard_);
    return platforms_.size();
  }

 private:
  // known_now is the state of things when a verification began.
  struct known_now {
    std::shared_ptr<const endorsements> known;
    std::uint64_t generation;
  };

  // is_newest says that nothing in `known` has begun since the collateral was chosen: a newer list may revoke what it
  // does not.
  static bool is_newest(const collateral& of, utc_time at) noexcept { return at < of.superseded_from(); }

  // key_of is the digest of what names the platform: all of the certification data, and their type. What kind of TEE
  // the quote is about decides the collateral.
  static result<sha256_digest> key_of(const quote& q) noexcept {
    auto out = sha256(q.certification_data().bytes());
    if (!out) return out;
    if (q.tee_type() == tee_type::sgx) out->value[0] ^= 1;
    out->value[1] ^= static_cast<std::uint8_t>(q.certification_data().type());
    return out;
  }

  std::shared_ptr<const verified_pck> find(const sha256_digest& key) const {
    const std::shared_lock lock(guard_);
    const auto found = platforms_.find(key);
    return found == platforms_.end() ? nullptr : found->second;
  }

  known_now now() const {
    const std::shared_lock lock(guard_);
    return {known_, generation_};
  }

  std::optional<collateral> find_collateral(tee_type tee, const pck_extension& of, utc_time at) const {
    const std::shared_lock lock(guard_);
    for (const collateral& each : collaterals_) {
      const tcb_info& info = *each.tcb_info();
      if (info.id == tee && info.fmspc == of.fmspc && info.pceid == of.pceid && is_newest(each, at) &&
          each.covers(at)) {
        return each;
      }
    }
    return std::nullopt;
  }

  template <class Notes>
  result<verified<claims>> verify_cold(const quote& q, utc_time at, const sha256_digest& key, Notes notes) {
    const known_now with = now();
    const auto platform_of = [&](const pck_chain& chain, const chain_validity& valid) {
      return this->platform_of(q, chain, valid, *with.known, at);
    };
    auto found =
        unitee::detail::verifier<claims>::search(q, *with.known, at, anchors_, options_.procedure, platform_of, notes);
    if (!found) return found.error();
    keep(key, found->platform, with.generation);
    return std::move(found->claims);
  }

  // platform_of takes collateral that is known, unless it lacks what this chain needs.
  result<verified_pck> platform_of(const quote& q, const pck_chain& chain, const chain_validity& valid,
                                   const endorsements& known, utc_time at) const {
    if (const auto had = find_collateral(q.tee_type(), chain.pck.extension(), at)) {
      if (auto platform = unitee::detail::verifier<claims>::platform_of(chain, valid, *had, at)) return platform;
    }
    const auto fresh =
        unitee::detail::collateral_for(chain, q.tee_type(), known, at, anchors_, options_.collateral_grace);
    if (!fresh) return fresh.error();
    return unitee::detail::verifier<claims>::platform_of(chain, valid, *fresh, at);
  }

  void keep(const sha256_digest& key, const verified_pck& platform, std::uint64_t generation) {
    auto made = std::make_shared<const verified_pck>(platform);
    const std::unique_lock lock(guard_);
    if (generation != generation_) return;
    const collateral& used = platform.collateral();
    if (std::find(collaterals_.begin(), collaterals_.end(), used) == collaterals_.end()) {
      if (collaterals_.size() >= collateral_max) collaterals_.erase(collaterals_.begin());
      collaterals_.push_back(used);
    }
    if (capacity_ == 0) return;
    if (platforms_.size() >= capacity_ && !platforms_.contains(key)) platforms_.erase(platforms_.begin());
    platforms_.insert_or_assign(key, std::move(made));
  }

  mutable std::shared_mutex guard_;  // of the next four
  std::shared_ptr<const endorsements> known_;
  std::unordered_map<sha256_digest, std::shared_ptr<const verified_pck>, unitee::detail::digest_hash> platforms_;
  std::vector<collateral> collaterals_;
  std::uint64_t generation_ = 0;
  const trust_anchors anchors_;
  const verify_options options_;
  const std::size_t capacity_;
};

}  // namespace unitee::inline v0::tdx
