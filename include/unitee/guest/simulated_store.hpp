// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_store.hpp: a simulated SEV-SNP platform in a state directory, so that its keys come back.
// INSECURE.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/guest/simulated_pem_file.hpp>
#include <unitee/guest/simulated_pem_text.hpp>
#include <unitee/guest/simulated_platform.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace unitee::inline v0::guest {

// simulated_store is a directory with one file, simulated-snp.pem: three private keys, three certificates and the chip,
// readable by the owner only. Whoever can read it can make the platform's evidence and derive its keys.
class simulated_store {
 public:
  // file_size_max is more than any platform needs; a larger file is errc::bad_length.
  static constexpr std::size_t file_size_max = detail::simulated_pem_file::size_max;

  // A store is of a directory, which need not exist until save.
  explicit simulated_store(std::string_view directory) : file_(directory, "simulated-snp.pem") {}

  [[nodiscard]] const std::string& directory() const noexcept { return file_.directory(); }

  // save writes the platform down, whole or not at all, and never over another: errc::io_error with EEXIST.
  result<void> save(const insecure_simulated_platform& platform) const {
    const insecure_simulated_platform::state& from = platform.get();
    return file_.save([&](writer to) {
      const auto chip = secret<chip_row::all::size>::made_by([&](byte_span out) {
        writer(out)
            .le(static_cast<std::uint8_t>(from.product))
            .bytes(from.tcb.value)
            .bytes(from.chip_id.value)
            .bytes(from.chip_secret.expose());
      });
      return detail::write_simulated_pem(to, kind, chip, {&from.ark_key, &from.ask_key, &from.vcek_key},
                                         {&from.ark, &from.ask, &from.vcek});
    });
  }

  // load reads the platform back: errc::io_error with ENOENT when there is none, and with EPERM when others than its
  // owner may read or write it; errc::truncated, errc::bad_encoding or errc::bad_value when the file is not what save
  // wrote, which includes keys and a chip that are not those of the certificates.
  [[nodiscard]] result<insecure_simulated_platform> load() const { return file_.load(decode); }

 private:
  struct chip_row {
    using product = layout::le<"product", 0, std::uint8_t>;
    using tcb = layout::raw<"tcb", 1, 8, snp::tcb_version_tag>;
    using chip_id = layout::raw<"chip_id", 9, 64, snp::chip_id_tag>;
    using chip_secret = layout::raw<"chip_secret", 73, 32>;
    using all = layout::table<105, product, tcb, chip_id, chip_secret>;
  };
  static constexpr detail::simulated_pem_kind<chip_row::all::size> kind{
      "INSECURE: keys of a simulated SEV-SNP platform. Evidence and sealed files that depend on them protect "
      "nothing.\n\n",
      "UNITEE SIMULATED CHIP", 3, 3};

  static result<insecure_simulated_platform> decode(byte_view text) {
    const auto parts = detail::read_simulated_pem(text, kind);
    if (!parts) return parts.error();
    const byte_view chip = parts->block.expose();
    const std::size_t product = chip_row::product::read(chip);
    if (product >= snp::products.size() || !snp::products[product].verifiable) return errc::bad_value;
    const auto& keys = parts->keys;
    const auto& certificates = parts->certificates;
    const auto hwid = certificates[2].extension("1.3.6.1.4.1.3704.1.4");
    if (!hwid || hwid->size() > 64 || !equal(*hwid, chip_row::chip_id::view(chip).first(hwid->size()))) {
      return errc::bad_value;
    }
    return insecure_simulated_platform::restore(
        {static_cast<snp::generation>(product), chip_row::tcb::read(chip), chip_row::chip_id::read(chip),
         secret<32>::made_by([&](byte_span out) { writer(out).bytes(chip_row::chip_secret::view(chip)); }), keys[0],
         keys[1], keys[2], certificates[0], certificates[1], certificates[2]});
  }

  detail::simulated_pem_file file_;
};

}  // namespace unitee::inline v0::guest
