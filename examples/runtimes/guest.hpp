// SPDX-License-Identifier: Apache-2.0
//
// guest.hpp: what the examples of this folder have in common: a guest that proves what it is, and a model that is
// sealed to it.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/format.hpp>
#include <unitee/guest/simulated_platform.hpp>
#include <unitee/guest/simulated_snp.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/hardware_slot.hpp>
#include <unitee/seal/new_file.hpp>
#include <unitee/seal/seal.hpp>
#include <unitee/seal/sealed_file.hpp>
#include <unitee/verifier.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace runtimes {

// need is the value of a result. A failure ends the program with exit status 1, and says what failed.
template <class T>
T need(unitee::result<T> made, std::string_view what) {
  if (!made) {
    fmt::print(stderr, "{}: {}\n", what, made.error());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*made);
}

// require ends the program with exit status 1 where something does not hold.
inline void require(bool good, std::string_view what) {
  if (good) return;
  fmt::print(stderr, "{}\n", what);
  std::exit(1);
}

// confidential_guest is a SIMULATED SEV-SNP guest, which runs on every machine and protects nothing. On hardware
// unitee::this_guest stands in its place: attest, hardware_slot and hardware_key take the one as well as the other.
class confidential_guest {
 public:
  // confidential_guest has proven itself: it attests to a nonce of the model's owner, who verifies and appraises the
  // report, and would then hand out the model.
  confidential_guest() {
    unitee::snp::report_data nonce;
    need(unitee::random_bytes(nonce.value), "nonce");
    const auto report = need(guest_.attest(nonce), "attest");

    unitee::endorsements published;
    need(published.add(need(guest_.certificate_table(), "certificates")), "certificates");
    unitee::trust_anchors anchors;
    anchors.add(machine_.root());  // of a real guest: none, AMD's roots are pinned
    const auto genuine = need(unitee::snp::verify(report, published, now(), anchors), "verify");
    const auto wanted = unitee::snp::appraisal_policy{}
                            .require_report_data(nonce)
                            .require_measurement(unitee::snp::measurement{})
                            .require_minimum_tcb(genuine->vek.product_id(), {.snp = 24})
                            .forbid_debug();
    (void)need(unitee::snp::appraise(genuine, wanted).verdict(), "appraise");
    fmt::print("attested: genuine, and the guest that was asked for (SIMULATED)\n");
  }

  // seal makes a sealed file that this guest opens, on this machine, by a key that its hardware derives.
  void seal(const std::string& model, const std::string& sealed) const {
    const auto plaintext = need(unitee::file_source::open(model.c_str()), model);
    const auto slot = need(unitee::hardware_slot(guest_), "derive");
    auto file = need(unitee::new_file::create(sealed.c_str()), sealed);
    need(unitee::seal(plaintext, file, std::span(&slot, 1)), sealed);
    need(file.commit(), sealed);
  }

  // open derives the key again.
  [[nodiscard]] unitee::sealed_file open(const std::string& sealed) const {
    return need(unitee::sealed_file::open(sealed.c_str(), unitee::hardware_key(guest_)), sealed);
  }

 private:
  using platform = unitee::guest::insecure_simulated_platform;

  static unitee::utc_time now() {
    return {
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
  }

  platform machine_ = need(platform::create(unitee::snp::generation::milan, {.snp = 24}, now()), "simulated machine");
  unitee::guest::insecure_simulated_snp guest_ =
      need(unitee::guest::insecure_simulated_snp::launch(machine_, {}), "simulated guest");
};

}  // namespace runtimes
