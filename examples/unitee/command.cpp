// SPDX-License-Identifier: Apache-2.0

#include "command.hpp"

#include <unitee/seal/file_source.hpp>
#include <unitee/seal/new_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace command {

std::string plain(std::string_view text) {
  std::string out;
  bool pair = false;  // U+0080 to U+009F are controls, too: two bytes
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool second = std::exchange(pair, false);
    pair = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    out += byte < 0x20 || byte == 0x7F || pair || second ? fmt::format("\\x{:02x}", byte) : std::string(1, text[i]);
  }
  return out;
}

int exit_status(const unitee::failure& why) noexcept {
  switch (why.code) {
    case unitee::errc::key_denied: return refused;  // the firmware examined the request
    default: return unitee::class_of(why.code) == unitee::failure_class::refused ? refused : unusable;
  }
}

arguments::arguments(std::vector<std::string_view> words, const std::vector<option>& accepted) {
  bool operands_only = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    words_.push_back({std::string(word), ""});
    if (operands_only || word == "-" || !word.starts_with("-")) {
      operands_.emplace_back(word);
      continue;
    }
    if (word == "--") {
      operands_only = true;
      words_.back().option = word;
      continue;
    }
    const std::string_view name = word.substr(0, word.find('='));
    const auto known = std::ranges::find(accepted, name, &option::name);
    if (known == accepted.end()) throw usage_error{"unknown option " + std::string(name)};
    const bool attached = name.size() != word.size();
    words_.back().option = name;
    if (!known->has_value) {
      if (attached) throw usage_error{std::string(name) + " takes no value"};
      options_.emplace_back(name, "");
    } else if (attached) {
      options_.emplace_back(name, word.substr(name.size() + 1));
    } else {
      if (++i == words.size()) throw usage_error{std::string(name) + " needs a value"};
      options_.emplace_back(name, words[i]);
      words_.push_back({std::string(words[i]), std::string(name)});
    }
  }
}

bool arguments::has(std::string_view name) const noexcept {
  return std::ranges::any_of(options_, [&](const auto& each) { return each.first == name; });
}

std::vector<std::string> arguments::all(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [given, value] : options_) {
    if (given == name) out.push_back(value);
  }
  return out;
}

std::optional<std::string> arguments::one(std::string_view name) const {
  const auto values = all(name);
  if (values.size() > 1) throw usage_error{std::string(name) + " is given twice"};
  return values.empty() ? std::nullopt : std::optional(values.front());
}

std::vector<std::string> arguments::words_without(std::initializer_list<std::string_view> names) const {
  std::vector<std::string> out;
  for (const given_word& each : words_) {
    if (each.option.empty() || std::ranges::find(names, each.option) == names.end()) out.push_back(each.text);
  }
  return out;
}

std::vector<std::uint8_t> read_file(const std::string& path, std::uint64_t limit) {
  const auto fail = [&] { return input_error{path, {unitee::errc::io_error, static_cast<std::uint64_t>(errno)}}; };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    errno = EISDIR;
    throw fail();
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw fail();
  std::vector<std::uint8_t> out;
  std::size_t size = 0;
  do {
    out.resize(size + 65536);
    size += std::fread(out.data() + size, 1, out.size() - size, file.get());
    if (size > limit) {
      errno = EFBIG;
      throw fail();
    }
  } while (size == out.size());
  if (std::ferror(file.get()) != 0) throw fail();
  out.resize(size);
  return out;
}

unitee::sha256_digest digest_of(const std::string& path) {
  const auto source = require(unitee::file_source::open(path.c_str()), path);
  auto hash = require(unitee::hasher<unitee::sha256_digest>::create(), path);
  std::vector<std::uint8_t> buffer(1 << 20);
  for (std::uint64_t at = 0; at < source.size();) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), source.size() - at));
    const auto part = std::span(buffer).first(n);
    require(source.read_at(at, part), path);
    require(hash.update(part), path);
    at += n;
  }
  return require(hash.finish(), path);
}

void write_files(std::span<const output_file> files) {
  std::error_code failed;
  std::vector<unitee::new_file> written;
  for (const output_file& each : files) {
    const auto kind = std::filesystem::status(each.path, failed).type();
    if (kind != std::filesystem::file_type::regular && kind != std::filesystem::file_type::not_found) {
      throw input_error{each.path, {unitee::errc::io_error, static_cast<std::uint64_t>(EEXIST)}};
    }
    written.push_back(require(unitee::new_file::create(each.path.c_str()), each.path));
    require(written.back().write_at(0, each.content), each.path);
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& path = files[i].path;
    require(written[i].commit(), path);
    std::filesystem::permissions(path, std::filesystem::perms{0644}, failed);
    if (failed) throw input_error{path, {unitee::errc::io_error, static_cast<std::uint64_t>(failed.value())}};
  }
}

void write_file(const std::string& path, unitee::byte_view content) {
  const output_file only[]{{path, content}};
  write_files(only);
}

std::string shell_word(std::string_view text) {
  const auto plain = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+,:@%=").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, plain)) return std::string(text);
  std::string out = "'";
  for (const char each : text) out += each == '\'' ? std::string("'\\''") : std::string(1, each);
  return out + "'";
}

std::vector<std::string> files_below(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return {path};
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (entry.is_regular_file()) out.push_back(entry.path().string());
  }
  if (error) throw input_error{path, {unitee::errc::io_error, static_cast<std::uint64_t>(error.value())}};
  std::ranges::sort(out);
  return out;
}

unitee::utc_time time_of(const std::optional<std::string>& text) {
  if (!text) return {static_cast<std::int64_t>(std::time(nullptr))};
  const auto at = unitee::parse_time(*text);
  if (!at) throw usage_error{"--at wants a time such as 2026-03-01T00:00:00Z, not " + *text};
  return *at;
}

}  // namespace command
