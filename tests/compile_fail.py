#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that one file does not compile, with the sentence that it promises, and does compile once it is corrected.

usage: compile_fail.py FILE -- COMPILER [OPTION]...

The file's first line is `// expect: <sentence>`. With -DUNITEE_CORRECTED the file must compile, without a warning; without
it the compiler must fail and its messages must contain the sentence.
"""

import subprocess
import sys


def compile_(command, source, *options):
    full = [*command, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", *options, source]
    done = subprocess.run(full, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def main():
    source, dashes, *command = sys.argv[1:]
    assert dashes == "--" and command
    with open(source, encoding="utf-8") as file:
        mark, _, sentence = file.readline().strip().partition("expect: ")
    if mark != "// " or not sentence:
        return f"{source}: the first line is not `// expect: <sentence>`"
    status, output = compile_(command, source, "-DUNITEE_CORRECTED")
    if status != 0:
        return f"{source}: the corrected form does not compile:\n{output}"
    status, output = compile_(command, source)
    if status == 0:
        return f"{source}: compiles, and should not"
    if sentence not in output:
        return f"{source}: does not compile, but the compiler never says `{sentence}`:\n{output}"
    return 0


if __name__ == "__main__":
    sys.exit(main())
