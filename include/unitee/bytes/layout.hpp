// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/layout.hpp: a specification's table of fields, as a type that does not compile when it is wrong.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0::layout {

// field_name is a string literal as a template argument: the vendor's spelling of a field, in lower case.
template <std::size_t N>
struct field_name {
  char text[N]{};

  consteval field_name(const char (&literal)[N]) {  // implicit: le<"version", 0, std::uint32_t>
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }
};

namespace detail {

// window is `size` bytes at `offset`. A view that is too short for the table stops the program: parse checks it.
constexpr byte_view window(byte_view bytes, std::size_t offset, std::size_t size) noexcept {
  if (bytes.size() < offset + size) unitee::detail::stop();
  return bytes.subspan(offset, size);
}
constexpr byte_span window(byte_span bytes, std::size_t offset, std::size_t size) noexcept {
  if (bytes.size() < offset + size) unitee::detail::stop();
  return bytes.subspan(offset, size);
}

}  // namespace detail

// le is a row that holds a little-endian unsigned integer.
template <field_name Name, std::size_t Offset, class T>
struct le {
  static constexpr std::size_t offset = Offset;
  static constexpr std::size_t size = sizeof(T);
  static constexpr const char* name = Name.text;
  static constexpr bool reserved = false;

  static constexpr T read(byte_view bytes) noexcept {
    return load_le<T>(detail::window(bytes, offset, size).first<sizeof(T)>());
  }
  static constexpr void write(byte_span bytes, T value) noexcept {
    store_le<T>(detail::window(bytes, offset, size).first<sizeof(T)>(), value);
  }
};

// raw is a row of N bytes that mean Tag.
template <field_name Name, std::size_t Offset, std::size_t N, class Tag = void>
struct raw {
  static constexpr std::size_t offset = Offset;
  static constexpr std::size_t size = N;
  static constexpr const char* name = Name.text;
  static constexpr bool reserved = false;
  using type = fixed_bytes<N, Tag>;

  static constexpr type read(byte_view bytes) noexcept {
    type out;
    unitee::detail::copy_bytes(detail::window(bytes, offset, size), byte_span(out.value.data(), size));
    return out;
  }
  static constexpr std::span<const std::uint8_t, N> view(byte_view bytes) noexcept {
    return detail::window(bytes, offset, size).template first<N>();
  }
  static constexpr void write(byte_span bytes, const type& value) noexcept {
    unitee::detail::copy_bytes(byte_view(value.value.data(), size), detail::window(bytes, offset, size));
  }
};

// zero is a reserved row: parse refuses any byte of it that is not zero.
template <std::size_t Offset, std::size_t N>
struct zero {
  static constexpr std::size_t offset = Offset;
  static constexpr std::size_t size = N;
  static constexpr bool reserved = true;
};

// unused is a reserved row whose bytes may be anything, because the specification does not promise zeros.
template <field_name Name, std::size_t Offset, std::size_t N>
struct unused : raw<Name, Offset, N> {};

namespace detail {

// place is what a table knows of a row. Its checks go over places, not over types: they compile once for all tables.
struct place {
  std::size_t offset;
  std::size_t size;
  bool reserved;
};

consteval bool has_gap(const place* rows, std::size_t n) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < n; end = rows[i].offset + rows[i].size, ++i) {
    if (rows[i].offset > end) return true;
  }
  return false;
}

consteval bool has_overlap(const place* rows, std::size_t n) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < n; end = rows[i].offset + rows[i].size, ++i) {
    if (rows[i].offset < end) return true;
  }
  return false;
}

constexpr result<void> check_reserved(const place* rows, std::size_t n, byte_view bytes, part in) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    if (!rows[i].reserved) continue;
    const std::size_t at = first_nonzero(window(bytes, rows[i].offset, rows[i].size));
    if (at != rows[i].size) return failure{errc::reserved_not_zero, rows[i].offset + at, in};
  }
  return {};
}

}  // namespace detail

// table is the whole of a structure, row by row in the order of the offsets.
template <std::size_t Total, class... Rows>
struct table {
  static constexpr detail::place places[] = {{Rows::offset, Rows::size, Rows::reserved}...};
  static_assert(!detail::has_overlap(places, sizeof...(Rows)), "layout: a row begins before the row above it ends");
  static_assert(!detail::has_gap(places, sizeof...(Rows)),
                "layout: a row begins after the row above it ends, and leaves a gap");
  static_assert((0 + ... + Rows::size) == Total, "layout: the rows do not add up to the table's size");

  static constexpr std::size_t size = Total;

  // check refuses the first reserved byte that is not zero, in a view of at least `size` bytes.
  static constexpr result<void> check(byte_view bytes, part in) noexcept {
    return detail::check_reserved(places, sizeof...(Rows), bytes, in);
  }

  // visit calls f(Row{}, value) for every row that is not reserved, in order; Row has name, offset and size.
  template <class F>
  static constexpr void visit(byte_view bytes, F&& f) {
    (visit_row<Rows>(bytes, f), ...);
  }

 private:
  template <class Row, class F>
  static constexpr void visit_row([[maybe_unused]] byte_view bytes, [[maybe_unused]] F& f) {
    if constexpr (!Row::reserved) f(Row{}, Row::read(bytes));
  }
};

// group is some rows of a table, for the versions of a structure that share them.
template <class... Rows>
struct group {};

namespace detail {

template <std::size_t Total, class Joined, class... Groups>
struct join;

template <std::size_t Total, class... Rows>
struct join<Total, group<Rows...>> {
  using type = table<Total, Rows...>;
};

template <std::size_t Total, class... Joined, class... Rows, class... Groups>
struct join<Total, group<Joined...>, group<Rows...>, Groups...> : join<Total, group<Joined..., Rows...>, Groups...> {};

}  // namespace detail

// table_of is the table made of all rows of the groups, in order.
template <std::size_t Total, class... Groups>
using table_of = typename detail::join<Total, group<>, Groups...>::type;

}  // namespace unitee::inline v0::layout
