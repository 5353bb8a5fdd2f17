#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the seconds of compile time that a header adds to an empty file, beside those of OpenSSL's X.509 and <vector>.

usage: headers.py INCLUDE_DIR

Every compiler that is there compiles (-fsyntax-only) every file once a round; the figure is the median of five rounds.
"""

import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

COMPILERS = ["g++", "clang++-14"]
EMPTY = ""
PEER = "#include <openssl/x509v3.h>\n#include <vector>\n"
HEADERS = ["unitee/snp/report.hpp", "unitee/verifier.hpp", "unitee/unitee.hpp"]
ROUNDS = 5


def seconds(compiler, include, source):
    """The processor time of one compilation: what else runs on the machine is not counted."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([compiler, "-std=c++20", "-fsyntax-only", "-I", include, source], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def added(compiler, include, directory):
    """The median of what each text adds to the empty file, round by round."""
    texts = [EMPTY, PEER, *(f"#include <{header}>\n" for header in HEADERS)]
    sources = [pathlib.Path(directory, f"{number}.cpp") for number in range(len(texts))]
    for source, text in zip(sources, texts):
        source.write_text(text, encoding="utf-8")
        seconds(compiler, include, source)  # so that all files are in the page cache
    rounds = [[seconds(compiler, include, source) for source in sources] for _ in range(ROUNDS)]
    return {text: statistics.median(times[i] - times[0] for times in rounds) for i, text in enumerate(texts)}


def main():
    (include,) = sys.argv[1:]
    for compiler in filter(shutil.which, COMPILERS):
        with tempfile.TemporaryDirectory() as directory:
            figures = added(compiler, include, directory)
        peer = figures[PEER]
        for header in HEADERS:
            ours = figures[f"#include <{header}>\n"]
            what = f"include {header}, {compiler}"
            print(f"{what:<44} {ours:>10.2f} s {peer:>10.2f} s {ours / peer:>7.2f}   none")  # the columns of table.hpp


if __name__ == "__main__":
    sys.exit(main())
