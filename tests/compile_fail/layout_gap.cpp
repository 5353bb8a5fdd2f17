// expect: layout: a row begins after the row above it ends, and leaves a gap
// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/layout.hpp>

#include <cstdint>

namespace layout = unitee::layout;

using version = layout::le<"version", 0x00, std::uint32_t>;
#ifdef UNITEE_CORRECTED
using all = layout::table<0x10, version, layout::zero<0x04, 4>, layout::le<"policy", 0x08, std::uint64_t>>;
#else
using all = layout::table<0x10, version, layout::le<"policy", 0x08, std::uint64_t>>;
#endif

static_assert(all::size == 0x10);
