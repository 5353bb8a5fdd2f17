// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/fuse_calls.hpp: what the kernel asks of the filesystem, answered.
#pragma once

#define FUSE_USE_VERSION 35

#include <fuse_lowlevel.h>

namespace emulator {

// fuse_calls are the operations of a session whose user data is a `filesystem`.
const ::fuse_lowlevel_ops& fuse_calls();

}  // namespace emulator
