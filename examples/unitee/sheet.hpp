// SPDX-License-Identifier: Apache-2.0
//
// sheet.hpp: what `unitee inspect` has found in something, as JSON and as text.
#pragma once

#include <unitee/bytes/bits.hpp>
#include <unitee/bytes/view.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace command::inspection {

using bytes = std::vector<std::uint8_t>;

// printable is text with everything that is not printable ASCII escaped: it comes from outside and goes to a terminal.
std::string printable(std::string_view text);
std::string hex(unitee::byte_view octets);
inline std::string_view text_of(unitee::byte_view octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

// json_text is JSON already: it stands in the JSON output as it is.
struct json_text {
  std::string text;
};

// cell is one value; nothing is null.
using cell = std::variant<std::monostate, bool, std::uint64_t, std::string, bytes, json_text>;

// bytes_of is octets as a cell.
inline cell bytes_of(unitee::byte_view octets) { return bytes(octets.begin(), octets.end()); }

// cells are named values that belong together, such as the bits of a field.
using cells = std::vector<std::pair<std::string, cell>>;

// sheet is rows in order. In JSON it is an object; as text, each row is a line of offset, name and value.
class sheet {
 public:
  // line is one of many objects of one kind: an object in JSON, and a line of the given text.
  struct line {
    cells values;
    std::string text;
  };

  // The title stands beside the sheet's name in the text. The format, if there is one, is the JSON's first member.
  explicit sheet(std::string title = {}, std::string format = {});
  sheet(sheet&&) noexcept;
  sheet& operator=(sheet&&) noexcept;
  ~sheet();

  [[nodiscard]] const std::string& title() const noexcept { return title_; }
  [[nodiscard]] const std::string& format() const noexcept { return format_; }

  // put adds a value. `offset` is where it stands in the file; `shown` is its text where that is not the usual one.
  sheet& put(std::string name, cell value, std::optional<std::uint64_t> offset = {}, std::string shown = {});
  // put_cells adds an object; as text it follows the row before it.
  sheet& put_cells(std::string name, cells values);
  sheet& put_lines(std::string name, std::vector<line> lines);
  sheet& put_section(std::string name, sheet inner);
  sheet& put_list(std::string name, std::vector<sheet> items);

  // put_rows adds all rows of another sheet.
  sheet& put_rows(sheet other);

  // put_field adds a row of a layout table, which begins at `base` of the file.
  template <class Row, class Value>
  sheet& put_field(Row, const Value& value, std::size_t base = 0) {
    if constexpr (std::is_integral_v<Value>) {
      return put(Row::name, std::uint64_t{value}, base + Row::offset);
    } else {
      return put(Row::name, bytes(value.value.begin(), value.value.end()), base + Row::offset);
    }
  }

  // put_mask adds a field of bits as a number, and then its bits by name.
  template <class Row, class Bits>
  sheet& put_mask(Row, const Bits& bits, std::size_t base = 0) {
    put(Row::name, std::uint64_t{bits.value}, base + Row::offset, hexadecimal(bits.value));
    return put_bits(std::string(Row::name) + "_bits", bits);
  }
  template <class Bits>
  sheet& put_bits(std::string name, const Bits& bits) {
    cells out;
    std::uint64_t rest = bits.value;
    for (const unitee::bit_range& range : Bits::fields) {
      rest &= ~range.mask();
      out.emplace_back(range.name, range.width == 1 ? cell(range.of(bits.value) != 0) : cell(range.of(bits.value)));
    }
    if constexpr (requires { Bits::reserved_one; }) {
      rest &= ~Bits::reserved_one.mask();
      out.emplace_back(Bits::reserved_one.name, Bits::reserved_one.of(bits.value) != 0);
    }
    out.emplace_back("other", rest);  // bits without a name
    return put_cells(std::move(name), std::move(out));
  }

  [[nodiscard]] std::string json() const;
  void print(std::FILE* to) const;

  static std::string hexadecimal(std::uint64_t value);

 private:
  struct row;
  friend struct sheet_json;
  friend struct sheet_text;

  std::string title_;
  std::string format_;
  std::vector<row> rows_;
};

}  // namespace command::inspection
