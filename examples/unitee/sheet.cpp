// SPDX-License-Identifier: Apache-2.0

#include "sheet.hpp"

#include <unitee/bytes/hex.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace command::inspection {

namespace {

using nlohmann::ordered_json;

template <class... F>
struct overloaded : F... {
  using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;

constexpr std::size_t line_width = 100;

ordered_json json_of(const cell& value) {
  return std::visit(overloaded{[](std::monostate) { return ordered_json(nullptr); },
                               [](const bytes& octets) { return ordered_json(hex(octets)); },
                               [](const json_text& json) { return ordered_json::parse(json.text); },
                               [](const auto& plain) { return ordered_json(plain); }},
                    value);
}

ordered_json json_of(const cells& values) {
  ordered_json out = ordered_json::object();
  for (const auto& [name, value] : values) out[name] = json_of(value);
  return out;
}

// text_of_bytes is hexadecimal digits, without walls of zeros: what is all zero is "00 * 48", and of long byte strings
// the zeros at the end and whatever is behind 128 bytes are counted only.
std::string text_of_bytes(unitee::byte_view octets) {
  if (octets.empty()) return "(none)";
  if (octets.size() >= 8 && unitee::all_zero(octets)) return fmt::format("00 * {}", octets.size());
  if (octets.size() <= 64) return hex(octets);
  std::size_t end = octets.size();
  while (octets[end - 1] == 0) --end;
  if (end > 128) return fmt::format("{}... ({} bytes)", hex(octets.first(64)), octets.size());
  if (octets.size() - end < 8) return hex(octets);
  return fmt::format("{} 00 * {}", hex(octets.first(end)), octets.size() - end);
}

std::string text_of_cell(const cell& value) {
  return std::visit(
      overloaded{[](std::monostate) { return std::string("-"); },
                 [](bool flag) { return std::string(flag ? "yes" : "no"); },
                 [](std::uint64_t n) { return n < 10 ? fmt::format("{}", n) : fmt::format("{} ({:#x})", n, n); },
                 [](const std::string& text) { return printable(text); },
                 [](const bytes& octets) { return text_of_bytes(octets); },
                 [](const json_text& json) {
                   return ordered_json::parse(json.text).dump(2, ' ', true, ordered_json::error_handler_t::replace);
                 }},
      value);
}

// words_of is "smt=1 debug=0 ...", one word for each value, or nothing when all are null.
std::vector<std::string> words_of(const cells& values) {
  std::vector<std::string> out;
  for (const auto& [name, value] : values) {
    if (value.index() == 0) continue;
    const auto* flag = std::get_if<bool>(&value);
    const auto* number = std::get_if<std::uint64_t>(&value);
    const bool other = name == "other" && number != nullptr;
    if (other && *number == 0) continue;
    out.push_back(name + "=" +
                  (flag != nullptr     ? std::string(*flag ? "1" : "0")
                   : other             ? sheet::hexadecimal(*number)
                   : number != nullptr ? fmt::format("{}", *number)
                                       : text_of_cell(value)));
  }
  return out;
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    out.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string hex(unitee::byte_view octets) {
  std::string out(2 * octets.size(), '\0');
  (void)unitee::hex_encode(octets, out);
  return out;
}

struct sheet::row {
  std::string name;
  std::optional<std::uint64_t> offset;
  std::string shown;
  std::variant<cell, cells, std::vector<line>, sheet, std::vector<sheet>> value;
};

sheet::sheet(std::string title, std::string format) : title_(std::move(title)), format_(std::move(format)) {}
sheet::sheet(sheet&&) noexcept = default;
sheet& sheet::operator=(sheet&&) noexcept = default;
sheet::~sheet() = default;

sheet& sheet::put(std::string name, cell value, std::optional<std::uint64_t> offset, std::string shown) {
  rows_.push_back({std::move(name), offset, std::move(shown), std::move(value)});
  return *this;
}
sheet& sheet::put_cells(std::string name, cells values) {
  rows_.push_back({std::move(name), {}, {}, std::move(values)});
  return *this;
}
sheet& sheet::put_lines(std::string name, std::vector<line> lines) {
  rows_.push_back({std::move(name), {}, {}, std::move(lines)});
  return *this;
}
sheet& sheet::put_section(std::string name, sheet inner) {
  rows_.push_back({std::move(name), {}, {}, std::move(inner)});
  return *this;
}
sheet& sheet::put_list(std::string name, std::vector<sheet> items) {
  rows_.push_back({std::move(name), {}, {}, std::move(items)});
  return *this;
}

sheet& sheet::put_rows(sheet other) {
  std::ranges::move(other.rows_, std::back_inserter(rows_));
  return *this;
}

std::string sheet::hexadecimal(std::uint64_t value) { return fmt::format("{:#x}", value); }

struct sheet_json {
  static ordered_json of(const sheet& from) {
    ordered_json out = ordered_json::object();
    if (!from.format_.empty()) out["format"] = from.format_;
    for (const sheet::row& row : from.rows_)
      out[row.name] = std::visit([](const auto& value) { return of(value); }, row.value);
    return out;
  }
  static ordered_json of(const cell& value) { return json_of(value); }
  static ordered_json of(const cells& values) { return json_of(values); }
  static ordered_json of(const std::vector<sheet::line>& lines) {
    ordered_json out = ordered_json::array();
    for (const sheet::line& each : lines) out.push_back(json_of(each.values));
    return out;
  }
  static ordered_json of(const std::vector<sheet>& items) {
    ordered_json out = ordered_json::array();
    for (const sheet& each : items) out.push_back(of(each));
    return out;
  }
};

// sheet_text prints a sheet in columns: the offsets, where a row has one, the names, and the values.
struct sheet_text {
  std::FILE* to;

  void print(const sheet& from, std::size_t indent) const {
    bool offsets = false;
    std::size_t width = 0;
    for (const sheet::row& row : from.rows_) {
      offsets = offsets || row.offset;
      if (const auto* cells_of = std::get_if<cells>(&row.value);
          std::holds_alternative<cell>(row.value) || (cells_of && !follows(from, row))) {
        width = std::max(width, row.name.size());
      }
    }
    const std::size_t value_column = indent + (offsets ? 9 : 0) + width + 2;
    const auto head = [&](const sheet::row& row) {
      const std::string offset = row.offset ? fmt::format("{:#05x}", *row.offset) : std::string();
      fmt::print(to, "{:{}}", "", indent);
      if (offsets) fmt::print(to, "{:>7}  ", offset);
      fmt::print(to, "{:<{}}  ", row.name, width);
    };
    for (const sheet::row& row : from.rows_) {
      std::visit(overloaded{[&](const cell& value) {
                              head(row);
                              const auto lines = split_lines(row.shown.empty() ? text_of_cell(value) : row.shown);
                              if (lines.size() == 1) {
                                fmt::print(to, "{}\n", lines[0]);
                                return;
                              }
                              fmt::print(to, "\n");
                              for (const std::string& each : lines) fmt::print(to, "{:{}}{}\n", "", indent + 9, each);
                            },
                            [&](const cells& values) {
                              const bool beside = follows(from, row);
                              if (!beside) head(row);
                              words(values, value_column, beside);
                            },
                            [&](const std::vector<sheet::line>& lines) {
                              fmt::print(to, "\n{:{}}{}: {}\n", "", indent, row.name,
                                         lines.empty() ? "none" : fmt::format("{}", lines.size()));
                              for (const auto& each : lines) fmt::print(to, "{:{}}{}\n", "", indent + 2, each.text);
                            },
                            [&](const sheet& inner) { section(row.name, inner, indent); },
                            [&](const std::vector<sheet>& items) {
                              if (items.empty()) fmt::print(to, "\n{:{}}{}: none\n", "", indent, row.name);
                              for (std::size_t i = 0; i < items.size(); ++i) {
                                section(fmt::format("{}[{}]", row.name, i), items[i], indent);
                              }
                            }},
                 row.value);
    }
  }

 private:
  // follows says whether a row of cells explains the row before it: policy_bits follows policy.
  static bool follows(const sheet& from, const sheet::row& row) {
    if (&row == from.rows_.data()) return false;
    return row.name.starts_with((&row - 1)->name + "_");
  }

  void section(const std::string& name, const sheet& inner, std::size_t indent) const {
    fmt::print(to, "\n{:{}}{}{}{}\n", "", indent, name, inner.title().empty() ? "" : ": ", printable(inner.title()));
    print(inner, indent + 2);
  }

  void words(const cells& values, std::size_t column, bool new_line) const {
    const auto all = words_of(values);
    if (all.empty()) {
      if (!new_line) fmt::print(to, "-\n");
      return;
    }
    if (new_line) fmt::print(to, "{:{}}", "", column);
    std::size_t at = 0;
    for (const std::string& word : all) {
      if (at != 0 && column + at + 1 + word.size() > std::max(line_width, column + 40)) {
        fmt::print(to, "\n{:{}}", "", column);
        at = 0;
      }
      fmt::print(to, "{}{}", at == 0 ? "" : " ", word);
      at += word.size() + (at == 0 ? 0 : 1);
    }
    fmt::print(to, "\n");
  }
};

std::string sheet::json() const {
  return sheet_json::of(*this).dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

void sheet::print(std::FILE* to) const { sheet_text{to}.print(*this, 2); }

}  // namespace command::inspection
