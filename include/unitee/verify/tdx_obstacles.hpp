// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_obstacles.hpp: what keeps a platform from a better TCB status, and since when.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/tcb_info.hpp>
#include <unitee/verify/tdx_tcb.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace unitee::inline v0::tdx {

// svn_kind is which SVN it is.
enum class svn_kind : std::uint8_t {
  sgx_component,    // one of the 16 in the PCK certificate
  pcesvn,           // of the PCK certificate
  tdx_component,    // one of the 16 in TEE_TCB_SVN
  tdx_module,       // the minor SVN of the TDX module, TEE_TCB_SVN[0]
  quoting_enclave,  // ISVSVN of the QE report
};

constexpr const char* name(svn_kind kind) noexcept {
  constexpr const char* names[] = {"SGX component", "PCESVN", "TDX component", "TDX module", "quoting enclave"};
  return names[static_cast<std::size_t>(kind)];
}

// obstacle is an SVN below the one that the better level wants: the newest of the levels above the one that was reached
// that have a better status. Where none was reached, it is the lowest level that counts.
struct obstacle {
  svn_kind kind;
  std::size_t index = 0;  // of a component, 0 to 15
  std::uint16_t found = 0;
  std::uint16_t wanted = 0;
  component_label label;  // of a component, where TCB info has one

  [[nodiscard]] constexpr int behind() const noexcept { return wanted - found; }
};

// level_place is which level of a document was reached, beside the newest.
struct level_place {
  std::size_t number = 0;  // 1 is the newest, which asks for the highest SVNs; 0: below every level
  std::size_t count = 0;   // how many levels there are
  tcb_status status = tcb_status::not_supported;
  utc_time date;  // of no meaning where number is 0
  tcb_status newest_status = tcb_status::not_supported;
  utc_time newest_date;
};

// shortfall explains a tcb_match. It owns what it says.
struct shortfall {
  tcb_status status = tcb_status::not_supported;
  tcb_gap gap = tcb_gap::none;
  level_place platform;
  std::optional<level_place> module;  // of TDs whose TDX module has an identity
  level_place enclave;
  std::vector<obstacle> obstacles;
  std::vector<std::string> advisories;  // of the levels that were reached, sorted
  // behind_since is when it fell behind: the earliest date of a level above the one that was reached, in its own list
  // of levels, that has a better status and a later date. A level with the same date differs in configuration, not in
  // age. Below every level it is the earliest date of all.
  std::optional<utc_time> behind_since;
};

namespace detail {

template <class Level>
level_place place_of(const std::vector<Level>& levels, const Level* reached) {
  level_place out;
  out.count = levels.size();
  if (levels.empty()) return out;
  out.newest_status = levels.front().rating.status;
  out.newest_date = levels.front().rating.date;
  if (reached == nullptr) return out;
  out.number = static_cast<std::size_t>(reached - levels.data()) + 1;
  out.status = reached->rating.status;
  out.date = reached->rating.date;
  return out;
}

// better_level is what the SVNs are compared with, or nullptr where nothing better is known. Only a level above the one
// that was reached can take its place.
template <class Level>
const Level* better_level(const std::vector<Level>& levels, const Level* reached) {
  if (levels.empty()) return nullptr;
  if (reached == nullptr) return &levels.back();
  for (const Level& each : levels) {
    if (&each == reached) break;
    if (each.rating.status < reached->rating.status) return &each;
  }
  return nullptr;
}

template <class Level>
void note_age(std::optional<utc_time>& since, const std::vector<Level>& levels, const Level* reached) {
  for (const Level& each : levels) {
    if (&each == reached) return;
    const level_rating& above = each.rating;
    if (reached != nullptr && (above.status >= reached->rating.status || above.date <= reached->rating.date)) {
      continue;
    }
    if (!since || above.date < *since) since = above.date;
  }
}

inline void note_platform(std::vector<obstacle>& out, const tcb_subject& of, const tcb_svn& svn, const tcb_info& info,
                          const tcb_level& better) {
  const auto components = [&](svn_kind kind, const svn_components& found, const svn_components& wanted,
                              const std::array<component_label, 16>& labels, std::size_t first) {
    for (std::size_t i = first; i < wanted.size(); ++i) {
      if (found[i] < wanted[i]) out.push_back({kind, i, found[i], wanted[i], labels[i]});
    }
  };
  components(svn_kind::sgx_component, of.sgx, better.sgx, info.sgx_labels, 0);
  if (of.pcesvn < better.pcesvn) out.push_back({svn_kind::pcesvn, 0, of.pcesvn, better.pcesvn, {}});
  if (of.tee != tee_type::tdx) return;
  components(svn_kind::tdx_component, svn.value, better.tdx, info.tdx_labels, first_compared(svn));
}

inline void note_svn(std::vector<obstacle>& out, svn_kind kind, std::uint16_t found, const svn_level* better) {
  if (better != nullptr && found < better->isvsvn) out.push_back({kind, 0, found, better->isvsvn, {}});
}

}  // namespace detail

// shortfall_of explains the match that these SVNs, with `svn` for those of the TD, came to by these documents.
inline shortfall shortfall_of(const tcb_match& match, const tcb_subject& of, const tcb_svn& svn, const tcb_info& info,
                              const enclave_identity& qe) {
  shortfall out;
  out.status = match.status;
  out.gap = match.gap;
  out.platform = detail::place_of(info.levels, match.platform);
  out.enclave = detail::place_of(qe.levels, match.enclave);
  for (const auto& each : match.advisories()) out.advisories.emplace_back(each);
  detail::note_age(out.behind_since, info.levels, match.platform);
  detail::note_age(out.behind_since, qe.levels, match.enclave);
  const tcb_level* const better = detail::better_level(info.levels, match.platform);
  if (better != nullptr) detail::note_platform(out.obstacles, of, svn, info, *better);
  if (match.identity != nullptr) {
    const std::vector<svn_level>& levels = match.identity->levels;
    out.module = detail::place_of(levels, match.module_level);
    detail::note_age(out.behind_since, levels, match.module_level);
    const svn_level* const module = detail::better_level(levels, match.module_level);
    detail::note_svn(out.obstacles, svn_kind::tdx_module, svn.value[0], module);
  }
  const svn_level* const enclave = detail::better_level(qe.levels, match.enclave);
  detail::note_svn(out.obstacles, svn_kind::quoting_enclave, of.qe_isvsvn, enclave);
  return out;
}

}  // namespace unitee::inline v0::tdx
