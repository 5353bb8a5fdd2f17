// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_tdx_store.hpp>

#include "support/files.hpp"
#include "support/folder.hpp"
#include "support/simulated_tdx.hpp"

#include <unitee/crypto/chain.hpp>
#include <unitee/crypto/pem_text.hpp>
#include <unitee/guest/simulated_store.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>

namespace test_simulated_tdx_store {

using namespace unitee;
using namespace unitee::test;
using guest::simulated_tdx_store;
using octets = std::vector<std::uint8_t>;

namespace {

failure io(int number) { return {errc::io_error, static_cast<std::uint64_t>(number)}; }

void write(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
  ::chmod(path.c_str(), 0600);
}

// stored is a folder with the platform in it, and its file as a text.
struct stored {
  folder outer;
  simulated_tdx_store store{outer / "state"};
  std::string file = outer / "state/simulated-tdx.pem";
  std::string text;

  stored() {
    need(store.save(simulated_tdx_platform()));
    const auto bytes = file_bytes(file);
    text.assign(bytes.begin(), bytes.end());
  }

  // refused is what load says of another text in its place.
  [[nodiscard]] failure refused(const std::string& other) const {
    write(file, other);
    const auto loaded = store.load();
    REQUIRE_FALSE(loaded);
    return loaded.error();
  }

  // block is the text of block number n with this label.
  [[nodiscard]] std::string block(const std::string& label, std::size_t n) const {
    const std::string end = "-----END " + label + "-----\n";
    std::size_t at = text.find("-----BEGIN " + label);
    for (; n > 0; --n) at = text.find("-----BEGIN " + label, at + 1);
    return text.substr(at, text.find(end, at) + end.size() - at);
  }

  // replaced is the text with one piece in place of another.
  [[nodiscard]] std::string replaced(const std::string& piece, const std::string& by) const {
    std::string out = text;
    return out.replace(out.find(piece), piece.size(), by);
  }
};

}  // namespace

TEST_CASE("a TDX platform comes back as it was: certificates, keys, identities", "[guest][tdx_store]") {
  const stored at;
  const auto again = need(at.store.load());
  const auto& one = simulated_tdx_platform().get();
  const auto& two = again.get();
  CHECK(two.pck_extension == one.pck_extension);
  CHECK(two.qe_id == one.qe_id);
  CHECK(two.mac_key == one.mac_key);
  CHECK(two.seal_secret == one.seal_secret);
  CHECK(two.root == one.root);
  CHECK(two.ca == one.ca);
  CHECK(two.tcb_signing == one.tcb_signing);
  CHECK(two.pck == one.pck);
  for (const auto& [a, b] :
       {std::pair{&two.root_key, &one.root_key}, std::pair{&two.ca_key, &one.ca_key},
        std::pair{&two.tcb_signing_key, &one.tcb_signing_key}, std::pair{&two.pck_key, &one.pck_key},
        std::pair{&two.attestation_key, &one.attestation_key}}) {
    CHECK(need(a->public_point<p256>()) == need(b->public_point<p256>()));
  }
  // The keys are private ones: a quote's signed part and the seal key are the same, and another machine can be made.
  guest::simulated_td_launch with;
  with.sealing = true;
  const auto before = simulated_td(with);
  const auto after = simulated_td(with, again);
  const auto first = need(before.attest(counted_report_data()));
  const auto second = need(after.attest(counted_report_data()));
  CHECK(equal(need(tdx::quote::parse(first)).signed_bytes(), need(tdx::quote::parse(second)).signed_bytes()));
  const auto request = tdx::key_request::bound_to_measurement(tdx::key_basis::of(need(before.td_report({}))));
  CHECK(need(after.seal_key(request)) == need(before.seal_key(request)));
  const auto neighbour = need(again.another_platform(simulated_tdx_begin));
  const std::array chain{neighbour.get().pck, neighbour.get().ca, one.root};
  CHECK(verify_chain(chain, simulated_tdx_now, {}, ec_rules));
  CHECK(need(guest::make_simulated_collateral(again, simulated_tdx_issued)).tcb_info.size() > 0);
}

TEST_CASE("a stored TDX platform is the owner's alone, says INSECURE, and is never written over",
          "[guest][tdx_store]") {
  const auto before = ::umask(0);
  const stored at;
  ::umask(before);
  struct stat status {};
  REQUIRE(::stat(at.store.directory().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
  REQUIRE(::stat(at.file.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  CHECK(at.text.starts_with("INSECURE"));
  CHECK(at.text.size() < simulated_tdx_store::file_size_max);
  CHECK(at.store.save(other_simulated_tdx_platform()).error() == io(EEXIST));
  const auto bytes = file_bytes(at.file);
  CHECK(std::string(bytes.begin(), bytes.end()) == at.text);
  CHECK(std::distance(std::filesystem::directory_iterator(at.store.directory()), {}) == 1);
  for (const unsigned mode : {0640u, 0604u, 0620u, 0666u}) {
    ::chmod(at.file.c_str(), mode);
    CHECK(at.store.load().error() == io(EPERM));
  }
  ::chmod(at.file.c_str(), 0400);
  CHECK(at.store.load());
}

TEST_CASE("platforms of both vendors share a state directory", "[guest][tdx_store]") {
  const stored at;
  CHECK(guest::simulated_store(at.store.directory()).load().error() == io(ENOENT));
  std::filesystem::rename(at.file, at.store.directory() + "/simulated-snp.pem");
  CHECK(guest::simulated_store(at.store.directory()).load().error() == failure{errc::bad_value});
  CHECK(at.store.load().error() == io(ENOENT));
}

TEST_CASE("a stored TDX platform that was cut off anywhere is refused", "[guest][tdx_store]") {
  const stored at;
  std::size_t tried = 0;
  for (std::size_t n = 0; n + 1 < at.text.size(); n += 23, ++tried) {
    const errc code = at.refused(at.text.substr(0, n)).code;
    CHECK((code == errc::bad_value || code == errc::truncated || code == errc::bad_encoding));
  }
  CHECK(tried > 150);
}

TEST_CASE("a text that is no stored TDX platform is refused", "[guest][tdx_store]") {
  const stored at;
  const failure bad_value{errc::bad_value};
  CHECK(at.refused("") == bad_value);
  CHECK(at.refused(std::string(simulated_tdx_store::file_size_max, ' ')) == bad_value);
  CHECK(at.refused(std::string(simulated_tdx_store::file_size_max + 1, ' ')) == failure{errc::bad_length});
  const std::string package = at.block("UNITEE SIMULATED PACKAGE", 0);
  CHECK(at.refused(at.text + package) == bad_value);
  CHECK(at.refused(at.replaced(package, "")) == bad_value);
  CHECK(at.refused(at.replaced(package,
                               "-----BEGIN UNITEE SIMULATED PACKAGE-----\nAAAA\n"
                               "-----END UNITEE SIMULATED PACKAGE-----\n")) == bad_value);
  CHECK(at.refused(at.text + "-----BEGIN X-----\nAAAA\n-----END X-----\n") == bad_value);
  for (const char* label : {"PRIVATE KEY", "CERTIFICATE"}) {
    CHECK(at.refused(at.text + at.block(label, 0)) == bad_value);
    CHECK(at.refused(at.replaced(at.block(label, 1), "")) == bad_value);
  }
}

TEST_CASE("a stored TDX platform whose parts do not belong together is refused", "[guest][tdx_store]") {
  const stored at;
  const failure bad_value{errc::bad_value};
  // Any two of the four keys with certificates, and any of them with the attestation key.
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t k = i + 1; k < 5; ++k) {
      CAPTURE(i, k);
      const std::string one = at.block("PRIVATE KEY", i);
      const std::string two = at.block("PRIVATE KEY", k);
      std::string text = at.replaced(one, "?");
      text.replace(text.find(two), two.size(), one);
      text.replace(text.find("?"), 1, two);
      CHECK(at.refused(text) == bad_value);
    }
  }
  // An attestation key of another curve.
  std::string p384_text;
  need(need(signing_key::generate_p384()).to_pem([&](byte_view pem) { p384_text.assign(pem.begin(), pem.end()); }));
  CHECK(at.refused(at.replaced(at.block("PRIVATE KEY", 4), p384_text)) == bad_value);
  // A PCK certificate without Intel's extension: the root in its place, with its key.
  std::string text = at.replaced(at.block("CERTIFICATE", 3), at.block("CERTIFICATE", 0));
  const std::string pck = at.block("PRIVATE KEY", 3);
  CHECK(at.refused(text.replace(text.find(pck), pck.size(), at.block("PRIVATE KEY", 0))) == bad_value);
  // A PCK certificate whose extension is not Intel's inside.
  const std::array<std::uint8_t, 2> nothing{0x30, 0x00};
  const std::array extension{raw_extension{tdx::pck_extension_oid, nothing}};
  plan_link link = ec_plan().link[0];
  link.request.extensions = extension;
  std::string certificate_text;
  const auto der = need(link.issue().der());
  need(to_pem("CERTIFICATE", der, [&](byte_view pem) { certificate_text.assign(pem.begin(), pem.end()); }));
  std::string key_text;
  need(link.key->to_pem([&](byte_view pem) { key_text.assign(pem.begin(), pem.end()); }));
  text = at.replaced(at.block("CERTIFICATE", 3), certificate_text);
  CHECK(at.refused(text.replace(text.find(pck), pck.size(), key_text)) == bad_value);
}

TEST_CASE("where no TDX platform can be written none is", "[guest][tdx_store]") {
  const folder outer;
  CHECK(simulated_tdx_store(outer / "no/such").save(simulated_tdx_platform()).error() == io(ENOENT));
  CHECK(simulated_tdx_store(outer / "nothing").load().error() == io(ENOENT));
  write(outer / "file", "x");
  CHECK(simulated_tdx_store(outer / "file").save(simulated_tdx_platform()).error() == io(ENOTDIR));
  CHECK(simulated_tdx_store(outer / "file").load().error() == io(ENOTDIR));
  std::filesystem::create_directories(outer / "odd/simulated-tdx.pem");
  CHECK(simulated_tdx_store(outer / "odd").load().error() == io(EISDIR));
  CHECK(simulated_tdx_store(outer / "odd").save(simulated_tdx_platform()).error() == io(EEXIST));
  CHECK(std::distance(std::filesystem::directory_iterator(outer / "odd"), {}) == 1);
}

}  // namespace test_simulated_tdx_store
