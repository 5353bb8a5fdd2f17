// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/pck_chain.hpp: the chain of certificates that a quote brings along, or that the caller has.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/pem.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/certification_data.hpp>
#include <unitee/verify/candidates.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/pck.hpp>
#include <unitee/verify/tdx_names.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0::tdx {

// pck_chain is a PCK certificate with what it claims to be issued by. Nothing is verified.
struct pck_chain {
  tdx::pck pck;
  certificate intermediate;
  certificate root;
};

// chain_attempts_max bounds how many chains among the endorsements are tried for one quote.
inline constexpr std::size_t chain_attempts_max = 16;

namespace detail {

// read_der_sequence reads certificates that stand one behind the other, three at most.
inline result<void> read_der_sequence(byte_view bytes, std::vector<certificate>& to) {
  for (std::size_t at = 0; at < bytes.size();) {
    if (to.size() == 3) return errc::bad_length;
    const byte_view rest = bytes.subspan(at);
    auto one = certificate::from_der(rest);
    std::size_t size = rest.size();
    if (!one && one.error().code == errc::trailing_data) {
      size = one.error().offset;
      one = certificate::from_der(rest.first(size));
    }
    if (!one) return failure{errc::bad_encoding, at};
    to.push_back(*one);
    at += size;
  }
  return {};
}

// certificates_in is the certificates of certification data of type 4 or 5: PEM, or DER one behind the other. Offsets
// count from the start of the quote; those of a PEM block that is no certificate are the block's.
inline result<std::vector<certificate>> certificates_in(const certification_data& data) {
  std::vector<certificate> out;
  const byte_view bytes = data.bytes();
  result<void> read;
  if (!bytes.empty() && bytes[0] == 0x30) {
    read = read_der_sequence(bytes, out);
  } else {
    read = for_each_pem(bytes, [&](std::string_view label, byte_view der) -> result<void> {
      constexpr std::string_view begin = "-----BEGIN ";
      const auto* const first = reinterpret_cast<const std::uint8_t*>(label.data() - begin.size());
      const auto at = static_cast<std::size_t>(first - bytes.data());
      if (label != "CERTIFICATE") return failure{errc::bad_value, at};
      auto one = certificate::from_der(der);
      if (!one) return failure{one.error().code, at};
      out.push_back(*one);
      return {};
    });
  }
  if (!read) return failure{read.error().code, data.offset() + read.error().offset, part::quote};
  return out;
}

// arranged is three certificates by their roles, whatever order they came in.
inline result<pck_chain> arranged(const std::vector<certificate>& three) {
  std::optional<pck> leaf;
  std::optional<certificate> intermediate;
  std::optional<certificate> root;
  for (const certificate& each : three) {
    if (is_named(each, root_name)) {
      root = each;
    } else if (is_pck_ca(each)) {
      intermediate = each;
    } else if (is_named(each, pck_name)) {
      const auto parsed = pck::parse(each);
      if (!parsed) return parsed.error();
      leaf = *parsed;
    }
  }
  if (!leaf) return failure{errc::name_mismatch, 0, part::pck};
  if (!intermediate) return failure{errc::name_mismatch, 0, part::intermediate};
  if (!root) return failure{errc::name_mismatch, 0, part::root};
  return pck_chain{*leaf, *intermediate, *root};
}

// joined is every chain that the certificates at hand make with one PCK certificate, by names.
inline std::vector<pck_chain> joined(const pck& leaf, const endorsements& given, const trust_anchors& anchors) {
  std::vector<pck_chain> out;
  for (const certificate& intermediate : given.certificates()) {
    if (!is_pck_ca(intermediate) || !leaf.cert().is_issued_by(intermediate)) continue;
    for (const certificate& root : unitee::detail::candidate_roots(given, anchors, root_name)) {
      if (out.size() == chain_attempts_max) return out;
      if (intermediate.is_issued_by(root)) out.push_back({leaf, intermediate, root});
    }
  }
  return out;
}

}  // namespace detail

// pck_chains is the chains that may belong to a quote with this certification data: the one that it brings along (type
// 5: exactly three certificates in any order, PEM, or DER one behind the other), or those that the PCK certificate of
// type 4, or the one that types 1 to 3 ask for, makes with the endorsements; at most chain_attempts_max. In
// part::quote: what does not decode keeps its code at its offset, and another number of certificates is
// errc::bad_length where the data begin. Three certificates that are not a PCK certificate, a PCK CA and the root by
// their names are errc::name_mismatch in the part that is not there. Where nothing fits it is errc::missing, in
// part::pck or part::intermediate.
inline result<std::vector<pck_chain>> pck_chains(const certification_data& data, const endorsements& given,
                                                 const trust_anchors& anchors) {
  if (data.type() == certification_data_type::pck_certificate_chain) {
    const auto found = detail::certificates_in(data);
    if (!found) return found.error();
    if (found->size() != 3) return failure{errc::bad_length, data.offset(), part::quote};
    auto chain = detail::arranged(*found);
    if (!chain) return chain.error();
    return std::vector{std::move(*chain)};
  }
  std::vector<pck> leaves;
  if (data.type() == certification_data_type::pck_leaf_certificate) {
    const auto found = detail::certificates_in(data);
    if (!found) return found.error();
    if (found->size() != 1) return failure{errc::bad_length, data.offset(), part::quote};
    const auto leaf = pck::parse(found->front());
    if (!leaf) return leaf.error();
    leaves.push_back(*leaf);
  } else {
    const auto wanted = data.pck_id();
    if (!wanted) return wanted.error();
    for (const certificate& each : given.certificates()) {
      if (!is_named(each, pck_name)) continue;
      const auto leaf = pck::parse(each);
      if (leaf && leaf->matches(*wanted)) leaves.push_back(*leaf);
    }
    if (leaves.empty()) return failure{errc::missing, 0, part::pck};
  }
  std::vector<pck_chain> out;
  for (const pck& leaf : leaves) {
    for (pck_chain& each : detail::joined(leaf, given, anchors)) {
      if (out.size() < chain_attempts_max) out.push_back(std::move(each));
    }
  }
  if (out.empty()) return failure{errc::missing, 0, part::intermediate};
  return out;
}

}  // namespace unitee::inline v0::tdx
