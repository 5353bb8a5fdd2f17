// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/pck.hpp: a PCK certificate, which names a platform and its TCB.
#pragma once

#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/certification_data.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/verify/tdx_names.hpp>

#include <utility>

namespace unitee::inline v0::tdx {

// pck is the certificate whose key signs the reports of quoting enclaves on one platform. It says nothing until its
// chain is verified.
class pck {
 public:
  // parse reads a certificate by its name and its SGX extension. In part::pck: another subject is errc::name_mismatch,
  // a key that is not a point of P-256 errc::certificate_unfit, a certificate without the extension
  // errc::extension_missing, with two errc::duplicate, and what the extension says wrong keeps the code of
  // pck_extension::parse.
  static result<pck> parse(const certificate& from) noexcept {
    const auto fail = [](errc code) { return failure{code, 0, part::pck}; };
    if (!is_named(from, pck_name)) return fail(errc::name_mismatch);
    const auto key = from.ec_key<p256>();
    if (!key) return fail(key.error().code);
    const auto octets = from.extension(pck_extension_oid);
    if (!octets) return fail(octets.error().code == errc::missing ? errc::extension_missing : octets.error().code);
    const auto extension = pck_extension::parse(*octets);
    if (!extension) return fail(extension.error().code);
    return pck(from, *key, *extension);
  }

  [[nodiscard]] const certificate& cert() const noexcept { return cert_; }
  [[nodiscard]] const ecdsa_public_key<p256>& key() const noexcept { return key_; }
  [[nodiscard]] const pck_extension& extension() const noexcept { return extension_; }

  // matches says whether this can be the certificate that a quote asks for: same CPUSVN, PCESVN and PCE-ID, and the
  // same PPID where that is in clear.
  [[nodiscard]] bool matches(const pck_identifier& wanted) const noexcept {
    const bool in_clear = wanted.ppid.size() == extension_.ppid.size();
    const auto& id = extension_.pceid.value;
    return wanted.cpusvn == extension_.cpusvn && wanted.pcesvn == extension_.pcesvn &&
           wanted.pceid == (id[0] | id[1] << 8) && (!in_clear || equal(wanted.ppid, extension_.ppid.view()));
  }

 private:
  pck(const certificate& cert, const ecdsa_public_key<p256>& key, const pck_extension& extension) noexcept
      : cert_(cert), key_(key), extension_(extension) {}

  certificate cert_;
  ecdsa_public_key<p256> key_;
  pck_extension extension_;
};

}  // namespace unitee::inline v0::tdx
