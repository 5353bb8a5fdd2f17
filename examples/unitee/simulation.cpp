// SPDX-License-Identifier: Apache-2.0

#include "simulation.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/guest/simulated_image.hpp>
#include <unitee/guest/simulated_store.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace command {

using unitee::guest::insecure_simulated_platform;
using unitee::guest::simulated_store;

namespace {

// bytes_of is a file, or the tool's name.
std::vector<std::uint8_t> bytes_of(const std::optional<std::string>& image) {
  constexpr std::string_view own = "unitee command, simulated guest image";
  return image ? read_file(*image) : std::vector<std::uint8_t>(own.begin(), own.end());
}

}  // namespace

std::string default_state_directory() {
  const auto variable = [](const char* name) {
    return std::string(std::getenv(name) != nullptr ? std::getenv(name) : "");
  };
  if (const std::string state = variable("XDG_STATE_HOME"); !state.empty()) return state + "/unitee";
  if (const std::string home = variable("HOME"); !home.empty()) return home + "/.local/state/unitee";
  throw usage_error{"neither XDG_STATE_HOME nor HOME is set; name a directory with --state"};
}

insecure_simulated_platform new_platform(unitee::utc_time now) {
  return require(insecure_simulated_platform::create(unitee::snp::generation::milan,
                                                     {.boot_loader = 4, .snp = 24, .microcode = 219}, now),
                 "simulated platform");
}

insecure_simulated_platform stored_platform(const std::string& directory, bool create) {
  const simulated_store store(directory);
  auto found = store.load();
  const unitee::failure nothing_there{unitee::errc::io_error, ENOENT};
  if (found || !create || found.error() != nothing_there) return require(std::move(found), directory);

  fmt::print(stderr, "making a simulated platform in {} (two RSA keys, some seconds)\n", directory);
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(directory).parent_path(), error);
  auto made = new_platform(time_of(std::nullopt));
  const auto saved = store.save(made);
  const unitee::failure somebody_was_faster{unitee::errc::io_error, EEXIST};
  if (!saved && saved.error() == somebody_was_faster) return require(store.load(), directory);
  require(saved, directory);
  return made;
}

unitee::snp::measurement measurement_of_image(unitee::byte_view image, const std::string& input) {
  return require(unitee::guest::simulated_measurement(require(unitee::sha384(image), input)), input);
}

unitee::snp::measurement measurement_of(const std::optional<std::string>& image) {
  return measurement_of_image(bytes_of(image), image.value_or("image"));
}

unitee::tdx::measurement td_measurement_of(const std::optional<std::string>& image) {
  return {require(unitee::sha384(bytes_of(image)), image.value_or("image")).value};
}

}  // namespace command
