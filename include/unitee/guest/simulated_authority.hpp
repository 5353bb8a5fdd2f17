// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_authority.hpp: certificates in the shape of AMD's, signed by keys in software. INSECURE.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/issue.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace unitee::inline v0::guest {

// simulated_organization stands as O in every certificate of a simulated platform, where AMD's own name would.
inline constexpr std::string_view simulated_organization = "unitee simulated TEE, INSECURE";

namespace detail {

inline constexpr std::int64_t simulated_year = std::int64_t{365} * 86400;

// simulated_name has the parts of AMD's names in their order.
class simulated_name {
 public:
  std::array<name_part, 6> parts() && = delete;  // they refer to this object

  explicit simulated_name(std::string_view prefix, std::string_view product = {}) noexcept {
    size_ = prefix.copy(common_, sizeof common_);
    size_ += product.copy(common_ + size_, sizeof common_ - size_);
  }
  [[nodiscard]] std::array<name_part, 6> parts() const& noexcept {
    return {{{"OU", "Engineering"},
             {"C", "US"},
             {"L", "Santa Clara"},
             {"ST", "CA"},
             {"O", simulated_organization},
             {"CN", {common_, size_}}}};
  }

 private:
  char common_[32]{};
  std::size_t size_;
};

// der_integer and der_text are extension values as KDS encodes them; both are far below 128 bytes.
inline std::vector<std::uint8_t> der_integer(std::uint8_t value) {
  if (value < 0x80) return {0x02, 1, value};
  return {0x02, 2, 0, value};
}

inline std::vector<std::uint8_t> der_text(std::string_view text) {
  std::vector<std::uint8_t> out{0x16, static_cast<std::uint8_t>(text.size())};
  out.insert(out.end(), text.begin(), text.end());
  return out;
}

// simulated_ca is an ARK (path_length absent) or an ASK (path_length 0), valid for 25 years.
inline result<certificate> simulated_ca(const simulated_name& subject, const signing_key& subject_key,
                                        const simulated_name& issuer, const signing_key& issuer_key,
                                        std::uint8_t serial, std::optional<std::uint32_t> path_length, utc_time now) {
  const auto subject_parts = subject.parts();
  const auto issuer_parts = issuer.parts();
  const std::array<std::uint8_t, 1> number{serial};
  certificate_request request{
      .subject = subject_parts, .serial = number, .not_before = now, .not_after = {now.seconds + 25 * simulated_year}};
  request.ca = true;
  request.path_length = path_length;
  request.sign_certificates = true;
  request.sign_crls = !path_length.has_value();
  return issue_certificate(request, subject_key, {.name = issuer_parts, .key = issuer_key});
}

// simulated_vcek is a VCEK for one chip and TCB with the extensions 1.3.6.1.4.1.3704.1.*, valid for 7 years.
inline result<certificate> simulated_vcek(const snp::product& p, const snp::chip_id& chip, const snp::tcb_version& tcb,
                                          const signing_key& vcek_key, const signing_key& ask_key, utc_time now) {
  constexpr const char* level_oid[] = {"1.3.6.1.4.1.3704.1.3.9", "1.3.6.1.4.1.3704.1.3.1", "1.3.6.1.4.1.3704.1.3.2",
                                       "1.3.6.1.4.1.3704.1.3.3", "1.3.6.1.4.1.3704.1.3.8"};
  const bool turin = p.layout == snp::tcb_layout::turin;
  const auto version = der_integer(p.struct_version);
  const auto name = der_text(p.id == snp::generation::milan ? "Milan-B0" : p.name);
  const auto zero = der_integer(0);
  std::array<std::vector<std::uint8_t>, snp::tcb_components.size()> levels;
  std::vector<raw_extension> extensions{{"1.3.6.1.4.1.3704.1.1", version}, {"1.3.6.1.4.1.3704.1.2", name}};
  for (const snp::tcb_component component : snp::tcb_components) {
    const auto level = spl(tcb, component, p.layout);
    if (!level) continue;
    const auto i = static_cast<std::size_t>(component);
    levels[i] = der_integer(*level);
    extensions.push_back({level_oid[i], levels[i]});
  }
  if (!turin) extensions.push_back({"1.3.6.1.4.1.3704.1.3.4", zero});
  for (const char* reserved : {"1.3.6.1.4.1.3704.1.3.5", "1.3.6.1.4.1.3704.1.3.6", "1.3.6.1.4.1.3704.1.3.7"}) {
    extensions.push_back({reserved, zero});
  }
  extensions.push_back({"1.3.6.1.4.1.3704.1.4", chip.view().first(p.chip_id_size)});

  const simulated_name vcek("SEV-VCEK");
  const auto subject = vcek.parts();
  const simulated_name ask("SEV-", p.name);
  const auto issuer = ask.parts();
  const std::array<std::uint8_t, 1> serial{0};  // AMD gives every VCEK this number
  certificate_request request{
      .subject = subject, .serial = serial, .not_before = now, .not_after = {now.seconds + 7 * simulated_year}};
  request.extensions = extensions;
  return issue_certificate(request, vcek_key, {.name = issuer, .key = ask_key});
}

}  // namespace detail

}  // namespace unitee::inline v0::guest
