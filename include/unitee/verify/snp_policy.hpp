// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_policy.hpp: what one wants of a SEV-SNP guest.
#pragma once

#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>
#include <unitee/unavailable.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace unitee::inline v0::snp {

// appraisal_point is a decision that every policy must take, one way or the other.
enum class appraisal_point : std::uint8_t {
  freshness = 1,  // report data
  software = 2,   // measurement
  firmware = 4,   // TCB
  debugging = 8,
};

// minimum_tcb is the least TCB that one product must report.
struct minimum_tcb {
  generation product;
  tcb_parts parts;
};

// reference_values is what a policy compares claims with (RFC 9334, section 2.3); what is absent is not asked.
struct reference_values {
  std::optional<snp::report_data> report_data;
  std::optional<std::vector<snp::measurement>> measurements;            // any of these
  std::array<std::optional<tcb_version>, products.size()> minimum_tcb;  // by generation
  bool ask_tcb = false;
  bool allow_debug = false;
  bool allow_masked_chip_id = false;
  bool refuse_provisional = false;
  std::optional<std::uint32_t> vmpl;
  std::optional<snp::host_data> host_data;
};

// appraisal_policy decides what appraise demands. Report data, measurement, TCB and debug must each be required or
// waived by name, and once: a policy that leaves one open is another type, which appraise does not take, and a second
// decision on the same point does not compile. Every member returns a new policy.
//
//   const auto policy = snp::appraisal_policy{}.require_report_data(nonce).require_measurement(image).waive_tcb().forbid_debug();
template <unsigned Decided = 0>
class appraisal_policy {
 public:
  static constexpr bool decides(appraisal_point point) noexcept {
    return (Decided & static_cast<unsigned>(point)) != 0;
  }

  appraisal_policy() requires(Decided == 0) = default;

  // require_report_data asks for exactly these 64 bytes. What they mean is between caller and guest: a nonce, or a
  // digest of nonce and key.
  [[nodiscard]] auto require_report_data(const snp::report_data& wanted) &&
      requires(!decides(appraisal_point::freshness)) {
    want_.report_data = wanted;
    return std::move(*this).template decided<appraisal_point::freshness>();
  }
  // waive_report_data accepts evidence that may be a replay.
  [[nodiscard]] auto waive_report_data() && requires(!decides(appraisal_point::freshness)) {
    return std::move(*this).template decided<appraisal_point::freshness>();
  }

  // require_measurement asks for one of these launch measurements; an empty list accepts none.
  [[nodiscard]] auto require_measurement(std::span<const snp::measurement> any_of) &&
      requires(!decides(appraisal_point::software)) {
    want_.measurements.emplace(any_of.begin(), any_of.end());
    return std::move(*this).template decided<appraisal_point::software>();
  }
  [[nodiscard]] auto require_measurement(const snp::measurement& wanted) &&
      requires(!decides(appraisal_point::software)) {
    return std::move(*this).require_measurement(std::span(&wanted, 1));
  }
  // waive_measurement accepts any software at all.
  [[nodiscard]] auto waive_measurement() && requires(!decides(appraisal_point::software)) {
    return std::move(*this).template decided<appraisal_point::software>();
  }

  // require_minimum_tcb asks that every component of REPORTED_TCB is at least this, on this product. A report of a
  // product that the list lacks is not met.
  [[nodiscard]] auto require_minimum_tcb(std::span<const minimum_tcb> by_product) &&
      requires(!decides(appraisal_point::firmware)) {
    want_.ask_tcb = true;
    for (const minimum_tcb& least : by_product) {
      want_.minimum_tcb[static_cast<std::size_t>(least.product)] =
          make_tcb(least.parts, product_of(least.product).layout);
    }
    return std::move(*this).template decided<appraisal_point::firmware>();
  }
  [[nodiscard]] auto require_minimum_tcb(generation product, const tcb_parts& least) &&
      requires(!decides(appraisal_point::firmware)) {
    const minimum_tcb only{product, least};
    return std::move(*this).require_minimum_tcb(std::span(&only, 1));
  }
  // waive_tcb accepts firmware with any known hole.
  [[nodiscard]] auto waive_tcb() && requires(!decides(appraisal_point::firmware)) {
    return std::move(*this).template decided<appraisal_point::firmware>();
  }

  // forbid_debug asks that the host cannot read the guest's memory.
  [[nodiscard]] auto forbid_debug() && requires(!decides(appraisal_point::debugging)) {
    return std::move(*this).template decided<appraisal_point::debugging>();
  }
  // allow_debug accepts guests without any confidentiality.
  [[nodiscard]] auto allow_debug() && requires(!decides(appraisal_point::debugging)) {
    want_.allow_debug = true;
    return std::move(*this).template decided<appraisal_point::debugging>();
  }

  // Decisions with a default. A masked chip id is refused unless allowed; firmware whose CURRENT is above its COMMITTED
  // version, which the host can still roll back, is accepted unless refused; VMPL and HOST_DATA are not asked.
  [[nodiscard]] appraisal_policy allow_masked_chip_id() && {
    want_.allow_masked_chip_id = true;
    return std::move(*this);
  }
  [[nodiscard]] appraisal_policy refuse_provisional_firmware() && {
    want_.refuse_provisional = true;
    return std::move(*this);
  }
  [[nodiscard]] appraisal_policy require_vmpl(std::uint32_t wanted) && {
    want_.vmpl = wanted;
    return std::move(*this);
  }
  [[nodiscard]] appraisal_policy require_host_data(const snp::host_data& wanted) && {
    want_.host_data = wanted;
    return std::move(*this);
  }

  [[nodiscard]] const reference_values& wanted() const noexcept { return want_; }

 private:
  template <unsigned>
  friend class appraisal_policy;

  explicit appraisal_policy(reference_values&& want) noexcept : want_(std::move(want)) {}

  template <appraisal_point Point>
  [[nodiscard]] auto decided() && {
    return appraisal_policy<Decided | static_cast<unsigned>(Point)>(std::move(want_));
  }

  reference_values want_;
};

appraisal_policy()->appraisal_policy<0>;

// The decisions that appraise insists on, one concept each, so that the compiler names the one that is missing.
// clang-format off
template <class Policy>
concept decides_report_data = Policy::decides(appraisal_point::freshness) ||
    unavailable<"this appraisal policy does not decide report data: call require_report_data(...) or waive_report_data()">;
template <class Policy>
concept decides_measurement = Policy::decides(appraisal_point::software) ||
    unavailable<"this appraisal policy does not decide the measurement: call require_measurement(...) or waive_measurement()">;
template <class Policy>
concept decides_tcb = Policy::decides(appraisal_point::firmware) ||
    unavailable<"this appraisal policy does not decide the TCB: call require_minimum_tcb(...) or waive_tcb()">;
template <class Policy>
concept decides_debug = Policy::decides(appraisal_point::debugging) ||
    unavailable<"this appraisal policy does not decide debug: call forbid_debug() or allow_debug()">;
// clang-format on

template <class Policy>
concept complete_policy =
    decides_report_data<Policy> && decides_measurement<Policy> && decides_tcb<Policy> && decides_debug<Policy>;

}  // namespace unitee::inline v0::snp
