// SPDX-License-Identifier: Apache-2.0

#include "attested.hpp"
#include "keys.hpp"
#include "operation.hpp"

#include <unitee/guest/configfs_tdx_guest.hpp>
#include <unitee/guest/seal_keys.hpp>
#include <unitee/guest/tdx_guest.hpp>

#include <cstdlib>

namespace client {

namespace {

namespace guest = unitee::guest;
namespace tdx = unitee::tdx;
using unitee::report_data;
using unitee::result;

// Of a quote of version 5 with a body of TDX 1.5: header, type, size, and then the body's REPORTDATA.
constexpr std::size_t quote_data_at = 48 + 6 + 520;
constexpr std::size_t td_report_data_at = 128;

// with_tdx_guest opens /dev/tdx_guest as the words say. qgs=1 asks the quote service at the path that the emulator
// names, qgs=PATH another one.
template <class Do>
answer with_tdx_guest(const operation& asked, Do&& what) {
  guest::tdx_guest_options with{.limit = asked.limit()};
  if (asked.has("qgs")) {
    const char* const emulated = std::getenv("UNITEE_EMULATED_QUOTE_SERVICE");
    const std::string path = asked.text("qgs");
    with.quote_service.emplace();
    with.quote_service->path = path == "1" && emulated != nullptr ? emulated : path;
  }
  const auto opened = guest::tdx_guest::open(with);
  if (!opened) return opened.error();
  return what(*opened);
}

// attestation_of is a quote as an attestation.
result<attestation> attestation_of(result<octets> quote) {
  if (!quote) return quote.error();
  return attestation{std::move(*quote), {}, {}};
}

answer tdx_report(const operation& asked) {
  return with_tdx_guest(asked, [&](const guest::tdx_guest& td) {
    return attested(asked, td_report_data_at, [&](const report_data& data) -> result<attestation> {
      const auto report = td.td_report({data.value});
      if (!report) return report.error();
      return attestation::of(report->bytes());
    });
  });
}

answer tdx_quote(const operation& asked) {
  return with_tdx_guest(asked, [&](const guest::tdx_guest& td) {
    return attested(asked, quote_data_at,
                    [&](const report_data& data) { return attestation_of(td.attest({data.value})); });
  });
}

answer tsm_tdx(const operation& asked) {
  const auto opened = guest::configfs_tdx_guest::open({.limit = asked.limit()});
  if (!opened) return opened.error();
  return attested(asked, quote_data_at,
                  [&](const report_data& data) { return attestation_of(opened->attest({data.value})); });
}

// tdx_key is the device's answer, and not one of seal_keys, which asks for a key when it is opened.
answer tdx_key(const operation& asked) {
  return with_tdx_guest(asked, [&](const guest::tdx_guest& td) -> answer {
    const auto request = tdx::key_request::parse_any_binding(asked.bytes("request"));
    if (!request) return request.error();
    const auto key = td.seal_key(*request);
    if (!key) return key.error();
    return say(asked, *key).put_hex("request", request->encode());
  });
}

template <class Do>
answer with_seal_keys(const operation& asked, Do&& what) {
  return with_tdx_guest(asked, [&](const guest::tdx_guest& td) -> answer {
    const auto keys = tdx::seal_keys::open(td);
    if (!keys) return keys.error();
    return what(*keys);
  });
}

answer tdx_seal_key(const operation& asked) {
  return with_seal_keys(asked, [&](const tdx::seal_keys& keys) { return asked_key(asked, keys); });
}

answer tdx_derive(const operation& asked) {
  return with_seal_keys(asked, [&](const tdx::seal_keys& keys) { return derived_key(asked, keys); });
}

answer tdx_reopen(const operation& asked) {
  return with_seal_keys(asked, [&](const tdx::seal_keys& keys) { return reopened_key(asked, keys); });
}

answer rtmr_extend(const operation& asked) {
  return with_tdx_guest(asked, [&](const guest::tdx_guest& td) -> answer {
    const auto digest = asked.fixed<tdx::measurement>("digest");
    if (const auto done = td.extend_rtmr(asked.number("index"), digest); !done) return done.error();
    return fields();
  });
}

answer rtmr_read(const operation& asked) {
  return with_tdx_guest(asked, [&](const guest::tdx_guest& td) -> answer {
    const auto value = td.rtmr(asked.number("index"));
    if (!value) return value.error();
    fields out;
    return out.put_hex("value", value->value);
  });
}

}  // namespace

handler tdx_handler(std::string_view name) {
  if (name == "tdx.report") return tdx_report;
  if (name == "tdx.quote") return tdx_quote;
  if (name == "tsm.tdx") return tsm_tdx;
  if (name == "tdx.key") return tdx_key;
  if (name == "tdx.seal_key") return tdx_seal_key;
  if (name == "tdx.derive") return tdx_derive;
  if (name == "tdx.reopen") return tdx_reopen;
  if (name == "rtmr.extend") return rtmr_extend;
  if (name == "rtmr.read") return rtmr_read;
  return nullptr;
}

}  // namespace client
