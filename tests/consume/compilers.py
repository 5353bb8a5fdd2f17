# SPDX-License-Identifier: Apache-2.0
"""The compilers that the scripts beside this one try, and what they have in common."""

import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
COMPILERS = ["g++", "clang++-14"]
SKIPPED = 77

# What a careful project turns on. What is left out cannot be pleased, by C++20 or by headers alone, or is a question of
# style: a default beside all enumerators, or none (-Wswitch-*); a cast that 32-bit machines need (-Wuseless-cast, and the
# comparison that Clang calls tautological); a zero or an unused function in somebody else's macro; GCC's -Weffc++.
WARNINGS = {
    "g++": ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wold-style-cast",
            "-Wcast-qual", "-Wcast-align=strict", "-Wduplicated-cond", "-Wduplicated-branches", "-Wlogical-op",
            "-Wdouble-promotion", "-Wformat=2", "-Woverloaded-virtual", "-Wnon-virtual-dtor", "-Wundef", "-Wunused-macros",
            "-Wredundant-decls", "-Wextra-semi", "-Wmissing-declarations", "-Wfloat-equal", "-Wsuggest-override",
            "-Wctor-dtor-privacy", "-Wmismatched-tags", "-Wredundant-tags", "-Wimplicit-fallthrough=5", "-Wvla"],
    "clang++-14": ["-Weverything", "-Wno-padded", "-Wno-c++98-compat", "-Wno-c++98-compat-pedantic", "-Wno-c++20-compat",
                   "-Wno-pre-c++14-compat", "-Wno-pre-c++17-compat", "-Wno-pre-c++20-compat", "-Wno-switch-enum",
                   "-Wno-covered-switch-default", "-Wno-ctad-maybe-unsupported", "-Wno-weak-vtables",
                   "-Wno-tautological-type-limit-compare", "-Wno-zero-as-null-pointer-constant",
                   "-Wno-used-but-marked-unused"],
}

STANDARDS = {20: "-std=c++20", 23: "-std=c++2b"}
MODES = {1: [], 0: ["-fno-exceptions", "-fno-rtti"]}


def there(compiler):
    """Whether the compiler is there. In CI it must be."""
    if shutil.which(compiler):
        return True
    if os.environ.get("CI") == "true":
        sys.exit(f"there is no {compiler}")
    print(f"skipped: there is no {compiler}")
    return False


def run(*command, **options):
    """The output of a command; one that fails ends the script with what it said."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}failed: {' '.join(map(str, command))}")
    return done.stdout
