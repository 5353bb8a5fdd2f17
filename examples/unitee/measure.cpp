// SPDX-License-Identifier: Apache-2.0
//
// measure.cpp: unitee measure snp.

#include "command.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/format.hpp>
#include <unitee/launch/launch_measurement.hpp>
#include <unitee/launch/make_id_block.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/new_file.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>

namespace command {

namespace {

namespace snp = unitee::snp;
using unitee::signing_key;

constexpr std::string_view measure_help = R"(usage: unitee measure snp --firmware FILE [OPTIONS]

Says which MEASUREMENT a SEV-SNP guest will report that is launched like this, before it is.

  --firmware FILE         the OVMF image
  --kernel FILE           the kernel that the host boots directly; the image must check kernel hashes
  --initrd FILE           its initial RAM disk
  --append TEXT           its command line
  --vcpus N               virtual processors, 1 to 4096; default: 1
  --vcpu-type NAME        processor model of QEMU, such as EPYC-Milan or EPYC-Genoa-v1
  --vcpu-signature HEX    or its CPUID signature, such as 0xa00f11
  --vcpu-family N         or its parts: all of --vcpu-family, --vcpu-model and --vcpu-stepping
  --guest-features HEX    SEV_FEATURES; default: 0x1
  --vmm NAME              qemu or ec2; default: qemu. EC2 needs no processor
  --start-digest HEX      the launch digest after the image's pages (48 bytes), in place of hashing them
  --json                  print one JSON object

With an ID key it also makes what the host hands to the firmware, so that nothing else can be launched:

  --id-key FILE           P-384 private key (PEM) that signs the ID block
  --author-key FILE       P-384 private key (PEM) that signs the ID key
  --family-id HEX         16 bytes each; default: zeros
  --image-id HEX
  --guest-svn N           default: 0
  --policy HEX            the guest policy to launch with; default: 0x30000
  --id-block FILE         where the ID block goes (96 bytes)
  --id-auth FILE          where the ID authentication structure goes (4096 bytes)
)";

// number_of reads decimal digits, or hexadecimal ones after 0x (also without, where `base` is 16).
template <class T>
T number_of(std::string_view option, const std::string& text, int base = 10) {
  std::string_view digits = text;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    digits.remove_prefix(2);
    base = 16;
  }
  T value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    throw usage_error{fmt::format("{} wants a number of at most {} bits, not {}", option, 8 * sizeof(T), text)};
  }
  return value;
}

template <class T>
T number_of(const arguments& given, std::string_view option, T otherwise, int base = 10) {
  const auto text = given.one(option);
  return text ? number_of<T>(option, *text, base) : otherwise;
}

template <class Fixed>
std::optional<Fixed> bytes_of(const arguments& given, std::string_view option) {
  const auto digits = given.one(option);
  if (!digits) return std::nullopt;
  const auto value = unitee::from_hex<Fixed>(*digits);
  if (!value) {
    throw usage_error{fmt::format("{} wants {} hexadecimal digits: {}", option, 2 * Fixed::size(), value.error())};
  }
  return *value;
}

std::optional<snp::kernel_hashes> kernel_of(const arguments& given) {
  const auto kernel = given.one("--kernel");
  const auto initrd = given.one("--initrd");
  const auto append = given.one("--append");
  if (!kernel && (initrd || append)) throw usage_error{"--initrd and --append need --kernel"};
  if (!kernel) return std::nullopt;
  snp::kernel_hashes out;
  out.kernel = digest_of(*kernel);
  out.initrd = initrd ? digest_of(*initrd) : require(unitee::sha256({}), "initrd");
  out.command_line = require(snp::command_line_digest(append.value_or("")), "--append");
  return out;
}

snp::vcpu_signature cpu_of(const arguments& given, snp::vmm by) {
  const auto type = given.one("--vcpu-type");
  const auto signature = given.one("--vcpu-signature");
  constexpr std::string_view parts[] = {"--vcpu-family", "--vcpu-model", "--vcpu-stepping"};
  const auto named = std::ranges::count_if(parts, [&](std::string_view each) { return given.has(each); });
  if (int{type.has_value()} + int{signature.has_value()} + int{named != 0} > 1 || (named != 0 && named != 3)) {
    throw usage_error{"give one of --vcpu-type, --vcpu-signature, and family, model and stepping together"};
  }
  if (type) {
    const auto known = snp::vcpu_signature_named(*type);
    if (!known) throw usage_error{"--vcpu-type: no model " + *type + " is known; give its --vcpu-signature"};
    return *known;
  }
  if (signature) {
    const snp::vcpu_signature out{number_of<std::uint32_t>("--vcpu-signature", *signature, 16)};
    if (out.value == 0) throw usage_error{"--vcpu-signature 0 is no processor"};
    return out;
  }
  if (named == 0 && by == snp::vmm::qemu) {
    throw usage_error{"give the processor model that QEMU will use: --vcpu-type, or --vcpu-signature"};
  }
  if (named == 0) return {};
  std::uint32_t values[3];
  for (std::size_t i = 0; i < 3; ++i) values[i] = number_of<std::uint32_t>(given, parts[i], 0);
  const auto made = snp::make_vcpu_signature(values[0], values[1], values[2]);
  if (!made) throw usage_error{fmt::format("{} is too large", parts[made.error().offset])};
  return *made;
}

snp::vmm vmm_of(const arguments& given) {
  const std::string name = given.one("--vmm").value_or("qemu");
  if (name == "qemu") return snp::vmm::qemu;
  if (name == "ec2") return snp::vmm::ec2;
  throw usage_error{"--vmm is qemu or ec2, not " + name};
}

snp::measurement measured(const arguments& given, const std::string& firmware) {
  snp::launch_description of;
  of.vcpus = number_of<std::uint32_t>(given, "--vcpus", 1);
  if (of.vcpus == 0 || of.vcpus > snp::launch_description::max_vcpus) {
    throw usage_error{fmt::format("--vcpus is 1 to {}", snp::launch_description::max_vcpus)};
  }
  of.launched_by = vmm_of(given);
  of.cpu = cpu_of(given, of.launched_by);
  of.guest_features = number_of<std::uint64_t>(given, "--guest-features", 1, 16);
  if ((of.guest_features & 1) == 0) throw usage_error{"--guest-features has bit 0 set, which is SNP"};
  of.start = bytes_of<snp::measurement>(given, "--start-digest");
  of.kernel = kernel_of(given);
  const auto image = read_file(firmware);
  of.firmware = image;
  return require(snp::expected_measurement(of), firmware);
}

signing_key key_from(const std::string& path) {
  auto text = read_file(path, 1 << 16);
  auto key = signing_key::from_pem(text);
  unitee::wipe(text);
  return require(std::move(key), path);
}

// id_files is the signed block, and where it goes.
struct id_files {
  snp::id_block_bytes block;
  snp::id_auth_bytes auth;
  snp::id_keys keys;
  std::string block_path;
  std::string auth_path;

  // write makes both files or neither, as far as a file system lets it: each appears whole, in place of an older one,
  // and the first gets its name when all bytes of both are on the disk.
  void write() const {
    for (const std::string& path : {block_path, auth_path}) {
      std::error_code ignored;
      if (std::filesystem::is_directory(path, ignored)) throw input_error{path, {unitee::errc::io_error, EISDIR}};
    }
    auto first = require(unitee::new_file::create(block_path.c_str()), block_path);
    auto second = require(unitee::new_file::create(auth_path.c_str()), auth_path);
    require(first.write_at(0, block), block_path);
    require(second.write_at(0, auth), auth_path);
    require(first.commit(), block_path);
    require(second.commit(), auth_path);
  }
};

void check_id_options(const arguments& given) {
  const bool makes = given.has("--id-key");
  for (const char* option : {"--id-block", "--id-auth"}) {
    if (given.has(option) != makes) throw usage_error{"--id-key, --id-block and --id-auth go together"};
  }
  for (const char* option : {"--author-key", "--family-id", "--image-id", "--guest-svn", "--policy"}) {
    if (given.has(option) && !makes) throw usage_error{std::string(option) + " needs --id-key"};
  }
}

id_files signed_block(const arguments& given, const snp::measurement& ld) {
  id_files out;
  out.block_path = *given.one("--id-block");
  out.auth_path = *given.one("--id-auth");
  if (std::filesystem::weakly_canonical(out.block_path) == std::filesystem::weakly_canonical(out.auth_path)) {
    throw usage_error{"--id-block and --id-auth are one file"};
  }
  snp::id_block_fields fields;
  fields.ld = ld;
  fields.family_id = bytes_of<snp::family_id>(given, "--family-id").value_or(snp::family_id{});
  fields.image_id = bytes_of<snp::image_id>(given, "--image-id").value_or(snp::image_id{});
  fields.guest_svn = number_of<std::uint32_t>(given, "--guest-svn", 0);
  fields.policy.value = number_of<std::uint64_t>(given, "--policy", fields.policy.value, 16);
  const std::string id_path = *given.one("--id-key");
  const auto author_path = given.one("--author-key");
  const signing_key id = key_from(id_path);
  out.block = snp::make_id_block(fields);
  out.keys.id = require(snp::id_key_digest_of(id), id_path);
  if (author_path) {
    const signing_key author = key_from(*author_path);
    out.keys.author = require(snp::id_key_digest_of(author), *author_path);
    out.auth = require(snp::make_id_auth(out.block, id, &author), *author_path);
  } else {
    out.auth = require(snp::make_id_auth(out.block, id), id_path);
  }
  return out;
}

}  // namespace

int measure(const std::vector<std::string_view>& words) {
  const arguments given(words, {{"--help"},
                                {"--json"},
                                {"--firmware", true},
                                {"--kernel", true},
                                {"--initrd", true},
                                {"--append", true},
                                {"--vcpus", true},
                                {"--vcpu-type", true},
                                {"--vcpu-signature", true},
                                {"--vcpu-family", true},
                                {"--vcpu-model", true},
                                {"--vcpu-stepping", true},
                                {"--guest-features", true},
                                {"--vmm", true},
                                {"--start-digest", true},
                                {"--id-key", true},
                                {"--author-key", true},
                                {"--family-id", true},
                                {"--image-id", true},
                                {"--guest-svn", true},
                                {"--policy", true},
                                {"--id-block", true},
                                {"--id-auth", true}});
  if (given.has("--help")) {
    fmt::print("{}", measure_help);
    return done;
  }
  if (given.operands() != std::vector<std::string>{"snp"}) throw usage_error{"say what to measure: snp"};
  const auto firmware = given.one("--firmware");
  if (!firmware) throw usage_error{"give the firmware image with --firmware"};
  check_id_options(given);

  const snp::measurement ld = measured(given, *firmware);
  std::optional<id_files> id;
  if (given.has("--id-key")) {
    id = signed_block(given, ld);
    id->write();
  }
  if (given.has("--json")) {
    nlohmann::ordered_json out{{"measurement", fmt::format("{}", ld)}};
    if (id) out["id_key_digest"] = fmt::format("{}", id->keys.id);
    if (id && id->keys.author) out["author_key_digest"] = fmt::format("{}", *id->keys.author);
    fmt::print("{}\n", out.dump(2));
    return done;
  }
  fmt::print("{}\n", ld);
  if (id) fmt::print("id_key_digest {}\n", id->keys.id);
  if (id && id->keys.author) fmt::print("author_key_digest {}\n", *id->keys.author);
  return done;
}

}  // namespace command
