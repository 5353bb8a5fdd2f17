#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the headers of an installed prefix: headers.txt lists them, and no other; a program that includes all of them reads
each from there, so that it misses any one that is removed.

usage: headers.py COMPILER PREFIX DIRECTORY

To see that it does, the headers are copied to DIRECTORY, and every sixteenth is removed there, one at a time: all of them
would take half a minute. headers.txt is written by hand: a list that was found by looking would not miss a header that got
lost from the repository. That the headers compile is the business of others.
"""

import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
LIST = HERE / "headers.txt"
OPTIONAL = {"unitee/crypto/ipsec_mb.hpp": "intel-ipsec-mb.h"}  # headers that need a library which is not everywhere


def installed(include):
    return {file.relative_to(include).as_posix() for file in include.rglob("*") if file.is_file()}


def differences(promised, found):
    yield from (f"{name} is in {LIST.name}, and is not installed" for name in promised if name not in found)
    yield from (f"{name} is installed, and is not in {LIST.name}" for name in sorted(found - set(promised)))
    if promised != sorted(set(promised)):
        yield f"{LIST.name} is not sorted, or has a line twice"


def reads(compiler, include, names):
    """The files that a program reads which includes these headers; none when one of them, or of theirs, is not there."""
    text = "".join(f"#include <{name}>\n" for name in names)
    done = subprocess.run([compiler, "-std=c++20", "-M", f"-I{include}", "-x", "c++", "-"], input=text,
                          capture_output=True, text=True)
    files = done.stdout.replace("\\\n", " ").split()[1:]
    return {pathlib.Path(file).resolve() for file in files} if done.returncode == 0 else set()


def can_be_tried(compiler, include, name):
    return name not in OPTIONAL or os.environ.get("CI") == "true" or reads(compiler, include, [OPTIONAL[name]])


def removals(compiler, include, names):
    """What is not missed, of every sixteenth header."""
    for name in names[::16]:
        away = include.parent / "removed.hpp"
        (include / name).rename(away)
        if reads(compiler, include, names):
            yield f"nobody misses {name}"
        away.rename(include / name)


def main():
    compiler, prefix, directory = sys.argv[1], *map(pathlib.Path, sys.argv[2:])
    include = (prefix / "include").resolve()
    promised = LIST.read_text(encoding="utf-8").split()
    wrong = list(differences(promised, installed(include)))
    if wrong:
        return "\n".join(wrong)

    names = [name for name in promised if can_be_tried(compiler, include, name)]
    read = reads(compiler, include, names)
    wrong += [f"the program does not read {name} from {include}" for name in names if include / name not in read]

    shutil.rmtree(directory, ignore_errors=True)
    copy = directory / "include"
    shutil.copytree(include, copy)
    if not reads(compiler, copy, names):
        wrong.append("the program does not read the copy")
    wrong += removals(compiler, copy, names)
    return "\n".join(wrong) or 0


if __name__ == "__main__":
    sys.exit(main())
