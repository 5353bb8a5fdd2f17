#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the library as one header.

usage: amalgamate.py [--json] FILE

FILE gets every header, each once and after those that it includes, without those in json/ unless they are asked for. The
same headers give the same bytes. A program includes FILE or headers of unitee, not both: an installation does not have it.

Third-party and standard headers are included where they are first needed. A header that is included on a condition is there
without it: all backends are, and UNITEE_BACKEND_... chooses among them as ever. Only what needs a library that few have
stays within its condition: crypto/ipsec_mb.hpp, which UNITEE_WITH_IPSEC_MB=1 asks for.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE_DIR = ROOT / "include"
OPTIONAL = ["unitee/crypto/ipsec_mb.hpp"]

INCLUDE = re.compile(r"\s*#\s*include\s*<([^>]+)>")
CONDITION = re.compile(r"\s*#\s*(if|endif)")
RULE = f"// {'-' * 117}\n"
HEAD = re.compile(r"// SPDX-License-Identifier: Apache-2.0\n(//\n)?")


class Amalgamation:
    def __init__(self):
        self.order, self.started, self.outside, self.text = [], set(), set(), []

    def lines(self, name):
        """A header's lines, each with the name that it includes, if any, and whether it stands within a condition."""
        text = HEAD.sub("", (INCLUDE_DIR / name).read_text(encoding="utf-8"), count=1)
        depth = 0
        for line in text.replace("#pragma once\n", "").splitlines(keepends=True):
            condition = CONDITION.match(line)
            depth += {"if": 1, "endif": -1}[condition[1]] if condition else 0
            include = INCLUDE.match(line)
            yield line, include and include[1], depth > 0

    def needs(self, name):
        """The headers of unitee that come before this one, and before an optional one that it includes."""
        for _, include, _ in self.lines(name):
            if include in OPTIONAL:
                yield from self.needs(include)
            elif include and include.startswith("unitee/"):
                yield include

    def add(self, name):
        if name in self.started:
            return
        self.started.add(name)
        for other in self.needs(name):
            self.add(other)
        self.text += ["\n", RULE, *self.body(name)]

    def body(self, name, optional=False):
        """What is left of a header without what is said once for all at the top, or was by an earlier header."""
        self.order.append(name)
        for line, include, conditional in self.lines(name):
            if include is None:
                yield line
            elif include in OPTIONAL:
                yield from self.body(include, optional=True)
            elif not include.startswith("unitee/") and include not in self.outside:
                if not conditional and not optional:
                    self.outside.add(include)
                yield line

    def written(self):
        said = (INCLUDE_DIR / "unitee/version.hpp").read_text(encoding="utf-8")
        version = re.search(r'\bversion = "([^"]+)"', said)[1]
        license = (ROOT / "LICENSE").read_text(encoding="utf-8").strip("\n")
        top = ["SPDX-License-Identifier: Apache-2.0", "",
               f"unitee {version} as one header, which cmake/amalgamate.py has written; do not edit it.", "",
               "It includes OpenSSL and fmt: link libcrypto, fmt and threads. Contents:", "",
               *(f"  {name}" for name in self.order), "", "The license:", "", *license.splitlines()]
        text = "".join(f"// {line}".rstrip() + "\n" for line in top) + "#pragma once\n" + "".join(self.text)
        return re.sub(r"\n{3,}", "\n\n", text)


def main():
    arguments = sys.argv[1:]
    json = "--json" in arguments
    files = [argument for argument in arguments if argument != "--json"]
    if len(files) != 1 or files[0].startswith("-"):
        return __doc__
    amalgamation = Amalgamation()
    for name in sorted(path.relative_to(INCLUDE_DIR).as_posix() for path in (INCLUDE_DIR / "unitee").rglob("*.hpp")):
        if name not in OPTIONAL and (json or not name.startswith("unitee/json/")):
            amalgamation.add(name)
    pathlib.Path(files[0]).write_text(amalgamation.written(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
