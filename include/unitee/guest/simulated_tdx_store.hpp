// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_tdx_store.hpp: a simulated TDX platform in a state directory, so that its keys come back.
// INSECURE.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/guest/simulated_pem_file.hpp>
#include <unitee/guest/simulated_pem_text.hpp>
#include <unitee/guest/simulated_tdx_platform.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/pck_extension.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace unitee::inline v0::guest {

// simulated_tdx_store is a directory with one file, simulated-tdx.pem: five private keys, four certificates, and the
// QE id, MAC key and seal secret, readable by the owner only. Whoever can read it can make the platform's evidence and
// derive its keys. A simulated_store may have the same directory.
class simulated_tdx_store {
 public:
  // file_size_max is more than any platform needs; a larger file is errc::bad_length.
  static constexpr std::size_t file_size_max = detail::simulated_pem_file::size_max;

  // A store is of a directory, which need not exist until save.
  explicit simulated_tdx_store(std::string_view directory) : file_(directory, "simulated-tdx.pem") {}

  [[nodiscard]] const std::string& directory() const noexcept { return file_.directory(); }

  // save writes the platform down, whole or not at all, and never over another: errc::io_error with EEXIST.
  result<void> save(const insecure_simulated_tdx_platform& platform) const {
    const insecure_simulated_tdx_platform::state& from = platform.get();
    return file_.save([&](writer to) {
      const auto package = secret<row::all::size>::made_by([&](byte_span out) {
        writer(out).bytes(from.qe_id).bytes(from.mac_key.expose()).bytes(from.seal_secret.expose());
      });
      return detail::write_simulated_pem(
          to, kind, package,
          {&from.root_key, &from.ca_key, &from.tcb_signing_key, &from.pck_key, &from.attestation_key},
          {&from.root, &from.ca, &from.tcb_signing, &from.pck});
    });
  }

  // load reads the platform back: errc::io_error with ENOENT when there is none, and with EPERM when others than its
  // owner may read or write it; errc::truncated, errc::bad_encoding or errc::bad_value when the file is not what save
  // wrote, which includes keys that are not those of the certificates, and a PCK certificate that does not say what its
  // platform is.
  [[nodiscard]] result<insecure_simulated_tdx_platform> load() const { return file_.load(decode); }

 private:
  struct row {
    using qe_id = layout::raw<"qe_id", 0, 16>;
    using mac_key = layout::raw<"mac_key", 16, 32>;
    using seal_secret = layout::raw<"seal_secret", 48, 32>;
    using all = layout::table<80, qe_id, mac_key, seal_secret>;
  };
  static constexpr detail::simulated_pem_kind<row::all::size> kind{
      "INSECURE: keys of a simulated TDX platform. Evidence and sealed files that depend on them protect nothing.\n\n",
      "UNITEE SIMULATED PACKAGE", 5, 4};

  static result<insecure_simulated_tdx_platform> decode(byte_view text) {
    const auto parts = detail::read_simulated_pem(text, kind);
    if (!parts) return parts.error();
    const auto& keys = parts->keys;
    const auto& certificates = parts->certificates;
    // The attestation key has no certificate, but a quote has room for the points of one curve only.
    if (!keys[4].public_point<p256>()) return errc::bad_value;
    const auto extension = certificates[3].extension(tdx::pck_extension_oid);
    if (!extension) return errc::bad_value;
    const auto says = tdx::pck_extension::parse(*extension);
    if (!says) return errc::bad_value;
    const byte_view package = parts->block.expose();
    const auto secret_at = [](byte_view bytes) {
      return secret<32>::made_by([&](byte_span out) { writer(out).bytes(bytes); });
    };
    return insecure_simulated_tdx_platform::restore(
        {*says, row::qe_id::read(package).value, secret_at(row::mac_key::view(package)),
         secret_at(row::seal_secret::view(package)), keys[0], keys[1], keys[2], keys[3], keys[4], certificates[0],
         certificates[1], certificates[2], certificates[3]});
  }

  detail::simulated_pem_file file_;
};

}  // namespace unitee::inline v0::guest
