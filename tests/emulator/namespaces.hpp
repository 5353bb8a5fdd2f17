// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/namespaces.hpp: namespaces in which the emulated machine's files have their real paths.
#pragma once

#include "filesystem.hpp"
#include "stage.hpp"

#include <string>

namespace emulator {

// enter_namespaces puts the next child of this process into new user, mount and pid namespaces, as root there. As root
// without user namespaces, it does without. Otherwise it is a line that says why it cannot be.
std::string enter_namespaces();

// mount_machine mounts the filesystem and binds its parts to /dev, /sys/kernel and /sys/class/misc, which have nothing
// else in them than usual devices and what the stage has. Otherwise it is a line that says what did not work.
std::string mount_machine(const stage& as, filesystem& files);

// probe_mounts tries the kinds of mount that mount_machine needs, without a machine. It is a line like the others'.
std::string probe_mounts();

// proc_is_own says whether /proc tells of the processes in this namespace.
bool proc_is_own();

}  // namespace emulator
