// SPDX-License-Identifier: Apache-2.0
//
// tests/verify/tdx_changes.cpp: genuine quotes and collateral with one thing changed: any bit of what is signed in a
// quote, any byte of its certificates, any byte of each document of the collateral.
#include <unitee/verify/tdx.hpp>

#include "support/quote_parts.hpp"
#include "support/tdx_evidence.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace test_tdx_changes {

using namespace unitee;
using namespace unitee::test;

namespace {

// tally is what became of the changes.
struct tally {
  std::size_t malformed = 0;  // a parser refused
  std::size_t refused = 0;    // the verifier did
  std::size_t same = 0;       // accepted, and nothing that is claimed is different
  std::size_t accepted = 0;   // accepted with different claims

  [[nodiscard]] std::size_t tried() const { return malformed + refused + same + accepted; }
  void print(std::string_view of) const {
    std::printf("%.*s: %zu changes: %zu malformed, %zu refused, %zu accepted without a difference; %zu accepted\n",
                static_cast<int>(of.size()), of.data(), tried(), malformed, refused, same, accepted);
  }
};

bool same_collateral(const tdx::collateral& a, const tdx::collateral& b) {
  return a.tcb_info() == b.tcb_info() && a.qe_identity() == b.qe_identity() && a.root() == b.root() &&
         a.root_crl() == b.root_crl() && std::ranges::equal(a.items(), b.items());
}

bool same_claims(const tdx::claims& a, const tdx::claims& b) {
  return equal(a.quote.signed_bytes(), b.quote.signed_bytes()) &&
         equal(a.quote.qe_report().bytes(), b.quote.qe_report().bytes()) && a.pck == b.pck &&
         a.tcb.status == b.tcb.status && a.tcb.date() == b.tcb.date() && a.tcb.advisories() == b.tcb.advisories() &&
         a.current_until == b.current_until && a.platform_items == b.platform_items &&
         same_collateral(a.collateral, b.collateral);
}

// flips calls f(bit) for one bit of a byte, by its position, or for all of them.
enum class bits {
  one,
  all
};
template <class F>
void flips(bits how_many, std::size_t position, F f) {
  if (how_many == bits::one) return f(static_cast<std::uint8_t>(1u << position * 5 % 8));
  for (unsigned bit = 0; bit < 8; ++bit) f(static_cast<std::uint8_t>(1u << bit));
}

// judge_changes flips bits of bytes[from, from + size) and counts what judge() makes of it: nothing when a parser
// refuses, a failure, or whether the claims are the same.
template <class Judge>
tally judge_changes(octets& bytes, std::size_t from, std::size_t size, bits how_many, Judge judge) {
  tally out;
  for (std::size_t i = from; i < from + size; ++i) {
    flips(how_many, i, [&](std::uint8_t flip) {
      bytes[i] ^= flip;
      const std::optional<result<bool>> same = judge();
      bytes[i] ^= flip;
      const bool accepted = same && *same;
      if (accepted && !**same) UNSCOPED_INFO("byte " << i << " changed by " << int{flip});
      ++(!same ? out.malformed : !accepted ? out.refused : **same ? out.same : out.accepted);
    });
  }
  return out;
}

// check_every_bit flips every bit that a signature or digest protects, with the platform verified before.
void check_every_bit(const char* id, std::size_t signed_size) {
  CAPTURE(id);
  const tdx_sample sample = recorded_tdx(id);
  const auto platform = sample.platform();
  auto bytes = sample.bytes;
  const auto own = sample.quote();
  REQUIRE(tdx::verify(own, platform, sample.at));
  CHECK(own.signed_bytes().size() == signed_size);
  const auto judge = [&]() -> std::optional<result<bool>> {
    const auto quote = tdx::quote::parse(bytes);
    if (!quote) return std::nullopt;
    const auto verdict = tdx::verify(*quote, platform, sample.at);
    if (!verdict) return verdict.error();
    return true;
  };
  struct protected_part {
    const char* name;
    byte_view bytes;
  };
  for (const auto& [name, part] : {protected_part{"signed part", own.signed_bytes()},
                                   {"signature", own.signature()},
                                   {"attestation key", own.attestation_key()},
                                   {"QE report", own.qe_report().bytes()},
                                   {"QE report signature", own.qe_report_signature()},
                                   {"authentication data", own.qe_authentication_data()}}) {
    CAPTURE(name);
    const auto from = static_cast<std::size_t>(part.data() - own.bytes().data());
    const tally made = judge_changes(bytes, from, part.size(), bits::all, judge);
    made.print(std::string(id) + ", " + name);
    CHECK(made.tried() == 8 * part.size());
    CHECK(made.same + made.accepted == 0);
  }
}

// check_lengths flips every bit of the lengths and types between the parts.
void check_lengths(const char* id) {
  CAPTURE(id);
  const tdx_sample sample = recorded_tdx(id);
  const auto own = sample.quote();
  const auto given = sample.given();
  const auto original = need(sample.judged());
  auto bytes = sample.bytes;
  const auto judge = [&]() -> std::optional<result<bool>> {
    const auto quote = tdx::quote::parse(bytes);
    if (!quote) return std::nullopt;
    const auto verdict = tdx::verify(*quote, given, sample.at);
    if (!verdict) return verdict.error();
    return same_claims(**verdict, *original);
  };
  const std::size_t length = own.signed_bytes().size();
  const std::size_t authentication = length + 4 + 134 + 448;
  struct field {
    std::size_t from, size;
  };
  tally all;
  for (const auto& [from, size] : {field{length, 4}, field{length + 132, 6}, field{authentication, 2},
                                   field{authentication + 2 + own.qe_authentication_data().size(), 6}}) {
    const tally made = judge_changes(bytes, from, size, bits::all, judge);
    CHECK(made.accepted == 0);
    all.malformed += made.malformed;
    all.refused += made.refused;
    all.same += made.same;
  }
  all.print(std::string(id) + ", lengths and types");
  CHECK(all.tried() == 8 * 18);
  CHECK(all.same == 0);
}

// check_certificates flips bits of a quote's certificates, as PEM or as DER, with the collateral verified before.
void check_certificates(const char* id, bool as_der, bits how_many) {
  CAPTURE(id, as_der);
  const tdx_sample sample = recorded_tdx(id);
  const auto collateral = sample.platform().collateral();
  auto bytes = sample.bytes;
  if (as_der) {
    quote_parts parts(bytes);
    const auto chain = sample.chain();
    parts.data.clear();
    for (const certificate& each : {chain.pck.cert(), chain.intermediate, chain.root}) {
      const auto der = need(each.der());
      parts.data.insert(parts.data.end(), der.begin(), der.end());
    }
    bytes = parts.bytes();
  }
  const auto quote = need(tdx::quote::parse(bytes));  // refers to the bytes, also when they change
  const auto judged = [&]() -> result<verified<tdx::claims>> {
    const auto chains = tdx::pck_chains(quote.certification_data(), {}, {});
    if (!chains) return chains.error();
    const auto platform = tdx::verified_pck::verify(chains->at(0), collateral, sample.at);
    if (!platform) return platform.error();
    return tdx::verify(quote, *platform, sample.at);
  };
  const auto original = need(judged());
  const auto judge = [&]() -> std::optional<result<bool>> {
    const auto verdict = judged();
    if (verdict) return same_claims(**verdict, *original);
    if (class_of(verdict.error().code) == failure_class::malformed) return std::nullopt;
    return verdict.error();
  };
  const auto data = quote.certification_data();
  const tally made = judge_changes(bytes, data.offset(), data.bytes().size(), how_many, judge);
  made.print(std::string(id) + (as_der ? ", certificates in DER" : ", certificates in PEM"));
  CHECK(made.accepted == 0);
  // What is no part of a certificate: bits that the last digit of base64 does not use, and what follows the last block.
  CHECK(made.same <= (as_der ? 0u : how_many == bits::one ? 8u : 64u));
}

// changed_collateral is a set of files of which one changes, and the rest is read once.
class changed_collateral {
 public:
  changed_collateral(const tdx_sample& of, std::string role)
      : role_(std::move(role)), bytes_(of.collateral.at(role_)), chain_(of.chain()), at_(of.at) {
    const auto& said = chain_.pck.extension();
    scope_ = {of.quote().tee_type(), said.fmspc, said.pceid};
    for (const auto& [name, bytes] : of.collateral) {
      if (name == role_) continue;
      if (name == "tcb_info" || name == "qe_identity") {
        need(add_endorsements(documents_, bytes));
      } else {
        need(rest_.add(bytes, issuers_of(name)));
      }
    }
  }

  octets& bytes() { return bytes_; }

  [[nodiscard]] result<tdx::collateral> judged() {
    endorsements given = rest_;
    endorsements documents = documents_;
    auto* const issuers = issuers_of(role_);
    if (issuers != nullptr) issuers->clear();
    const bool is_document = role_ == "tcb_info" || role_ == "qe_identity";
    const auto added = is_document ? add_endorsements(documents, bytes_) : given.add(bytes_, issuers);
    if (!added) return added.error();
    for (const auto& each : documents.tcb_infos()) given.add(each.document, info_issuers_);
    for (const auto& each : documents.enclave_identities()) given.add(each.document, identity_issuers_);
    const auto with = tdx::collateral::verify(given, scope_, at_);
    if (!with) return with.error();
    const auto list = with->pck_crl(chain_.intermediate);
    if (!list) return list.error();
    return *with;
  }

 private:
  std::vector<certificate>* issuers_of(std::string_view role) {
    if (role == "tcb_info_issuer_chain") return &info_issuers_;
    return role == "qe_identity_issuer_chain" ? &identity_issuers_ : nullptr;
  }

  std::string role_;
  octets bytes_;
  tdx::pck_chain chain_;
  utc_time at_;
  tdx::collateral_scope scope_;
  endorsements rest_, documents_;
  std::vector<certificate> info_issuers_, identity_issuers_;
};

void check_collateral(const char* id, bits how_many) {
  CAPTURE(id);
  const tdx_sample sample = recorded_tdx(id);
  for (const auto& [name, recorded_bytes] : sample.collateral) {
    const std::string role = name;
    CAPTURE(role);
    // The service sends the same chain with both documents, in the same bytes.
    const bool again =
        role == "qe_identity_issuer_chain" && recorded_bytes == sample.collateral.at("tcb_info_issuer_chain");
    if (again && how_many == bits::one) continue;
    changed_collateral file(sample, role);
    const auto original = need(file.judged());
    const auto judge = [&]() -> std::optional<result<bool>> {
      const auto verdict = file.judged();
      if (verdict) return same_collateral(*verdict, original);
      if (class_of(verdict.error().code) == failure_class::malformed) return std::nullopt;
      return verdict.error();
    };
    const tally made = judge_changes(file.bytes(), 0, recorded_bytes.size(), how_many, judge);
    made.print(std::string(id) + ", " + role);
    CHECK(made.accepted == 0);
    // A changed root in the list's chain is another certificate beside the same root in the other files; in the chain of
    // a document it is refused, unless it has lost a name and is no root any more. In a document, the digits of the
    // signature may have another case, and white space outside of the inner object may be another.
    const bool has_root = role.ends_with("_chain");
    if (role.ends_with("crl")) CHECK(made.same == 0);
    if (!has_root) CHECK(made.same <= 128);
    if (has_root) CHECK(made.same < made.tried() / (role == "pck_crl_issuer_chain" ? 2 : 8));
  }
}

}  // namespace

TEST_CASE("every single bit that a signature or digest protects in a quote of version 4 is protected",
          "[verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  check_every_bit("b0c06f-uptodate", 632);
}

TEST_CASE("every single bit that a signature or digest protects in a quote of version 5 is protected",
          "[verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  check_every_bit("v5-td15", 702);
}

TEST_CASE("no bit of a length or a type in a quote changes what it claims", "[verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  check_lengths("b0c06f-uptodate");
  check_lengths("v5-td15");
}

TEST_CASE("every byte of a quote's certificates is protected", "[verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  check_certificates("b0c06f-uptodate", false, bits::one);
  check_certificates("v5-td15", true, bits::one);
}

TEST_CASE("every byte of each document of the collateral is protected", "[verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  check_collateral("b0c06f-uptodate", bits::one);
}

TEST_CASE("every single bit of certificates and collateral is protected", "[.large][verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  for (const char* id : {"b0c06f-uptodate", "v5-td15"}) {
    check_certificates(id, false, bits::all);
    check_certificates(id, true, bits::all);
    check_collateral(id, bits::all);
  }
}

TEST_CASE("unsigned bytes of a quote are counted, and change nothing", "[verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t tried = 0;
  for (const char* id : {"b0c06f-uptodate", "v5-td15", "gcp-cos113", "sgx-v3-processor-ca"}) {
    CAPTURE(id);
    tdx_sample sample = recorded_tdx(id);
    const auto platform = sample.platform();
    const auto original = need(tdx::verify(sample.quote(), platform, sample.at));
    auto& bytes = sample.bytes;
    const std::size_t padding = sample.quote().trailing().size();
    const std::size_t end = bytes.size() - padding;
    const auto check = [&](std::size_t count, bool zero) {
      ++tried;
      const auto verdict = tdx::verify(sample.quote(), platform, sample.at);
      REQUIRE(verdict);
      REQUIRE((*verdict)->quote.rest().count == count);
      REQUIRE((*verdict)->quote.rest().all_zero == zero);
      REQUIRE(same_claims(**verdict, *original));
    };
    check(padding, true);
    for (std::size_t i = end; i < bytes.size(); i += 1 + padding / 500) {
      bytes[i] ^= 0x10;
      check(padding, false);
      bytes[i] ^= 0x10;
    }
    // The signature data's length counts none of them.
    if (padding >= 4 && sample.quote().version() != tdx::quote_version::v3) {
      const std::size_t length_at = sample.quote().signed_bytes().size();
      bytes[length_at] = static_cast<std::uint8_t>(bytes[length_at] + 4);
      REQUIRE(refusal(tdx::quote::parse(bytes)) == failure{errc::bad_length, length_at, part::quote});
      bytes[length_at] = static_cast<std::uint8_t>(bytes[length_at] - 4);
    }
    bytes.resize(end);
    check(0, true);
    bytes.resize(end + 4096, 0xA5);
    check(4096, false);
  }
  std::printf("unsigned bytes: %zu variants accepted without a difference\n", tried);
}

}  // namespace test_tdx_changes
