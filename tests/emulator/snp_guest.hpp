// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/snp_guest.hpp: the SEV firmware and the host of an emulated SEV-SNP guest.
#pragma once

#include "fault.hpp"
#include "stage.hpp"

#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/guest/simulated_platform.hpp>
#include <unitee/guest/simulated_snp.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/snp/report.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

namespace emulator {

// snp_guest answers as firmware does, with the simulated guest's evidence. Its chips' keys stay in the state directory.
class snp_guest {
 public:
  // Status codes of MSG_REPORT_RSP and MSG_KEY_RSP.
  static constexpr std::uint32_t success = 0;
  static constexpr std::uint32_t invalid_parameter = 0x16;
  static constexpr std::uint32_t invalid_key = 0x27;

  // start loads the stage's chip, or makes it, which takes seconds once per state directory.
  static std::unique_ptr<snp_guest> start(const stage& as, const std::string& state_directory);

  // report is MSG_REPORT_REQ: 1184 bytes with this report data and VMPL, signed by the key that KEY_SEL (0 to 3) names.
  // A VMPL below the guest's own is refused, unless an SVSM asks, which runs at VMPL 0.
  std::uint32_t report(const unitee::snp::report_data& data, std::uint32_t vmpl, std::uint32_t key_select, octets& out,
                       bool for_svsm = false);

  // derive is MSG_KEY_REQ. `reserved` becomes true when a reserved bit or byte was set.
  std::uint32_t derive(std::span<const std::uint8_t, 32> request, std::optional<unitee::secret<32>>& out,
                       bool& reserved);

  // certificates is what the host hands out: nothing, or a table padded to 4096 bytes.
  [[nodiscard]] const octets& certificates() const { return certificates_; }

  [[nodiscard]] std::uint32_t vmpl() const { return guest_->vmpl(); }

 private:
  // loaded_vlek is a VLEK and its issuer.
  struct loaded_vlek {
    unitee::signing_key key;
    unitee::certificate vlek;
    unitee::certificate asvk;
  };

  explicit snp_guest(unitee::guest::insecure_simulated_platform&& on) : platform_(std::move(on)) {}

  bool load_vlek();
  bool make_certificates(host_certificates which);
  unitee::result<void> sign(octets& report, bool by_vlek) const;

  std::mutex mutex_;
  unitee::guest::insecure_simulated_platform platform_;
  std::optional<unitee::guest::insecure_simulated_snp> guest_;
  std::optional<loaded_vlek> vlek_;
  octets certificates_;
};

}  // namespace emulator
