// SPDX-License-Identifier: Apache-2.0

#include "attested.hpp"
#include "keys.hpp"
#include "operation.hpp"

#include <unitee/bytes/guid.hpp>
#include <unitee/guest/attest.hpp>
#include <unitee/guest/configfs_sev_guest.hpp>
#include <unitee/guest/sev_guest.hpp>
#include <unitee/this_guest.hpp>

namespace client {

namespace {

namespace guest = unitee::guest;
namespace snp = unitee::snp;
using unitee::report_data;
using unitee::result;

constexpr std::size_t report_data_at = 0x50;

// with opens /dev/sev-guest as the words say, and does something with it.
template <class Do>
answer with_sev_guest(const operation& asked, Do&& what) {
  guest::sev_guest_options with;
  with.limit = asked.limit();
  if (asked.has("vmpl")) with.vmpl = asked.number("vmpl");
  with.signed_by = static_cast<snp::key_selection>(asked.number("key_sel"));
  const auto opened = guest::sev_guest::open(with);
  if (!opened) return opened.error();
  return what(*opened);
}

answer sev_report(const operation& asked) {
  return with_sev_guest(asked, [&](const guest::sev_guest& sev) {
    return attested(asked, report_data_at, [&](const report_data& data) -> result<attestation> {
      const auto report = sev.attest(snp::report_data{data.value});
      if (!report) return report.error();
      return attestation::of(report->bytes());
    });
  });
}

answer sev_ext_report(const operation& asked) {
  return with_sev_guest(asked, [&](const guest::sev_guest& sev) {
    return attested(asked, report_data_at,
                    [&](const report_data& data) { return sev.attest_with_certificates({data.value}); });
  });
}

answer sev_key(const operation& asked) {
  return with_sev_guest(asked, [&](const guest::sev_guest& sev) { return asked_key(asked, sev); });
}

answer sev_derive(const operation& asked) {
  return with_sev_guest(asked, [&](const guest::sev_guest& sev) { return derived_key(asked, sev); });
}

answer sev_reopen(const operation& asked) {
  return with_sev_guest(asked, [&](const guest::sev_guest& sev) { return reopened_key(asked, sev); });
}

// sev_mit_key asks for what needs message version 2.
answer sev_mit_key(const operation& asked) {
  return with_sev_guest(asked, [&](const guest::sev_guest& sev) -> answer {
    const auto request = snp::key_request::bound_to_measurement({}, 0).with_launch_mit_vector(1);
    const auto key = sev.derive_key(request);
    if (!key) return key.error();
    return say(asked, *key);
  });
}

answer tsm_snp(const operation& asked) {
  guest::configfs_sev_guest_options with{.limit = asked.limit()};
  if (asked.has("privlevel")) with.privlevel = asked.number("privlevel");
  if (asked.has("svsm")) {
    with.services.emplace();
    with.services->manifest_version = asked.number("version");
    if (asked.has("service")) {
      const auto service = unitee::parse_guid(asked.text("service"));
      if (!service) misused("service");
      with.services->service = *service;
    }
  }
  const auto opened = guest::configfs_sev_guest::open(with);
  if (!opened) return opened.error();
  return attested(asked, report_data_at,
                  [&](const report_data& data) { return opened->attest_with_certificates({data.value}); });
}

// this_guest is what a program does that does not care what it runs on.
answer this_guest(const operation& asked) {
  auto opened = unitee::this_guest::open();
  if (!opened) return opened.error();
  auto out = attested(asked, 0, [&](const report_data& data) { return guest::attest(*opened, data); });
  if (out) out->put("backend", opened->name());
  return out;
}

}  // namespace

handler snp_handler(std::string_view name) {
  if (name == "sev.report") return sev_report;
  if (name == "sev.ext_report") return sev_ext_report;
  if (name == "sev.key") return sev_key;
  if (name == "sev.mit_key") return sev_mit_key;
  if (name == "sev.derive") return sev_derive;
  if (name == "sev.reopen") return sev_reopen;
  if (name == "tsm.snp") return tsm_snp;
  if (name == "this_guest") return this_guest;
  return nullptr;
}

}  // namespace client
