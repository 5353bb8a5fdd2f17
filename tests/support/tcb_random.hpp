// SPDX-License-Identifier: Apache-2.0
//
// tests/support/tcb_random.hpp: random TCB documents and subjects that reach some of their levels.
#pragma once

#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/tcb_info.hpp>
#include <unitee/verify/tdx_tcb.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace unitee::test {

// tcb_random makes small documents, so that levels are reached, missed and tied often.
class tcb_random {
 public:
  explicit tcb_random(std::uint32_t seed) : engine_(seed) {}

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(engine_()) % n; }

  tdx::tcb_info info() {
    tdx::tcb_info out;
    for (std::uint32_t n = 1 + below(6); n != 0; --n) {
      tdx::tcb_level level{components(), svn(), components(), rating(platform_statuses)};
      out.levels.push_back(level);
    }
    std::ranges::sort(out.levels, [](const tdx::tcb_level& a, const tdx::tcb_level& b) {
      return std::tie(a.sgx, a.pcesvn, a.tdx) > std::tie(b.sgx, b.pcesvn, b.tdx);
    });
    for (const std::uint8_t major : {std::uint8_t{3}, std::uint8_t{1}}) {
      if (below(4) != 0) out.module_identities.push_back({major, {}, levels(module_statuses)});
    }
    return out;
  }

  tdx::enclave_identity identity() {
    tdx::enclave_identity out;
    out.levels = levels(enclave_statuses);
    return out;
  }

  tdx::tcb_subject subject() {
    tdx::tcb_subject out;
    if (below(8) == 0) out.tee = tdx::tee_type::sgx;
    out.sgx = components(2);
    out.pcesvn = svn(2);
    out.tee_tcb_svn = {components(2)};
    out.tee_tcb_svn.value[1] = major();
    if (below(2) == 0) {
      out.tee_tcb_svn_2 = tdx::tcb_svn{components(2)};
      out.tee_tcb_svn_2->value[1] = major();
    }
    out.qe_isvsvn = svn(2);
    return out;
  }

 private:
  using statuses = std::vector<tdx::tcb_status>;

  // Small numbers in a few places: the first three, one in the middle and the last.
  tdx::svn_components components(std::uint32_t from = 0) {
    tdx::svn_components out{};
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{15}}) {
      out[i] = static_cast<std::uint8_t>(svn(from));
    }
    return out;
  }

  // svn is 0 to 3; subjects have mostly high ones.
  std::uint16_t svn(std::uint32_t from = 0) {
    if (from != 0 && below(6) == 0) from = 0;
    return static_cast<std::uint16_t>(from + below(4 - from));
  }

  std::uint8_t major() {
    constexpr std::uint8_t known[] = {0, 0, 1, 1, 3, 2};
    return known[below(6)];
  }

  tdx::level_rating rating(const statuses& of) {
    tdx::level_rating out{{1'700'000'000 + below(20) * 86400}, of[below(static_cast<std::uint32_t>(of.size()))], {}};
    for (std::uint32_t n = below(3); n != 0; --n) out.advisories.push_back("SA-" + std::to_string(below(5)));
    return out;
  }

  std::vector<tdx::svn_level> levels(const statuses& of) {
    std::vector<tdx::svn_level> out;
    for (std::uint16_t isvsvn = 4; isvsvn-- != 0;) {
      if (below(2) == 0) out.push_back({isvsvn, rating(of)});
    }
    if (out.empty()) out.push_back({svn(), rating(of)});
    return out;
  }

  std::mt19937 engine_;
  const statuses platform_statuses{tdx::tcb_status::up_to_date,
                                   tdx::tcb_status::sw_hardening_needed,
                                   tdx::tcb_status::configuration_needed,
                                   tdx::tcb_status::configuration_and_sw_hardening_needed,
                                   tdx::tcb_status::out_of_date,
                                   tdx::tcb_status::out_of_date_configuration_needed,
                                   tdx::tcb_status::revoked};
  const statuses module_statuses{tdx::tcb_status::up_to_date, tdx::tcb_status::out_of_date, tdx::tcb_status::revoked};
  const statuses enclave_statuses{tdx::tcb_status::up_to_date, tdx::tcb_status::out_of_date,
                                  tdx::tcb_status::configuration_needed,
                                  tdx::tcb_status::out_of_date_configuration_needed, tdx::tcb_status::revoked};
};

}  // namespace unitee::test
