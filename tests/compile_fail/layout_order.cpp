// expect: layout: a row begins before the row above it ends
// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/layout.hpp>

#include <cstdint>

namespace layout = unitee::layout;

using version = layout::le<"version", 0x00, std::uint32_t>;
#ifdef UNITEE_CORRECTED
using all = layout::table<0x0c, version, layout::le<"policy", 0x04, std::uint64_t>>;
#else
using all = layout::table<0x0c, layout::le<"policy", 0x04, std::uint64_t>, version>;
#endif

static_assert(all::size == 0x0c);
