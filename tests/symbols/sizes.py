#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that code with no_observer named is no larger than code without, and smaller than code that somebody watches.

usage: sizes.py NM SILENT NOBODY SOMEBODY

The compiler may inline here what it calls there: one percent is allowed for that.
"""

import re
import subprocess
import sys


def code_size(nm, file):
    listed = subprocess.run([nm, "-S", "--defined-only", file], stdout=subprocess.PIPE, text=True, check=True).stdout
    return sum(int(size, 16) for size in re.findall(r"^[0-9a-f]+ ([0-9a-f]+) [tTwW] ", listed, re.MULTILINE))


def main():
    if len(sys.argv) != 5:
        return __doc__
    silent, nobody, somebody = (code_size(sys.argv[1], file) for file in sys.argv[2:])
    print(f"code of {silent} bytes; with no_observer {nobody}, with an observer {somebody}")
    if silent < 10000:
        return "that is no code to speak of"
    if nobody - silent > silent / 100:
        return "no_observer costs something"
    if somebody - nobody < 1000:
        return "an observer makes no difference: the measure is wrong"
    return 0


if __name__ == "__main__":
    sys.exit(main())
