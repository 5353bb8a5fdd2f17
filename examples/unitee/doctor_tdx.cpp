// SPDX-License-Identifier: Apache-2.0
//
// doctor_tdx.cpp: /dev/tdx_guest: TD reports, registers, seal keys; and quotes by a quote service.

#include "doctor_device.hpp"

#include <unitee/crypto/random.hpp>
#include <unitee/format.hpp>
#include <unitee/guest/seal_keys.hpp>
#include <unitee/guest/tdx_guest.hpp>
#include <unitee/kdf/derive.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace command::examination {

namespace {

namespace tdx = unitee::tdx;
using unitee::errc;
using unitee::guest::tdx_guest;

constexpr const char* path = "/dev/tdx_guest";

using address = unitee::guest::quote_service_address;

unitee::result<tdx_guest> open(const question& asked, const std::optional<address>& service = {}) {
  unitee::guest::tdx_guest_options with;
  with.limit = asked.limit();
  with.quote_service = service;
  return tdx_guest::open(with);
}

std::string text_of(const address& of) {
  return of.path.empty() ? fmt::format("vsock:{}:{}", of.cid, of.port) : "unix:" + plain(of.path);
}

unitee::result<tdx::report_data> nonce() {
  tdx::report_data out;
  if (const auto done = unitee::random_bytes(out.value); !done) return done.error();
  return out;
}

unitee::result<tdx::td_report> td_report(const question& asked) {
  const auto data = nonce();
  if (!data) return data.error();
  const auto guest = open(asked);
  if (!guest) return guest.error();
  return guest->td_report(*data);
}

finding registers(const question& asked, const tdx::td_report& report) {
  const auto guest = open(asked);
  if (!guest) return failed("rtmr", guest.error());
  std::array<tdx::measurement, 4> all;
  for (unsigned i = 0; i < all.size(); ++i) {
    const auto one = guest->rtmr(i);
    if (!one) return failed("rtmr", one.error());
    all[i] = *one;
  }
  if (all != report.rtmrs()) {
    return {"rtmr", state::careful, "RTMR0 to RTMR3 read otherwise than in the TD report: something extends them now",
            "measure when the boot is over, and bind nothing to them before"};
  }
  if (std::ranges::all_of(all, [](const auto& each) { return each.is_zero(); })) {
    return {"rtmr", state::careful, "RTMR0 to RTMR3 can be read, and are zero: nothing is measured after the firmware",
            "use firmware that measures what it boots; a policy on MRTD alone knows neither kernel nor initrd"};
  }
  return {"rtmr", state::works, "RTMR0 to RTMR3 can be read, and are as in the TD report"};
}

finding seal_key(const question& asked) {
  const auto guest = open(asked);
  if (!guest) return failed("tdx-seal-key", guest.error());
  const auto source = tdx::seal_keys::open(*guest);
  if (!source) return failed("tdx-seal-key", source.error());
  const auto key = unitee::derive_key(*source, unitee::key_binding{.purpose = "unitee doctor"});
  if (!key) return failed("tdx-seal-key", key.error());
  return {"tdx-seal-key", state::works, "the TDX module derives a key for this MRTD (thrown away)"};
}

}  // namespace

void probe_tdx_guest(const question& asked, notebook& to) {
  to.ask("tdx-guest");
  if (const auto guest = open(asked); !guest) {
    const bool absent = guest.error().code == errc::interface_absent;
    if (!absent) to.know([](facts& known) { known.tdx_interface = true; });
    return to.write(not_opened("tdx-guest", path, guest.error()));
  }
  to.know([](facts& known) { known.tdx_interface = true; });
  to.write(opened("tdx-guest", path));

  to.ask("td-report");
  const auto report = td_report(asked);
  if (!report) return to.write(failed("td-report", report.error()));
  to.know([&](facts& known) {
    known.attributes = report->tdattributes();
    known.td_reports = true;
  });
  to.write({"td-report", state::works,
            fmt::format("version {}, about the bytes asked for", static_cast<unsigned>(report->version()))});
  to.ask("rtmr");
  to.write(registers(asked, *report));
  to.ask("tdx-seal-key");
  finding key = seal_key(asked);
  if (key.is == state::works) to.know([](facts& known) { known.derives = tdx_guest::name; });
  to.write(std::move(key));
}

void probe_quote_service(const question& asked, notebook& to) {
  to.ask("quote-service");
  const address at = asked.quote_service ? *asked.quote_service : address::configured();
  const auto guest = open(asked, at);
  if (!guest) {
    if (asked.quote_service) {
      to.write({"quote-service", state::not_here, "not asked: it quotes TD reports, which /dev/tdx_guest makes"});
    }
    return;
  }
  const auto data = nonce();
  const auto quote = data ? guest->attest(*data) : unitee::result<std::vector<std::uint8_t>>(data.error());
  if (!quote) {
    finding out = failed("quote-service", quote.error(), " (" + text_of(at) + ")");
    if (quote.error().in == unitee::part::quote_service && out.is == state::not_here) {
      out.what =
          fmt::format("nobody quotes at {} ({})", text_of(at), std::strerror(static_cast<int>(quote.error().offset)));
    }
    return to.write(std::move(out));
  }
  to.know([](facts& known) { known.attests.emplace_back("tdx-guest with the quote service"); });
  to.write(
      {"quote-service", state::works, fmt::format("a quote of {} bytes, about the bytes asked for", quote->size())});
}

}  // namespace command::examination
