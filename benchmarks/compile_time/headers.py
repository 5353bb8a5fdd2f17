#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what including a header costs on top of an empty file: seconds of processor time, and megabytes of memory.

usage: headers.py INCLUDE_DIR [HEADER]...

Without a HEADER, all that INCLUDE_DIR has below unitee/. Every compiler that is there compiles (-fsyntax-only) every file;
the figure is the least of three rounds where there is a target, and of one round elsewhere. Two files stand beside them
for comparison: what the standard library and OpenSSL cost whoever includes them. Takes about five minutes.
Exit status 0: all targets met; 1: a target was missed.
"""

import collections
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

COMPILERS = ["g++", "clang++-14"]
CORE = "unitee/unitee.hpp"  # parse, verify, appraise, derive, seal; no JSON
PARSE_ONLY = {"bytes", "model", "snp", "tdx", "evidence.hpp", "failure.hpp", "part.hpp", "report_data.hpp", "result.hpp"}
PEERS = {
    "standard library: vector, string, algorithm": "#include <algorithm>\n#include <string>\n#include <vector>\n",
    "OpenSSL: x509v3.h and evp.h": "#include <openssl/evp.h>\n#include <openssl/x509v3.h>\n",
}
Cost = collections.namedtuple("Cost", "seconds megabytes")


def target(header):
    """Seconds that the header may cost, or nothing."""
    if header == CORE:
        return 0.8
    return 0.25 if pathlib.PurePath(header).parts[1] in PARSE_ONLY else None


def compile_once(compiler, include, source):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-I", include, source]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    messages = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"headers.py: does not compile: {' '.join(map(str, command))}\n{messages}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def least(compiler, include, text, rounds):
    with tempfile.TemporaryDirectory() as directory:
        source = pathlib.Path(directory, "one.cpp")
        source.write_text(text, encoding="utf-8")
        costs = [compile_once(compiler, include, source) for _ in range(rounds)]
    return Cost(min(c.seconds for c in costs), min(c.megabytes for c in costs))


def main():
    include, *headers = sys.argv[1:]
    compilers = [name for name in COMPILERS if shutil.which(name)]
    if not headers:
        found = pathlib.Path(include).rglob("*.hpp")
        headers = sorted(str(path.relative_to(include)) for path in found if path.name != "ipsec_mb.hpp")  # needs Intel's
    empty = {name: least(name, include, "", 5) for name in compilers}
    print(f"{'included':<52}" + "".join(f"{name:>20}" for name in compilers) + "   target")
    missed = 0

    def line(what, text, limit):
        nonlocal missed
        columns = f"{what:<52}"
        late = False
        for name in compilers:
            cost = least(name, include, text, 3 if limit else 1)
            seconds = cost.seconds - empty[name].seconds
            late = late or (limit is not None and seconds > limit)
            columns += f"{seconds:>9.2f} s {cost.megabytes - empty[name].megabytes:>6.0f} MB"
        verdict = "" if limit is None else f"   {limit:.2f} s  {'MISSED' if late else 'met'}"
        print(columns + verdict, flush=True)
        missed += late

    for what, text in PEERS.items():
        line(what, text, None)
    for header in headers:
        line(header, f"#include <{header}>\n", target(header))
    if missed:
        print(f"{missed} missed their target")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
