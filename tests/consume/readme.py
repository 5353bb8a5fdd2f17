#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does what README.md says to a project that uses the library: its CMake lines, its pkg-config and its single header, each
as it stands there, with the program for attesters.

usage: readme.py CMAKE SOURCE PREFIX DIRECTORY
"""

import os
import pathlib
import re
import shutil
import sys

from compilers import run

PKG_CONFIG = "pkg-config --cflags --libs unitee"
AMALGAMATE = "cmake/amalgamate.py unitee_all.hpp"


def block(text, language):
    return re.search(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[1]


def by_cmake(cmake, source, text, directory):
    (directory / "third_party").mkdir(parents=True)
    (directory / "third_party" / "unitee").symlink_to(source)
    (directory / "main.cpp").write_text(block(text, "cpp"), encoding="utf-8")
    head, add = "cmake_minimum_required(VERSION 3.23)\nproject(theirs LANGUAGES CXX)\n", "add_executable(runtime main.cpp)\n"
    (directory / "CMakeLists.txt").write_text(head + add + block(text, "cmake"), encoding="utf-8")
    run(cmake, "-S", directory, "-B", directory / "build")
    run(cmake, "--build", directory / "build")
    return directory / "build" / "runtime"


def by_pkg_config(prefix, text, directory):
    environment = {**os.environ, "PKG_CONFIG_PATH": str(prefix / "share" / "pkgconfig")}
    (directory / "main.cpp").write_text(block(text, "cpp"), encoding="utf-8")
    run("sh", "-c", f"c++ -std=c++20 main.cpp $({PKG_CONFIG}) -o theirs", cwd=directory, env=environment)
    return directory / "theirs"


def as_one_header(source, directory):
    (directory / "cmake").symlink_to(source / "cmake")
    run("sh", "-c", AMALGAMATE, cwd=directory)
    return directory / "unitee_all.hpp"


def main():
    cmake, source, prefix, directory = sys.argv[1], *map(pathlib.Path, sys.argv[2:])
    text = (source / "README.md").read_text(encoding="utf-8")
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    missing = [command for command in (PKG_CONFIG, AMALGAMATE) if f"`{command}`" not in text]
    if missing:
        return f"README.md does not say {missing}"
    for program in (by_cmake(cmake, source, text, directory / "project"), by_pkg_config(prefix, text, directory)):
        run(program)
    return 0 if as_one_header(source, directory).stat().st_size > 0 else "an empty header"


if __name__ == "__main__":
    sys.exit(main())
