// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_td_quote.hpp: the TDX module and the quoting enclave of a simulated platform. INSECURE.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/hmac.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/guest/simulated_tdx_platform.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/certification_data.hpp>
#include <unitee/tdx/enclave_report.hpp>
#include <unitee/tdx/qe_certification.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/tdx/td_report.hpp>
#include <unitee/tdx/td_report_body.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace unitee::inline v0::guest {

namespace detail {

// report_mac is HMAC-SHA-256 over all of REPORTMACSTRUCT that stands before it.
inline result<tdx::report_mac> report_mac(const insecure_simulated_tdx_platform& on, byte_view report) noexcept {
  const auto tag = hmac_sha256(on.get().mac_key, report.first(tdx::td_report_row::mac::offset));
  if (!tag) return tag.error();
  return tdx::report_mac{tag->value};
}

// report_hash is the SHA-384 of a part of a TD report.
inline result<tdx::digest> report_hash(byte_view of) noexcept {
  const auto made = sha384(of);
  if (!made) return made.error();
  return tdx::digest{made->value};
}

// quote_signed_part is header, descriptor of version 5 and body: what the attestation key signs.
inline octets quote_signed_part(const insecure_simulated_tdx_platform& on, const tdx::td_report& report,
                                tdx::quote_version version, tdx::quote_body_type body) {
  namespace row = tdx::quote_header_row;
  const bool described = version == tdx::quote_version::v5;
  const std::size_t size =
      body == tdx::quote_body_type::td_1_5 ? tdx::td_report_body::size_1_5 : tdx::td_report_body::size_1_0;
  const std::size_t at = tdx::quote_header_size + (described ? tdx::quote_row::descriptor::size : 0);
  octets out(at + size);
  row::version::write(out, static_cast<std::uint16_t>(version));
  row::att_key_type::write(out, tdx::ecdsa_p256);
  row::tee_type::write(out, static_cast<std::uint32_t>(tdx::tee_type::tdx));
  row::qe_vendor_id::write(out, tdx::intel_qe_vendor_id);
  unitee::detail::copy_bytes(on.get().qe_id, byte_span(out).subspan(row::user_data::offset));
  if (described) {
    const byte_span descriptor = byte_span(out).subspan(tdx::quote_header_size);
    tdx::quote_row::body_type::write(descriptor, static_cast<std::uint16_t>(body));
    tdx::quote_row::body_size::write(descriptor, static_cast<std::uint32_t>(size));
  }
  // The body is parts of the report, each in one piece.
  const auto copy = [&, from = byte_view(report.bytes())](std::size_t offset, std::size_t n, std::size_t to) {
    unitee::detail::copy_bytes(from.subspan(offset, n), byte_span(out).subspan(at + to));
  };
  namespace to = tdx::td_body_row;
  namespace in = tdx::td_report_row;
  copy(in::tee_tcb_svn::offset, to::tdattributes::offset, 0);
  copy(in::tdattributes::offset, to::reportdata::offset - to::tdattributes::offset, to::tdattributes::offset);
  copy(in::reportdata::offset, in::reportdata::size, to::reportdata::offset);
  if (body == tdx::quote_body_type::td_1_5) {
    copy(in::tee_tcb_svn_2::offset, in::tee_tcb_svn_2::size, to::tee_tcb_svn_2::offset);
    copy(in::servtd_hash::offset, in::servtd_hash::size, to::mrservicetd::offset);
  }
  return out;
}

// qe_report is the report of the quoting enclave about its attestation key and its authentication data.
inline result<std::array<std::uint8_t, tdx::enclave_report::size>> qe_report(byte_view key,
                                                                             byte_view authentication_data) {
  namespace row = tdx::enclave_row;
  auto bound = hasher<sha256_digest>::create();
  if (!bound) return bound.error();
  for (const byte_view each : {key, authentication_data}) {
    if (const auto done = bound->update(each); !done) return done.error();
  }
  const auto digest = bound->finish();
  if (!digest) return digest.error();
  tdx::report_data data;
  unitee::detail::copy_bytes(digest->value, data.value);

  std::array<std::uint8_t, tdx::enclave_report::size> out{};
  row::cpusvn::write(out, simulated_cpusvn);
  row::attributes::write(out, {{0x15, 0, 0, 0, 0, 0, 0, 0, 0xE7}});  // INIT, MODE64BIT, PROVISIONKEY; AVX, AVX-512
  row::mrenclave::write(out, simulated_qe_measurement);
  row::mrsigner::write(out, simulated_qe_signer);
  row::isvprodid::write(out, simulated_qe_isvprodid);
  row::isvsvn::write(out, simulated_qe_isvsvn);
  row::reportdata::write(out, data);
  return out;
}

}  // namespace detail

// simulated_quote is what the platform's quoting enclave makes of a TD report of this platform: a quote with the PCK
// certificate chain as certification data, of version 4, which has a body 1.0 always, or of version 5. Another version
// is errc::unsupported_version, a body other than 1.0 and 1.5 errc::unsupported_format. A MAC that is not by this
// platform, then a hash that is not of the part that it is for, is errc::not_authentic at the field, in
// part::td_report.
inline result<std::vector<std::uint8_t>> simulated_quote(const insecure_simulated_tdx_platform& on,
                                                         const tdx::td_report& report, tdx::quote_version version,
                                                         tdx::quote_body_type body) {
  namespace in = tdx::td_report_row;
  if (version != tdx::quote_version::v4 && version != tdx::quote_version::v5) return errc::unsupported_version;
  if (body != tdx::quote_body_type::td_1_0 && body != tdx::quote_body_type::td_1_5) {
    return errc::unsupported_format;
  }
  if (version == tdx::quote_version::v4) body = tdx::quote_body_type::td_1_0;
  const auto mac = detail::report_mac(on, report.bytes());
  if (!mac) return mac.error();
  if (!constant_time_equal(mac->value, report.mac().value)) {
    return failure{errc::not_authentic, in::mac::offset, part::td_report};
  }
  const auto tcb_hash = detail::report_hash(report.tee_tcb_info_bytes());
  if (!tcb_hash) return tcb_hash.error();
  if (*tcb_hash != report.tee_tcb_info_hash()) {
    return failure{errc::not_authentic, in::tee_tcb_info_hash::offset, part::td_report};
  }
  const auto info_hash = detail::report_hash(report.tee_info_bytes());
  if (!info_hash) return info_hash.error();
  if (*info_hash != report.tee_info_hash()) {
    return failure{errc::not_authentic, in::tee_info_hash::offset, part::td_report};
  }

  std::array<std::uint8_t, 32> authentication_data{};  // as Intel's quoting enclave has it
  std::iota(authentication_data.begin(), authentication_data.end(), std::uint8_t{0});
  const auto key = on.get().attestation_key.public_point<p256>();
  if (!key) return key.error();
  const auto enclave = detail::qe_report(key->value, authentication_data);
  if (!enclave) return enclave.error();
  const auto enclave_signature = on.get().pck_key.sign_p256(*enclave);
  if (!enclave_signature) return enclave_signature.error();
  auto chain = on.pck_chain();
  if (!chain) return chain.error();
  chain->push_back(0);
  std::vector<std::uint8_t> out = detail::quote_signed_part(on, report, version, body);
  const auto signature = on.get().attestation_key.sign_p256(out);
  if (!signature) return signature.error();

  const auto bytes = [&](byte_view more) { out.insert(out.end(), more.begin(), more.end()); };
  const auto le = [&]<class T>(T value) {
    std::array<std::uint8_t, sizeof(T)> stored{};
    store_le<T>(stored, value);
    bytes(stored);
  };
  const auto type = [&](tdx::certification_data_type of) { le(static_cast<std::uint16_t>(of)); };
  const auto size =
      static_cast<std::uint32_t>(tdx::qe_certification::size_without_data + authentication_data.size() + chain->size());
  le(static_cast<std::uint32_t>(tdx::quote_row::signature_data_4::size + size));
  bytes(signature->value);
  bytes(key->value);
  type(tdx::certification_data_type::qe_report);
  le(size);
  bytes(*enclave);
  bytes(enclave_signature->value);
  le(static_cast<std::uint16_t>(authentication_data.size()));
  bytes(authentication_data);
  type(tdx::certification_data_type::pck_certificate_chain);
  le(static_cast<std::uint32_t>(chain->size()));
  bytes(*chain);
  return out;
}

}  // namespace unitee::inline v0::guest
