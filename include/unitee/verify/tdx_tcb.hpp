// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_tcb.hpp: TCB evaluation: what Intel's collateral says about the SVNs of a platform.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/tcb_info.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace unitee::inline v0::tdx {

// tcb_subject is what is evaluated: SVNs, all of them signed.
struct tcb_subject {
  tee_type tee = tee_type::tdx;
  svn_components sgx{};                  // TCB components of the PCK certificate
  std::uint16_t pcesvn = 0;              // of the PCK certificate
  tcb_svn tee_tcb_svn;                   // of a TD: from when it was launched
  std::optional<tcb_svn> tee_tcb_svn_2;  // of a TD report body 1.5: from when the report was made
  std::uint16_t qe_isvsvn = 0;           // of the QE report
};

// subject_of is what is evaluated about a quote, or about what is signed in it, and the platform's PCK certificate.
template <class Quote>
tcb_subject subject_of(const Quote& q, const pck_extension& pck) noexcept {
  tcb_subject out{q.tee_type(), pck.tcb_components, pck.pcesvn, {}, std::nullopt, q.qe_report().isvsvn()};
  if (const auto td = q.td()) {
    out.tee_tcb_svn = td->tee_tcb_svn();
    out.tee_tcb_svn_2 = td->tee_tcb_svn_2();
  }
  return out;
}

// tcb_gap is why nothing is said about some SVNs.
enum class tcb_gap : std::uint8_t {
  none,
  platform,      // they are below every TCB level of the platform
  module,        // no TDX module of that major version is described
  module_level,  // the TDX module is below every level of its identity
  enclave,       // the quoting enclave is below every level of its identity
};

// tcb_match is the levels that one set of SVNs comes to, and what they add up to. It refers to the documents.
struct tcb_match {
  tcb_status status = tcb_status::not_supported;
  tcb_gap gap = tcb_gap::none;
  utc_time date;                              // the earliest of the levels' dates; of no meaning where there is a gap
  const tcb_level* platform = nullptr;        // the level of the platform,
  const module_identity* identity = nullptr;  // of TDX modules from major version 1 on, their identity
  const svn_level* module_level = nullptr;    // and level,
  const svn_level* enclave = nullptr;         // and the level of the quoting enclave; nullptr where there is none

  // for_each_rating calls f(rating) for the levels that matched: platform, module, enclave.
  template <class F>
  constexpr void for_each_rating(F&& f) const {
    if (platform != nullptr) f(platform->rating);
    if (module_level != nullptr) f(module_level->rating);
    if (enclave != nullptr) f(enclave->rating);
  }

  // advisories is the union of the levels' lists, sorted. The texts are the documents'.
  [[nodiscard]] std::vector<std::string_view> advisories() const {
    std::vector<std::string_view> out;
    for_each_rating(
        [&](const level_rating& each) { out.insert(out.end(), each.advisories.begin(), each.advisories.end()); });
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }
};

// tcb_verdict is the answer about a quote. Its date and advisories are those of `launch`.
struct tcb_verdict {
  tcb_status status = tcb_status::not_supported;
  tcb_match launch;                  // with TEE_TCB_SVN
  std::optional<tcb_match> current;  // with TEE_TCB_SVN_2, where the quote has it

  [[nodiscard]] utc_time date() const noexcept { return launch.date; }

  [[nodiscard]] std::vector<std::string_view> advisories() const { return launch.advisories(); }
};

// is_supported says that the status lets a policy decide at all: it is neither Revoked nor NotSupported, and the TDX
// module that runs now is not revoked either, whatever the one of launch was.
constexpr bool is_supported(const tcb_verdict& tcb) noexcept {
  const bool now_revoked = tcb.current && tcb.current->status == tcb_status::revoked;
  return tcb.status != tcb_status::revoked && tcb.status != tcb_status::not_supported && !now_revoked;
}

// tcb_procedure is which of Intel's procedures decides.
enum class tcb_procedure : std::uint8_t {
  current,   // that of 2026, which rates the module of launch and the module of now alike
  qvl_2024,  // that of Intel's library of March 2024, for those who must agree with deployed verifiers
};

constexpr const char* name(tcb_procedure procedure) noexcept {
  return procedure == tcb_procedure::current ? "current" : "qvl-2024";
}

// is_configuration says that a status asks for another configuration.
constexpr bool is_configuration(tcb_status status) noexcept {
  return status == tcb_status::configuration_needed || status == tcb_status::configuration_and_sw_hardening_needed ||
         status == tcb_status::out_of_date_configuration_needed ||
         status == tcb_status::td_relaunch_advised_configuration_needed;
}

constexpr bool is_out_of_date(tcb_status status) noexcept {
  return status == tcb_status::out_of_date || status == tcb_status::out_of_date_configuration_needed;
}

// reaches asks for every component from `first` on.
constexpr bool reaches(const svn_components& found, const svn_components& wanted, std::size_t first = 0) noexcept {
  for (std::size_t i = first; i < wanted.size(); ++i) {
    if (found[i] < wanted[i]) return false;
  }
  return true;
}

// first_compared is the first TDX component that a platform's level is compared in: where the module has a major
// version, bytes 0 and 1 are rated by its identity.
constexpr std::size_t first_compared(const tcb_svn& svn) noexcept { return svn.value[1] > 0 ? 2 : 0; }

// level_for is the highest level that the SVN reaches, or nullptr.
constexpr const svn_level* level_for(const std::vector<svn_level>& levels, std::uint16_t isvsvn) noexcept {
  for (const svn_level& each : levels) {
    if (isvsvn >= each.isvsvn) return &each;
  }
  return nullptr;
}

// converged is the platform's status with a component's in it. A module or an enclave that is out of date or revoked
// makes it worse; their other statuses change nothing.
constexpr tcb_status converged(tcb_status platform, tcb_status component) noexcept {
  if (component == tcb_status::revoked) return component;
  if (component != tcb_status::out_of_date || platform == tcb_status::revoked) return platform;
  return is_configuration(platform) ? tcb_status::out_of_date_configuration_needed : tcb_status::out_of_date;
}

namespace detail {

// is_module_status and is_enclave_status are what the two kinds of levels may say.
constexpr bool is_module_status(tcb_status status) noexcept {
  return status == tcb_status::up_to_date || status == tcb_status::out_of_date || status == tcb_status::revoked;
}
constexpr bool is_enclave_status(tcb_status status) noexcept {
  return is_module_status(status) || status == tcb_status::configuration_needed ||
         status == tcb_status::out_of_date_configuration_needed;
}

// match finds the levels of one set of SVNs and converges their statuses.
inline result<tcb_match> match(const tcb_subject& of, const tcb_svn& svn, const tcb_info& info,
                               const enclave_identity& qe) noexcept {
  const bool td = of.tee == tee_type::tdx;
  tcb_match out;
  const std::size_t first = first_compared(svn);
  const auto platform = std::find_if(info.levels.begin(), info.levels.end(), [&](const tcb_level& each) {
    return reaches(of.sgx, each.sgx) && of.pcesvn >= each.pcesvn && (!td || reaches(svn.value, each.tdx, first));
  });
  if (platform != info.levels.end()) out.platform = &*platform;
  const bool versioned = td && svn.value[1] > 0;
  if (versioned) out.identity = info.module(svn.value[1]);
  if (out.identity != nullptr) out.module_level = level_for(out.identity->levels, svn.value[0]);
  out.enclave = level_for(qe.levels, of.qe_isvsvn);

  out.gap = out.platform == nullptr                    ? tcb_gap::platform
            : versioned && out.identity == nullptr     ? tcb_gap::module
            : versioned && out.module_level == nullptr ? tcb_gap::module_level
            : out.enclave == nullptr                   ? tcb_gap::enclave
                                                       : tcb_gap::none;
  if (out.gap != tcb_gap::none) return out;
  if (!is_level_status(out.platform->rating.status) ||
      (versioned && !is_module_status(out.module_level->rating.status))) {
    return failure{errc::bad_value, 0, part::tcb_info};
  }
  if (!is_enclave_status(out.enclave->rating.status)) return failure{errc::bad_value, 0, part::qe_identity};

  out.status = out.platform->rating.status;
  if (versioned) out.status = converged(out.status, out.module_level->rating.status);
  out.status = converged(out.status, out.enclave->rating.status);
  out.date = out.platform->rating.date;
  out.for_each_rating([&](const level_rating& each) { out.date = std::min(out.date, each.date); });
  return out;
}

}  // namespace detail

// evaluate_tcb rates the subject by Intel's current procedure (PCS API version 4, TCB level selection). SVNs about
// which nothing is said are no failure but tcb_status::not_supported; when that is so for TEE_TCB_SVN_2, it is for the
// whole. A TD that was launched out of date on a platform that is not any more is TDRelaunchAdvised. A matched level
// with a status that such a level cannot have is errc::bad_value in part::tcb_info or part::qe_identity. The answer
// refers to both documents, which must outlive it.
inline result<tcb_verdict> evaluate_tcb(const tcb_subject& of, const tcb_info& info,
                                        const enclave_identity& qe) noexcept {
  const auto launch = detail::match(of, of.tee_tcb_svn, info, qe);
  if (!launch) return launch.error();
  tcb_verdict out{launch->status, *launch, std::nullopt};
  if (of.tee != tee_type::tdx || !of.tee_tcb_svn_2) return out;
  const auto current = detail::match(of, *of.tee_tcb_svn_2, info, qe);
  if (!current) return current.error();
  out.current = *current;
  if (current->gap != tcb_gap::none) {
    out.status = tcb_status::not_supported;
  } else if (is_out_of_date(launch->status) && current->status <= tcb_status::configuration_and_sw_hardening_needed) {
    out.status = is_configuration(launch->status) || is_configuration(current->status)
                     ? tcb_status::td_relaunch_advised_configuration_needed
                     : tcb_status::td_relaunch_advised;
  }
  return out;
}

}  // namespace unitee::inline v0::tdx
