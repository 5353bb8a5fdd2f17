// SPDX-License-Identifier: Apache-2.0
//
// verify_snp_words.hpp: what the words behind the options about SEV-SNP reports mean.
#pragma once

#include "verify_snp.hpp"
#include "verify_words.hpp"

namespace command::verification {

// chip_ids_of also takes the 8 bytes that Turin has: the rest of its CHIP_ID is zero.
inline std::vector<snp::chip_id> chip_ids_of(const asked& of) {
  std::vector<snp::chip_id> out;
  for (const std::string& digits : of.all()) {
    const bool is_short = digits.size() == 16;
    out.push_back(fixed_of<snp::chip_id>(of.option, is_short ? digits + std::string(112, '0') : digits));
  }
  return out;
}

// product_of_name knows the products that can be verified: a demand on any other could not be met.
inline const snp::product& product_of_name(std::string_view option, std::string_view name) {
  std::string known;
  for (const snp::product& each : snp::products) {
    if (!each.verifiable) continue;
    if (same_word(each.name, name)) return each;
    known += known.empty() ? "" : ", ";
    std::ranges::transform(each.name, std::back_inserter(known), lower);
  }
  throw usage_error{fmt::format("{} knows the products {}, not \"{}\"", option, known, name)};
}

inline std::vector<snp::generation> products_of(const asked& of) {
  std::vector<snp::generation> out;
  for (const std::string& name : of.all()) out.push_back(product_of_name(of.option, name).id);
  return out;
}

inline snp::signing_key_kind signer_of(const asked& of) {
  if (same_word(of.text(), "vcek")) return snp::signing_key_kind::vcek;
  if (same_word(of.text(), "vlek")) return snp::signing_key_kind::vlek;
  throw usage_error{fmt::format("{} is vcek or vlek, not {}", of.option, of.text())};
}

// minimum_of reads PRODUCT:PART=N,...: the product is named, so that numbers for one are never compared with another's.
inline snp::minimum_tcb minimum_of(std::string_view option, const std::string& spec) {
  using parts = snp::tcb_parts;
  constexpr std::uint8_t parts::*members[] = {&parts::fmc, &parts::boot_loader, &parts::tee, &parts::snp,
                                              &parts::microcode};
  const auto wrong = [&] {
    return usage_error{fmt::format(
        "{} wants a product and levels from 0 to 255, milan:boot_loader=4,tee=0,snp=24,microcode=219, not {}", option,
        spec)};
  };
  const std::size_t colon = spec.find(':');
  if (colon == spec.npos) throw wrong();
  const snp::product& product = product_of_name(option, std::string_view(spec).substr(0, colon));
  snp::minimum_tcb out{product.id, {}};
  std::array<bool, snp::tcb_components.size()> seen{};
  for (const std::string_view item : split(std::string_view(spec).substr(colon + 1), ',')) {
    const std::size_t equals = item.find('=');
    const auto component = std::ranges::find(snp::tcb_components, item.substr(0, equals),
                                             [](snp::tcb_component each) { return std::string_view(snp::name(each)); });
    if (equals == item.npos || component == snp::tcb_components.end()) throw wrong();
    const auto level = number_in<std::uint8_t>(item.substr(equals + 1));
    if (!level) throw wrong();
    const auto i = static_cast<std::size_t>(*component);
    if (std::exchange(seen[i], true)) throw usage_error{fmt::format("{} has {} twice", option, snp::name(*component))};
    if (!snp::byte_of(*component, product.layout)) {
      throw usage_error{fmt::format("{}: {} has no {}", option, product.name, snp::name(*component))};
    }
    out.parts.*members[i] = *level;
  }
  return out;
}

inline std::vector<snp::minimum_tcb> minima_of(const asked& of) {
  std::vector<snp::minimum_tcb> out;
  for (const std::string& spec : of.all()) {
    const auto one = minimum_of(of.option, spec);
    if (std::ranges::find(out, one.product, &snp::minimum_tcb::product) != out.end()) {
      throw usage_error{fmt::format("{} names {} twice", of.option, snp::product_of(one.product).name)};
    }
    out.push_back(one);
  }
  return out;
}

}  // namespace command::verification
