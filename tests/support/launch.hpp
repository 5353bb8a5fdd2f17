// SPDX-License-Identifier: Apache-2.0
//
// tests/support/launch.hpp: the firmware images and launches of tests/vectors/launch.json.
#pragma once

#include "support/edits.hpp"
#include "support/vectors.hpp"

#include <unitee/launch/launch_measurement.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace unitee::test {

using image_bytes = std::vector<std::uint8_t>;

// launch_images is every image that has a name; image_of is that of a vector, whole or as edits of another.
inline const std::map<std::string, image_bytes>& launch_images() {
  static const auto made = [] {
    std::map<std::string, image_bytes> out;
    for (const auto& vector : vectors("launch")) {
      if (!vector.contains("zeros")) continue;
      const image_bytes zeros(vector.at("zeros").get<std::size_t>());
      out[vector.at("name")] = edited(zeros, vector.at("edits"));
    }
    return out;
  }();
  return made;
}

inline image_bytes image_of(const nlohmann::json& vector) {
  if (vector.contains("zeros")) return launch_images().at(vector.at("name"));
  return edited(launch_images().at(vector.at("base")), vector.value("edits", nlohmann::json::array()));
}

// described is a launch by the words of a vector or a manifest: files are given by their content.
struct described {
  std::string vmm = "qemu";
  std::uint32_t vcpus = 1;
  std::uint32_t cpu_signature = 0x00A00F11;
  std::uint64_t guest_features = 1;
  std::optional<std::string> kernel;
  std::string initrd;
  std::string append;
  std::optional<snp::measurement> start;

  explicit described(const nlohmann::json& launch) {
    const auto text = [&](const char* key) -> std::optional<std::string> {
      if (!launch.contains(key) || launch.at(key).is_null()) return std::nullopt;
      return launch.at(key).get<std::string>();
    };
    vmm = launch.value("vmm", vmm);
    vcpus = launch.value("vcpus", vcpus);
    cpu_signature = launch.value("cpu_signature", cpu_signature);
    guest_features = launch.value("guest_features", guest_features);
    kernel = text("kernel");
    initrd = text("initrd").value_or("");
    append = text("append").value_or("");
    if (const auto digits = text("start")) start = *from_hex<snp::measurement>(*digits);
  }

  [[nodiscard]] result<snp::measurement> measured(byte_view firmware) const {
    snp::launch_description of;
    of.firmware = firmware;
    of.vcpus = vcpus;
    of.cpu = {cpu_signature};
    of.guest_features = guest_features;
    of.launched_by = vmm == "ec2" ? snp::vmm::ec2 : snp::vmm::qemu;
    of.start = start;
    const auto bytes = [](const std::string& file) {
      return byte_view(reinterpret_cast<const std::uint8_t*>(file.data()), file.size());
    };
    if (kernel) of.kernel = *snp::kernel_hashes::of(bytes(*kernel), bytes(initrd), append);
    return snp::expected_measurement(of);
  }
};

}  // namespace unitee::test
