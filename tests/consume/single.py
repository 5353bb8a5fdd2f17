#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the library as one header, and builds and runs a program of two files that include it, compiled differently.

usage: single.py COMPILER SOURCE DIRECTORY [LIBRARY]

The header must be the same, byte for byte, when it is written again from a copy of SOURCE that has other times and another
order on disk. One file has the headers in json/ as well, every warning that a careful project turns on, C++20, exceptions,
and, where its LIBRARY is given, Intel's engine; the other has none of that and C++23. Both choose a backend.
"""

import pathlib
import random
import re
import shutil
import subprocess
import sys

from compilers import HERE, MODES, SKIPPED, STANDARDS, WARNINGS, run, there

SOURCES = HERE / "single"


def written(source, file, *options):
    file.parent.mkdir(parents=True, exist_ok=True)
    run(sys.executable, source / "cmake" / "amalgamate.py", *options, file)
    return file.read_bytes()


def copied(source, to):
    """What the header is made from, written to disk in another order and later."""
    files = [source / "cmake" / "amalgamate.py", source / "LICENSE", *(source / "include").rglob("*.hpp")]
    random.shuffle(files)
    for file in files:
        copy = to / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    return to


def contents(text):
    """What the header says that it contains, and the titles of what it contains."""
    told = text.split("Contents:\n//\n", 1)[1].split("\n//\n", 1)[0]
    return re.findall(r"^//   (\S+)$", told, re.MULTILINE), re.findall(r"^// (unitee/\S+\.hpp): ", text, re.MULTILINE)


def main():
    compiler, source, directory, *library = sys.argv[1:]
    source, directory = pathlib.Path(source), pathlib.Path(directory)
    if not there(compiler):
        return SKIPPED
    shutil.rmtree(directory, ignore_errors=True)
    plain = written(source, directory / "plain" / "unitee_all.hpp")
    full = written(source, directory / "full" / "unitee_all.hpp", "--json")
    wrong = []
    if written(copied(source, directory / "copy"), directory / "again.hpp") != plain:
        wrong.append("a copy of the same headers gives other bytes")

    headers = {path.relative_to(source / "include").as_posix() for path in (source / "include").rglob("*.hpp")}
    for what, text, wanted in (("plain", plain, {name for name in headers if not name.startswith("unitee/json/")}),
                               ("full", full, headers)):
        told, titles = contents(text.decode())
        if len(told) != len(wanted) or set(told) != wanted or told != titles or b"#include <unitee/" in text:
            wrong.append(f"the {what} header does not contain what it should")

    flags = ["-Werror", "-c", f"-I{SOURCES}", "-DUNITEE_BACKEND_INSECURE_SIMULATED_TD"]
    engine = ["-DUNITEE_WITH_IPSEC_MB=1"] if library else []
    run(compiler, STANDARDS[20], *MODES[1], *WARNINGS[compiler], *engine, *flags, f"-I{directory}/full",
        SOURCES / "main.cpp", "-o", directory / "main.o")
    run(compiler, STANDARDS[23], *MODES[0], *flags, f"-I{directory}/plain", SOURCES / "other.cpp",
        "-o", directory / "other.o")
    run(compiler, directory / "main.o", directory / "other.o", "-o", directory / "program",
        "-lcrypto", "-lfmt", "-pthread", *library)
    run(directory / "program")
    return "\n".join(wrong) or 0


if __name__ == "__main__":
    sys.exit(main())
