// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_store.hpp>

#include "support/files.hpp"
#include "support/folder.hpp"
#include "support/verdicts.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>

namespace test_simulated_store {

using namespace unitee;
using namespace unitee::test;
using guest::simulated_store;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }

unsigned mode_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return 0;
  return status.st_mode & 07777;
}

failure io(int number) { return {errc::io_error, static_cast<std::uint64_t>(number)}; }

void write(const std::string& path, const octets& bytes) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
  ::chmod(path.c_str(), 0600);
}

// stored is a folder with the platform in it.
struct stored {
  folder outer;
  simulated_store store{outer / "state"};
  std::string file = outer / "state/simulated-snp.pem";

  stored() { need(store.save(milan())); }
};

}  // namespace

TEST_CASE("a platform comes back as it was: certificates, keys, chip", "[guest][store]") {
  const stored at;
  const auto again = need(at.store.load());
  const auto& one = milan().get();
  const auto& two = again.get();
  CHECK(two.product == one.product);
  CHECK(two.tcb == one.tcb);
  CHECK(two.chip_id == one.chip_id);
  CHECK(two.chip_secret == one.chip_secret);
  CHECK(two.ark == one.ark);
  CHECK(two.ask == one.ask);
  CHECK(two.vcek == one.vcek);
  const auto request = snp::key_request::bound_to_measurement(one.tcb, 0);
  CHECK(need(simulated_guest(again).derive_key(request)) == need(simulated_guest(milan()).derive_key(request)));
  CHECK(judged(milan(), need(simulated_guest(again).attest({}))));
  CHECK(judged(again, need(simulated_guest(milan()).attest({}))));
  // The issuers' keys are there, too: it can make another chip.
  const auto chip = need(again.another_chip(simulated_tcb(), simulated_begin));
  CHECK(snp::verify(need(simulated_guest(chip).attest({})), endorsements_of(chip), simulated_now, anchors_of(milan())));
}

TEST_CASE("only the owner can read what was stored, and it says INSECURE", "[guest][store]") {
  const auto before = ::umask(0);
  const stored at;
  ::umask(before);
  CHECK(mode_of(at.store.directory()) == 0700);
  CHECK(mode_of(at.file) == 0600);
  CHECK(at.outer.names() == std::vector<std::string>{"state"});
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(at.store.directory()))
    files.push_back(entry.path().filename());
  CHECK(files == std::vector<std::string>{"simulated-snp.pem"});
  const auto bytes = file_bytes(at.file);
  CHECK(std::string(bytes.begin(), bytes.end()).starts_with("INSECURE"));
  CHECK(bytes.size() < simulated_store::file_size_max);
}

TEST_CASE("a stored platform is never written over", "[guest][store]") {
  const stored at;
  const auto before = file_bytes(at.file);
  CHECK(refusal(at.store.save(other_simulated_platform())) == io(EEXIST));
  CHECK(file_bytes(at.file) == before);
  CHECK(std::distance(std::filesystem::directory_iterator(at.store.directory()), {}) == 1);
}

TEST_CASE("where nothing can be written nothing is", "[guest][store]") {
  const folder outer;
  CHECK(refusal(simulated_store(outer / "no/such").save(milan())) == io(ENOENT));
  CHECK(refusal(simulated_store(outer / "nothing").load()) == io(ENOENT));
  write(outer / "file", {1});
  CHECK(refusal(simulated_store(outer / "file").save(milan())) == io(ENOTDIR));
  CHECK(refusal(simulated_store(outer / "file").load()) == io(ENOTDIR));
  std::filesystem::create_directories(outer / "odd/simulated-snp.pem");
  CHECK(refusal(simulated_store(outer / "odd").load()) == io(EISDIR));
  CHECK(refusal(simulated_store(outer / "odd").save(milan())) == io(EEXIST));
  CHECK(std::distance(std::filesystem::directory_iterator(outer / "odd"), {}) == 1);
}

TEST_CASE("a stored platform that was cut off anywhere is refused", "[guest][store]") {
  const stored at;
  const auto whole = file_bytes(at.file);
  const octets end(whole.end() - 26, whole.end());
  CHECK(std::string(end.begin(), end.end()) == "-----END CERTIFICATE-----\n");
  std::size_t tried = 0;
  for (std::size_t n = 0; n + 1 < whole.size(); n += 37, ++tried) {
    write(at.file, octets(whole.begin(), whole.begin() + static_cast<int>(n)));
    const auto loaded = at.store.load();
    REQUIRE_FALSE(loaded);
    const errc code = loaded.error().code;
    CHECK((code == errc::bad_value || code == errc::truncated || code == errc::bad_encoding));
  }
  CHECK(tried > 200);
}

TEST_CASE("garbage is refused", "[guest][store]") {
  const stored at;
  const auto whole = file_bytes(at.file);
  const auto refused = [&](const octets& bytes) {
    write(at.file, bytes);
    return refusal(at.store.load());
  };
  const auto text = [](std::string_view of) { return octets(of.begin(), of.end()); };
  CHECK(refused({}) == failure{errc::bad_value});
  CHECK(refused(text("hello")) == failure{errc::bad_value});
  CHECK(refused(octets(simulated_store::file_size_max, ' ')) == failure{errc::bad_value});
  CHECK(refused(octets(simulated_store::file_size_max + 1, ' ')) == failure{errc::bad_length});
  CHECK(refused(octets(simulated_store::file_size_max * 4, ' ')) == failure{errc::bad_length});
  CHECK(refused(text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")) == failure{errc::bad_encoding});
  CHECK(refused(text("-----BEGIN UNITEE SIMULATED CHIP-----\nAAAA\n-----END UNITEE SIMULATED CHIP-----\n")) ==
        failure{errc::bad_value});
  // A chip of a product that there is not.
  auto other = std::string(whole.begin(), whole.end());
  const auto chip = other.find("CHIP-----\n") + 10;
  other[chip] = '/';
  CHECK(refused(text(other)) == failure{errc::bad_value});
  // One block too many, and one too few.
  const std::string all(whole.begin(), whole.end());
  const auto last = all.rfind("-----BEGIN CERTIFICATE");
  CHECK(refused(text(all + all.substr(last))) == failure{errc::bad_value});
  CHECK(refused(text(all.substr(0, last))) == failure{errc::bad_value});
  CHECK_FALSE(refused(whole));
}

TEST_CASE("a stored platform whose parts do not belong together is refused", "[guest][store]") {
  const stored at;
  const auto whole = file_bytes(at.file);
  const std::string all(whole.begin(), whole.end());
  const auto refused = [&](const std::string& text) {
    write(at.file, octets(text.begin(), text.end()));
    return refusal(at.store.load());
  };
  // Two keys of one size in the wrong order: the first and the second of the three.
  const std::string begin = "-----BEGIN PRIVATE KEY-----";
  const auto first = all.find(begin);
  const auto second = all.find(begin, first + 1);
  const auto third = all.find(begin, second + 1);
  const std::string ark = all.substr(first, second - first);
  const std::string ask = all.substr(second, third - second);
  CHECK(refused(all.substr(0, first) + ask + ark + all.substr(third)) == failure{errc::bad_value});
  // Another chip than the VCEK's, a second chip, and a block that save never writes.
  std::string other = all;
  const auto chip = other.find("CHIP-----\n") + 10;
  other[chip + 30] = other[chip + 30] == 'A' ? 'B' : 'A';
  CHECK(refused(other) == failure{errc::bad_value});
  const std::string chip_block = all.substr(all.find("-----BEGIN UNITEE"), first - all.find("-----BEGIN UNITEE"));
  CHECK(refused(all + chip_block) == failure{errc::bad_value});
  CHECK(refused(all + "-----BEGIN X-----\nAAAA\n-----END X-----\n") == failure{errc::bad_value});
}

TEST_CASE("a stored platform that others may read is refused", "[guest][store]") {
  const stored at;
  for (const unsigned mode : {0640u, 0604u, 0620u, 0666u}) {
    ::chmod(at.file.c_str(), mode);
    CHECK(refusal(at.store.load()) == io(EPERM));
  }
  ::chmod(at.file.c_str(), 0400);
  CHECK(at.store.load());
}

}  // namespace test_simulated_store
