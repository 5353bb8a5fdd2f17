// SPDX-License-Identifier: Apache-2.0
//
// inspect_x509.cpp: X.509 files, in DER and PEM, and the words that certificates and revocation lists share.

#include "inspect_x509.hpp"

#include <unitee/crypto/pem.hpp>
#include <unitee/tdx/der.hpp>

#include <algorithm>

namespace command::inspection {

namespace tdx = unitee::tdx;

namespace {

std::string object_text(const ASN1_OBJECT* object, bool dots) {
  std::string out(256, '\0');
  const int length = OBJ_obj2txt(out.data(), static_cast<int>(out.size()), object, dots ? 1 : 0);
  out.resize(static_cast<std::size_t>(std::clamp(length, 0, 255)));
  return out;
}

// pem_blocks is what a PEM text holds. Of a block that is neither certificate nor CRL, only its label and size are
// told: it may be a private key.
struct pem_blocks {
  std::vector<sheet> certificates;
  std::vector<sheet> crls;
  std::vector<sheet::line> others;

  unitee::result<void> read(unitee::byte_view text) {
    return unitee::for_each_pem(text, [this](std::string_view label, unitee::byte_view der) -> unitee::result<void> {
      if (label != "CERTIFICATE" && label != "X509 CRL") {
        others.push_back({{{"label", std::string(label)}, {"size", std::uint64_t{der.size()}}},
                          fmt::format("{} ({} bytes, not shown)", printable(label), der.size())});
        return {};
      }
      auto found = label == "CERTIFICATE" ? certificate_sheet(der) : crl_sheet(der);
      if (!found) return found.error();
      (label == "CERTIFICATE" ? certificates : crls).push_back(std::move(*found));
      return {};
    });
  }
};

sheet x509_sheet(const char* encoding, pem_blocks blocks) {
  sheet out(blocks.certificates.size() == 1 && blocks.crls.empty()   ? "X.509 certificate"
            : blocks.certificates.empty() && blocks.crls.size() == 1 ? "X.509 revocation list"
                                                                     : "X.509 certificates",
            "x509");
  out.put("encoding", std::string(encoding));
  if (!blocks.certificates.empty()) out.put_list("certificates", std::move(blocks.certificates));
  if (!blocks.crls.empty()) out.put_list("crls", std::move(blocks.crls));
  if (!blocks.others.empty()) out.put_lines("others", std::move(blocks.others));
  return out;
}

}  // namespace

std::string name_text(const X509_NAME* name) {
  const owned<BIO, BIO_free> to(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(to.get(), name, 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long length = BIO_get_mem_data(to.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

std::string oid_text(const ASN1_OBJECT* object) { return object_text(object, true); }
std::string oid_name(const ASN1_OBJECT* object) { return object_text(object, false); }

std::string scheme_name(unitee::signature_scheme scheme, const X509_ALGOR* algorithm) {
  switch (scheme) {
    case unitee::signature_scheme::rsa_pss_sha384: return "RSASSA-PSS SHA-384 MGF1-SHA-384 salt 48";
    case unitee::signature_scheme::ecdsa_sha256: return "ECDSA SHA-256";
    case unitee::signature_scheme::ecdsa_sha384: return "ECDSA SHA-384";
    case unitee::signature_scheme::other: break;
  }
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  return oid_name(object);
}

unitee::result<sheet> describe_certificate(unitee::byte_view der) {
  pem_blocks blocks;
  auto found = certificate_sheet(der);
  if (!found) return found.error();
  blocks.certificates.push_back(std::move(*found));
  return x509_sheet("der", std::move(blocks));
}

unitee::result<sheet> describe_crl(unitee::byte_view der) {
  pem_blocks blocks;
  auto found = crl_sheet(der);
  if (!found) return found.error();
  blocks.crls.push_back(std::move(*found));
  return x509_sheet("der", std::move(blocks));
}

unitee::result<sheet> describe_pem(unitee::byte_view text) {
  pem_blocks blocks;
  if (const auto done = blocks.read(text); !done) return done.error();
  if (blocks.certificates.empty() && blocks.crls.empty() && blocks.others.empty()) return unitee::errc::unrecognized;
  return x509_sheet("pem", std::move(blocks));
}

void put_certificates(sheet& to, unitee::byte_view octets) {
  pem_blocks blocks;
  unitee::result<void> done;
  if (text_of(octets).find("-----BEGIN ") != std::string_view::npos) {
    done = blocks.read(octets);
  } else {
    tdx::detail::der_cursor all(octets);
    while (done && !all.at_end()) {
      const auto each = all.next(tdx::detail::der_tag::sequence);
      if (!each) {
        done = each.error();
        break;
      }
      const std::size_t size = each->content_offset - each->tag_offset + each->content.size();
      auto found = certificate_sheet(octets.subspan(each->tag_offset, size));
      if (found) {
        blocks.certificates.push_back(std::move(*found));
      } else {
        done = found.error();
      }
    }
  }
  to.put_list("certificates", std::move(blocks.certificates));
  if (!done) put_error(to, done.error());
}

}  // namespace command::inspection
