// expect: layout: the rows do not add up to the table's size
// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/layout.hpp>

#include <cstdint>

namespace layout = unitee::layout;

using version = layout::le<"version", 0x00, std::uint32_t>;
#ifdef UNITEE_CORRECTED
using all = layout::table<0x04, version>;
#else
using all = layout::table<0x05, version>;
#endif

static_assert(all::size == 0x04);
