#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks on its symbols that a program has none of the code that its backend or its task does without.

usage: symbols.py NM PROGRAM RULE... | symbols.py NM PROGRAM --caught RULE...

With --caught each of the rules must find something: a check that cannot fail says nothing.
"""

import re
import subprocess
import sys

# What no symbol of unitee's, and none that the program wants of a library, may match.
RULES = {
    "no-tdx": (r"tdx|configfs", None),
    "no-snp": (r"snp|sev_guest", None),
    "no-simulator": (r"simulated|insecure", None),
    "no-verifier": (r"verif|apprais|endorse|trust_anchor|unitee::v0::(certificate|crl|chain)\b",
                    r"X509|EVP_PKEY|EVP_DigestVerify|ECDSA|d2i_"),
    "no-observer": (r"step_times|tell_expiry|(step|key|segment|expiry)_event", r"clock"),
}


def symbols(nm, program):
    """The names in a program that are unitee's, and those that it leaves to libraries."""
    listed = subprocess.run([nm, "-C", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    own, wanted = set(), set()
    for line in listed.splitlines():
        if match := re.match(r"[0-9a-f]* +(\w) (.*)", line):
            kind, name = match.groups()
            if "unitee::" in name:
                own.add(name)
            elif kind == "U":
                wanted.add(name)
    return own, wanted


def main():
    if len(sys.argv) < 4:
        return __doc__
    nm, program, *rules = sys.argv[1:]
    must_find = rules[0] == "--caught"
    own, wanted = symbols(nm, program)
    if not own or not wanted:
        return f"{program}: no symbols to look at"
    said = []
    for rule in rules[1:] if must_find else rules:
        in_own, in_wanted = RULES[rule]
        found = sorted(name for name in own if re.search(in_own, name))
        from_libraries = sorted(name for name in wanted if in_wanted and re.search(in_wanted, name))
        if not must_find:
            said += [f"{program}: {rule}, but it has {name}" for name in found + from_libraries]
        elif not found or (in_wanted and not from_libraries):
            said.append(f"{program}: {rule} finds nothing, and should")
    return "\n".join(said) or 0


if __name__ == "__main__":
    sys.exit(main())
