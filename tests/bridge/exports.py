#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the bridge's shared library shows the functions of its header, and nothing else.

usage: exports.py NM LIBRARY HEADER
"""

import re
import subprocess
import sys

# What compilers and their runtimes add for sanitizers and coverage is nobody's interface.
INSTRUMENTS = re.compile(r"_*(odr_)?(asan|ubsan|tsan|sancov|gcov|llvm)_|mangle_path$")


def main():
    if len(sys.argv) != 4:
        return __doc__
    nm, library, header = sys.argv[1:]
    with open(header, encoding="ascii") as file:
        text = re.sub(r"//.*", "", file.read())
    declared = set(re.findall(r"^UNITEE_BRIDGE_\w+ [^;(]*?(\w+)\(", text, re.MULTILINE))
    listed = subprocess.run([nm, "-D", "--defined-only", library], stdout=subprocess.PIPE, text=True, check=True).stdout
    shown = {line.split()[-1].split("@")[0] for line in listed.splitlines()}
    shown = {name for name in shown if not INSTRUMENTS.match(name)}
    print(f"{len(declared)} functions declared, {len(shown)} shown")
    said = [f"{name}: declared in the header and not shown" for name in sorted(declared - shown)]
    said += [f"{name}: shown and not declared in the header" for name in sorted(shown - declared)]
    if not declared:
        said.append(f"{header}: declares no function")
    return "\n".join(said) or 0


if __name__ == "__main__":
    sys.exit(main())
