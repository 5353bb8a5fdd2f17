// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/trust_anchors.hpp: the roots that a verdict may rest on.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace unitee::inline v0 {

// anchor_origin says why a root was trusted. Evidence of a simulated guest is always given_by_caller.
enum class anchor_origin : std::uint8_t {
  pinned,           // the vendor's own root, known to this library by the SHA-384 of its public key
  given_by_caller,  // a root that the caller put into trust_anchors
};

constexpr const char* name(anchor_origin origin) noexcept {
  return origin == anchor_origin::pinned ? "pinned" : "given by caller";
}

// trust_anchors is the vendors' pinned roots and whatever roots the caller adds. A root is never trusted because it
// came with the evidence or among the endorsements.
class trust_anchors {
 public:
  // add makes a root of the caller's own trusted, for a test or a simulated guest. Whoever holds its key can make
  // evidence of anything.
  void add(const certificate& root) { given_.push_back(root); }

  // distrust_pinned makes the given roots the only ones, for a verifier that is to accept one simulated guest, or one
  // test root, and no real machine.
  void distrust_pinned() noexcept { pinned_count_ = false; }

  // given is the caller's roots, which need not stand among the endorsements as well.
  [[nodiscard]] const std::vector<certificate>& given() const noexcept { return given_; }

  // origin_of is why the root is trusted, or errc::untrusted_root in part::root: its public key has the pinned digest,
  // or it equals a given root in every byte. A vendor's root that is not published has no pin.
  template <class Pin>
  [[nodiscard]] result<anchor_origin> origin_of(const certificate& root, const std::optional<Pin>& pin) const noexcept {
    const auto digest = root.spki_sha384();
    if (!digest) return digest.error();
    if (pinned_count_ && pin && digest->value == pin->value) return anchor_origin::pinned;
    if (std::find(given_.begin(), given_.end(), root) != given_.end()) return anchor_origin::given_by_caller;
    return failure{errc::untrusted_root, 0, part::root};
  }

 private:
  std::vector<certificate> given_;
  bool pinned_count_ = true;
};

}  // namespace unitee::inline v0
