// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp.hpp: is this attestation report genuine?
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/snp_chain.hpp>
#include <unitee/verify/snp_form.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/vek.hpp>
#include <unitee/verify/verified.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

namespace unitee::inline v0::snp {

// claims is what a genuine report says, and on whose word.
struct claims {
  snp::report report;
  snp::vek vek;  // whose key signed it: kind of key, product, chip or cloud provider
  anchor_origin anchor;
  chain_validity validity;  // of the chain that was used, and of its revocation lists
  bool chip_id_masked;      // a VCEK signed, but CHIP_ID is zero: nobody could compare the certificate's chip
  bool crl_checked;         // a revocation list of the root was among the endorsements
};

}  // namespace unitee::inline v0::snp

namespace unitee::inline v0::detail {

// verifier is the one place that makes verified claims about SEV-SNP reports.
template <>
class verifier<snp::claims> {
 public:
  static result<verified<snp::claims>> check(const snp::report& r, const snp::verified_vek& signer,
                                             utc_time at) noexcept {
    namespace row = snp::row;
    if (const auto form = snp::check_form(r); !form) return form.error();
    const snp::vek& vek = signer.vek();
    if (const auto matches = vek.check_against(r); !matches) return matches.error();
    const auto fail = [](errc code, std::size_t offset) { return failure{code, offset, part::report}; };
    const snp::tcb_layout layout = snp::product_of(vek.product_id()).layout;
    if (!reserved_are_zero(r.current_tcb(), layout)) return fail(errc::reserved_not_zero, row::current_tcb::offset);
    if (!reserved_are_zero(r.committed_tcb(), layout)) {
      return fail(errc::reserved_not_zero, row::committed_tcb::offset);
    }
    if (!reserved_are_zero(r.launch_tcb(), layout)) return fail(errc::reserved_not_zero, row::launch_tcb::offset);
    if (at < signer.validity().not_before) return failure{errc::not_yet_valid, 0, part::vek};
    if (at > signer.validity().not_after) return failure{errc::expired, 0, part::vek};

    std::array<std::uint8_t, 96> rs{};  // big-endian, where the report is little-endian
    std::ranges::reverse_copy(r.signature_r().view().first<48>(), rs.begin());
    std::ranges::reverse_copy(r.signature_s().view().first<48>(), rs.begin() + 48);
    if (const auto good = signer.key().verify(r.signed_bytes(), rs); !good) {
      const bool in_s = good.error().offset != 0;
      return fail(good.error().code, in_s ? row::signature_s::offset : row::signature_r::offset);
    }
    const bool masked = vek.kind() == snp::signing_key_kind::vcek && r.chip_id().is_zero();
    return verified<snp::claims>(snp::claims{r, vek, signer.anchor(), signer.validity(), masked, signer.crl_checked()});
  }
};

// best_failure keeps the failure of the attempt that came furthest.
class best_failure {
 public:
  void came_to(int step, failure why) noexcept {
    if (step <= step_) return;
    step_ = step;
    why_ = why;
  }
  [[nodiscard]] failure get() const noexcept { return why_; }

 private:
  int step_ = 0;
  failure why_{errc::missing, 0, part::vek};
};

inline std::vector<certificate> named(const std::vector<certificate>& all, std::string_view name) {
  std::vector<certificate> out;
  for (const certificate& one : all) {
    if (const auto subject = one.subject_common_name(); subject && *subject == name) out.push_back(one);
  }
  return out;
}

// candidate_roots is the roots by name; the caller's anchors come first and need not be among the endorsements.
inline std::vector<certificate> candidate_roots(const endorsements& given, const trust_anchors& anchors,
                                                std::string_view name) {
  std::vector<certificate> out = named(anchors.given(), name);
  for (const certificate& one : named(given.certificates(), name)) {
    if (std::ranges::find(out, one) == out.end()) out.push_back(one);
  }
  return out;
}

inline std::vector<crl> crls_of(const endorsements& given, const certificate& root) {
  std::vector<crl> out;
  std::ranges::copy_if(given.crls(), std::back_inserter(out), [&](const crl& one) { return one.is_issued_by(root); });
  return out;
}

// candidate_veks is everything that calls itself a VCEK or VLEK, the kind that the report names first.
inline std::vector<certificate> candidate_veks(const snp::report& r, const endorsements& given) {
  const bool vlek = r.key_info().signer() == snp::signing_key_kind::vlek;
  std::vector<certificate> out = named(given.certificates(), vlek ? "SEV-VLEK" : "SEV-VCEK");
  const std::vector<certificate> others = named(given.certificates(), vlek ? "SEV-VCEK" : "SEV-VLEK");
  out.insert(out.end(), others.begin(), others.end());
  return out;
}

}  // namespace unitee::inline v0::detail

namespace unitee::inline v0::snp {

// chain_attempts_max bounds how many chains verify tries for one report: endorsements may come from a hostile host.
inline constexpr std::size_t chain_attempts_max = 32;

// verify says whether the report is genuine, given a VEK whose chain has been verified: one P-384 signature check,
// without allocation by this library. Failures: those of check_form and vek::check_against; reserved bytes of a TCB
// version that are not zero; errc::expired and errc::not_yet_valid of the chain at the given time, in part::vek; and of
// the signature, at its offset in part::report, errc::signature_invalid, or errc::bad_value where r or s is out of
// range.
inline result<verified<claims>> verify(const report& r, const verified_vek& signer, utc_time at) noexcept {
  return unitee::detail::verifier<claims>::check(r, signer, at);
}

// verify says whether the report is genuine, looking for its VEK, the intermediate and the root among the endorsements.
// It tries what fits by name until one chain is good, chain_attempts_max chains at most; revocation lists of the root
// must then all be genuine, current and clear. What is not there is errc::missing in part::vek, part::intermediate or
// part::root, and missing_endorsements says where to get it. When several fit and none is good, the failure is that of
// the attempt that came furthest.
inline result<verified<claims>> verify(const report& r, const endorsements& given, utc_time at,
                                       const trust_anchors& anchors = {}) {
  if (const auto form = check_form(r); !form) return form.error();
  unitee::detail::best_failure best;
  std::size_t attempts = 0;
  for (const certificate& candidate : unitee::detail::candidate_veks(r, given)) {
    const auto leaf = vek::parse(candidate);
    if (!leaf) {
      best.came_to(1, leaf.error());
      continue;
    }
    if (const auto matches = leaf->check_against(r); !matches) {
      best.came_to(2, matches.error());
      continue;
    }
    best.came_to(3, failure{errc::missing, 0, part::intermediate});
    const role_names names = leaf->names();
    const std::vector<certificate> roots = unitee::detail::candidate_roots(given, anchors, names.root);
    for (const certificate& intermediate : unitee::detail::named(given.certificates(), names.intermediate)) {
      best.came_to(4, failure{errc::missing, 0, part::root});
      for (const certificate& root : roots) {
        if (attempts++ == chain_attempts_max) return best.get();
        const std::vector<crl> crls = unitee::detail::crls_of(given, root);
        const auto signer = verified_vek::verify(candidate, intermediate, root, at, crls, anchors);
        if (!signer) {
          best.came_to(5, signer.error());
          continue;
        }
        auto genuine = verify(r, *signer, at);
        if (genuine) return genuine;
        best.came_to(6, genuine.error());
      }
    }
  }
  return best.get();
}

}  // namespace unitee::inline v0::snp
