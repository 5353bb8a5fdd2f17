// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_platform.hpp: a machine with a software root of trust in place of AMD's. INSECURE.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/guest/simulated_authority.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/certificate_table.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace unitee::inline v0::guest {

// insecure_simulated_platform is one chip with its key hierarchy: ARK and ASK (RSA-4096), VCEK (P-384, with AMD's
// extensions), chip id and chip secret, of the types, sizes and common names of the real ones. All private keys lie in
// this process's memory. What it signs verifies only for someone who names its root as a trust anchor.
class insecure_simulated_platform {
 public:
  // state is everything that a platform is: what a store writes down.
  struct state {
    snp::generation product;
    snp::tcb_version tcb;
    snp::chip_id chip_id;
    secret<32> chip_secret;
    signing_key ark_key;
    signing_key ask_key;
    signing_key vcek_key;
    certificate ark;
    certificate ask;
    certificate vcek;
  };

  // create makes a platform whose VCEK stands for `tcb`. Certificates are valid from `now` on: ARK and ASK for 25
  // years, the VCEK for 7. Making two RSA keys takes seconds. A product whose certificates nobody has seen is
  // errc::unsupported_product.
  static result<insecure_simulated_platform> create(snp::generation product, const snp::tcb_parts& tcb, utc_time now) {
    if (!snp::product_of(product).verifiable) return errc::unsupported_product;
    auto ark_key = signing_key::generate_rsa_4096();
    if (!ark_key) return ark_key.error();
    auto ask_key = signing_key::generate_rsa_4096();
    if (!ask_key) return ask_key.error();
    const snp::product& p = snp::product_of(product);
    const detail::simulated_name ark_name("ARK-", p.name);
    const auto ark = detail::simulated_ca(ark_name, *ark_key, ark_name, *ark_key, 1, std::nullopt, now);
    if (!ark) return ark.error();
    const auto ask =
        detail::simulated_ca(detail::simulated_name("SEV-", p.name), *ask_key, ark_name, *ark_key, 2, 0, now);
    if (!ask) return ask.error();
    return with_new_chip(product, tcb, now, *ark_key, *ask_key, *ark, *ask);
  }

  // another_chip makes a second machine under the same root: another chip id, chip secret and VCEK.
  [[nodiscard]] result<insecure_simulated_platform> another_chip(const snp::tcb_parts& tcb, utc_time now) const {
    return with_new_chip(state_.product, tcb, now, state_.ark_key, state_.ask_key, state_.ark, state_.ask);
  }

  // restore makes the platform that a state was taken from.
  static insecure_simulated_platform restore(state&& from) noexcept {
    return insecure_simulated_platform(std::move(from));
  }

  [[nodiscard]] const state& get() const noexcept { return state_; }
  [[nodiscard]] const snp::product& product() const noexcept { return snp::product_of(state_.product); }
  [[nodiscard]] const certificate& root() const noexcept { return state_.ark; }

  // certificate_table is the table that a host would hand out: VCEK, ASK and ARK in DER, padded to 4096 bytes.
  [[nodiscard]] result<std::vector<std::uint8_t>> certificate_table() const {
    const std::array guids{snp::table_guid::vcek, snp::table_guid::ask, snp::table_guid::ark};
    const std::array from{&state_.vcek, &state_.ask, &state_.ark};
    constexpr std::size_t entry_size = 24;
    std::vector<std::uint8_t> out((guids.size() + 1) * entry_size);  // the last entry is the zero terminator
    for (std::size_t i = 0; i < guids.size(); ++i) {
      const auto der = from[i]->der();
      if (!der) return der.error();
      writer entry(byte_span(out).subspan(i * entry_size, entry_size));
      entry.bytes(guids[i].value)
          .le(static_cast<std::uint32_t>(out.size()))
          .le(static_cast<std::uint32_t>(der->size()));
      out.insert(out.end(), der->begin(), der->end());
    }
    out.resize((out.size() + 4095) / 4096 * 4096);
    return out;
  }

 private:
  explicit insecure_simulated_platform(state&& from) noexcept : state_(std::move(from)) {}

  static result<insecure_simulated_platform> with_new_chip(snp::generation product, const snp::tcb_parts& tcb,
                                                           utc_time now, const signing_key& ark_key,
                                                           const signing_key& ask_key, const certificate& ark,
                                                           const certificate& ask) {
    const snp::product& p = snp::product_of(product);
    const snp::tcb_version version = make_tcb(tcb, p.layout);
    snp::chip_id chip;
    if (const auto done = random_bytes(byte_span(chip.value).first(p.chip_id_size)); !done) return done.error();
    auto chip_secret = random_secret<32>();
    if (!chip_secret) return chip_secret.error();
    auto vcek_key = signing_key::generate_p384();
    if (!vcek_key) return vcek_key.error();
    const auto vcek = detail::simulated_vcek(p, chip, version, *vcek_key, ask_key, now);
    if (!vcek) return vcek.error();
    return insecure_simulated_platform(
        state{product, version, chip, std::move(*chip_secret), ark_key, ask_key, *vcek_key, ark, ask, *vcek});
  }

  state state_;
};

}  // namespace unitee::inline v0::guest
