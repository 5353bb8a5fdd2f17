// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/configfs_sev_guest.hpp: a SEV-SNP guest, by configfs-tsm.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/guest/attestation.hpp>
#include <unitee/guest/attester.hpp>
#include <unitee/guest/configfs_tsm.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/certificate_table.hpp>
#include <unitee/snp/report.hpp>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace unitee::inline v0::guest {

// configfs_sev_guest_options is how to ask. `privlevel` is the VMPL that reports are for; without one it is the lowest
// that the kernel can speak for. With `services` the report is the SVSM's, and its REPORT_DATA a hash
// (attest_with_certificates).
struct configfs_sev_guest_options {
  std::string path = "/sys/kernel/config/tsm/report";
  time_limit limit{120'000};
  std::optional<std::uint32_t> privlevel{};
  std::optional<svsm_services> services{};
};

// configfs_sev_guest gives reports and certificates, and no keys: configfs-tsm has none. Any number of threads may use
// it. Failures are those of ask_tsm.
class configfs_sev_guest {
 public:
  static constexpr std::string_view name = "configfs-sev-guest";
  static constexpr std::string_view provider = "sev_guest";

  // open finds out whether the interface is there and answers for SEV-SNP: it makes an entry, and removes it.
  static result<configfs_sev_guest> open(const configfs_sev_guest_options& with = {}) {
    if (const auto known = probe_tsm(with.path, provider, with.limit); !known) return known.error();
    return configfs_sev_guest(with);
  }

  // attest is a fresh report about these 64 bytes: they are its REPORT_DATA, or, of an SVSM's report, hashed with the
  // manifest. A report that is not one, or about other bytes, is the failure of its parse, or errc::binding_mismatch,
  // in part::report.
  [[nodiscard]] result<snp::report> attest(const snp::report_data& data) const {
    const auto all = ask(data, false);
    if (!all) return all.error();
    return snp::report::parse(all->evidence);
  }

  // attest_with_certificates is the same together with the host's certificate table, which may be empty, and with the
  // manifest where services were asked for: REPORT_DATA is then the SHA-512 of the 64 bytes and the manifest. A table
  // that is not one is the failure of its parse.
  [[nodiscard]] result<attestation> attest_with_certificates(const snp::report_data& data) const {
    auto answer = ask(data, true);
    if (!answer || answer->certificates.empty()) return answer;
    if (const auto table = snp::certificate_table::parse(answer->certificates); !table) return table.error();
    return answer;
  }

 private:
  [[nodiscard]] result<attestation> ask(const snp::report_data& data, bool wants_auxblob) const {
    auto answer = ask_tsm({.path = options_.path,
                           .provider = provider,
                           .inblob = {data.value},
                           .has_privlevel = true,
                           .privlevel = options_.privlevel,
                           .services = options_.services,
                           .wants_auxblob = wants_auxblob},
                          options_.limit);
    if (!answer) return answer;
    const auto report = snp::report::parse(answer->evidence);
    if (!report) return report.error();
    const auto expected = options_.services ? bound_data(data, answer->manifest) : result<snp::report_data>(data);
    if (!expected) return expected.error();
    if (report->report_data() != *expected) {
      return failure{errc::binding_mismatch, snp::row::report_data::offset, part::report};
    }
    return answer;
  }

  explicit configfs_sev_guest(configfs_sev_guest_options with) noexcept : options_(std::move(with)) {}

  static result<snp::report_data> bound_data(const snp::report_data& data, byte_view manifest) noexcept {
    auto hashed = hasher<sha512_digest>::create();
    if (!hashed) return hashed.error();
    for (const byte_view each : {byte_view(data.value), manifest}) {
      if (const auto done = hashed->update(each); !done) return done.error();
    }
    const auto digest = hashed->finish();
    if (!digest) return digest.error();
    return snp::report_data{digest->value};
  }

  configfs_sev_guest_options options_;
};

static_assert(snp_attester<const configfs_sev_guest>);

}  // namespace unitee::inline v0::guest
