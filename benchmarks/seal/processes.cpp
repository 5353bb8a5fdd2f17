// SPDX-License-Identifier: Apache-2.0
//
// Whole programs: a sealed file into memory, against age and openssl enc, which write to nothing.

#include <unitee/crypto/default_engine.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/sealed_file.hpp>

#include "engines.hpp"
#include "race.hpp"
#include "task.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace benchmarks {
namespace {

constexpr std::size_t size = std::size_t{1} << 30;

// run starts a program, gives it a file for its output and nothing for its errors, and says whether it succeeded.
bool run(std::vector<std::string> words, const std::string& output = "/dev/null") {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::pid_t child = 0;
  const int failed = ::posix_spawnp(&child, argv[0], &files, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  int status = 0;
  return failed == 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// same says whether two files are.
bool same(const std::string& a, const std::string& b) { return run({"cmp", "-s", a, b}); }

template <class With>
int load_with(const char* path) {
  using file = unitee::basic_sealed_file<unitee::file_source, typename With::engine>;
  const auto opened = file::open(path, unitee::caller_key(slot_key()));
  return opened && opened->load({.workers = workers}) ? 0 : 1;
}

}  // namespace

int load(const std::string& engine, const char* path) {
  int status = 2;
  for_each_engine([&]<class With>(With) {
    if (engine == With::option) status = load_with<With>(path);
  });
  return status;
}

void seal_processes(table& out) {
  const folder files;
  const std::string plain = files / "model";
  const std::string sealed = files / "model.sealed";
  { const sealed_model made(files, size, unitee::default_segment_size, unitee::protection::confidential); }

  race all([] { renew_free_memory(size + size / 4); });
  const std::string identity = files / "age.key";
  const std::string recipient = files / "age.pub";
  const std::string by_age = files / "model.age";
  const std::string by_openssl = files / "model.ctr";
  const std::string copy = files / "copy";
  require(run({"age-keygen", "-o", identity}) && run({"age-keygen", "-y", identity}, recipient) &&
              run({"age", "-R", recipient, "-o", by_age, plain}),
          "age is not there: apt-get install age");
  std::vector<std::string> enc{"openssl", "enc", "-aes-256-ctr", "-K"};
  enc.insert(enc.end(), {std::string(64, '7'), "-iv", std::string(32, '9'), "-in"});
  std::vector<std::string> encrypt = enc;
  encrypt.insert(encrypt.end(), {plain, "-out", by_openssl});
  require(run(encrypt), "openssl is not there: apt-get install openssl");
  enc.insert(enc.end(), {by_openssl, "-d"});
  const std::vector<std::string> age{"age", "-d", "-i", identity, by_age};
  require(run(age, copy) && same(copy, plain), "age does not decrypt what it encrypted");
  require(run(enc, copy) && same(copy, plain), "openssl does not decrypt what it encrypted");
  std::filesystem::remove(copy);
  for (const std::string& each : {sealed, by_age, by_openssl}) sync_file(each);

  const std::size_t age_at = all.add([&] { return run(age); });
  const std::size_t enc_at = all.add([&] { return run(enc); });
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  std::vector<std::function<void()>> rows;
  const auto add = [&](const std::string& what, std::vector<std::string> words, double target) {
    const std::size_t at = all.add([words = std::move(words)] { return run(words); });
    rows.push_back([&, at, what, target] {
      all.add_row(out, what + ", to age", at, age_at, static_cast<double>(size), target);
      all.add_row(out, what + ", to openssl enc", at, enc_at, static_cast<double>(size), 0);
    });
  };
  // The command of this build has one engine, and stands beside this program.
  const std::string key = files / "slot.key";
  write_file(key, slot_key().expose());
  const std::string command = std::filesystem::path(self).parent_path().parent_path() / "examples" / "unitee";
  const bool has_command = std::filesystem::is_regular_file(command);
  for_each_engine([&]<class With>(With) {
    const std::string workers_text = std::to_string(workers);
    if (has_command && std::is_same_v<typename With::engine, unitee::default_gcm_engine>) {
      add(std::string("unitee unseal --load, 1 GiB, ") + With::name,
          {command, "unseal", sealed, "--load", "--key", key, "--workers", workers_text}, With::times_age);
    } else {
      add(std::string("load 1 GiB, own process, ") + With::name, {self, "--load", With::option, sealed},
          With::times_age);
    }
  });
  all.run();
  for (const auto& row : rows) row();
}

}  // namespace benchmarks
