#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds programs with nothing but one compiler's command line and what pkg-config says of an installed unitee, and with
every warning that a careful project turns on: these headers are no system headers.

usage: pkg_config.py COMPILER CMAKE SOURCE PREFIX VERSION DIRECTORY

Every standard with and without exceptions, a program for unitee-json, and a program for the backend with which another
installation, of SOURCE and made here, was configured.
"""

import os
import pathlib
import shutil
import sys

from compilers import HERE, MODES, SKIPPED, STANDARDS, WARNINGS, run, there

BACKEND = "configfs-tdx-guest"


def said(prefix, *question):
    """What pkg-config says of an installation and of the packages that are the system's."""
    environment = {**os.environ, "PKG_CONFIG_PATH": str(prefix / "share" / "pkgconfig")}
    return run("pkg-config", *question, env=environment).split()


def build(compiler, prefix, package, source, standard, exceptions, program, *more):
    program.unlink(missing_ok=True)
    flags = said(prefix, "--cflags", "--libs", package)
    run(compiler, STANDARDS[standard], *MODES[exceptions], f"-DTRY_STANDARD={standard}", f"-DTRY_EXCEPTIONS={exceptions}",
        *more, *WARNINGS[compiler], "-Werror", HERE / source, *flags, "-o", program)
    return run(program).strip()


def installed_with_backend(cmake, source, directory):
    options = [f"-DUNITEE_{part}=OFF" for part in ("BUILD_TESTS", "BUILD_EXAMPLES", "BUILD_BENCHMARKS")]
    run(cmake, "-S", source, "-B", directory / "build", f"-DUNITEE_BACKEND={BACKEND}", *options)
    run(cmake, "--install", directory / "build", "--prefix", directory / "prefix")
    return directory / "prefix"


def main():
    compiler, cmake, source, prefix, version, directory = sys.argv[1:]
    prefix, directory = pathlib.Path(prefix), pathlib.Path(directory)
    if not there(compiler):
        return SKIPPED
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)

    wrong = []
    if said(prefix, "--modversion", "unitee", "unitee-json") != [version, version]:
        wrong.append("unitee.pc and unitee-json.pc do not say the version")
    for standard in STANDARDS:
        for exceptions in MODES:
            printed = build(compiler, prefix, "unitee", "program.cpp", standard, exceptions, directory / "program")
            if printed != f"unitee {version}":
                wrong.append(f"the program as C++{standard} prints {printed}")
    build(compiler, prefix, "unitee-json", "json_program.cpp", 20, 1, directory / "json_program")
    chosen = installed_with_backend(cmake, source, directory)
    build(compiler, chosen, "unitee", "program.cpp", 20, 1, directory / "program", f'-DTRY_BACKEND="{BACKEND}"')
    return "\n".join(wrong) or 0


if __name__ == "__main__":
    sys.exit(main())
