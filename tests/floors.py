#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the arrows between the floors: reads the #include lines of every header and prints those that point the wrong way.

usage: floors.py INCLUDE_DIR | floors.py --self-test
"""

import pathlib
import re
import sys
import tempfile

# What each floor may include, besides itself. A new folder gets a line here.
CHAIN = ["bytes", "model", "posix", "crypto", "snp", "tdx", "launch", "evidence", "verify", "kdf", "seal"]
BELOW = {
    "bytes": [],
    "model": ["bytes"],
    "posix": ["bytes"],
    "crypto": ["bytes"],
    "snp": ["bytes"],
    "tdx": ["bytes"],
    "launch": ["bytes", "crypto", "snp"],
    "evidence": ["bytes", "crypto", "snp", "tdx"],
    "verify": ["bytes", "crypto", "snp", "tdx", "evidence"],
    "kdf": ["bytes", "crypto", "snp", "tdx", "evidence", "verify"],
    "seal": ["bytes", "model", "posix", "crypto", "snp", "tdx", "evidence", "verify", "kdf"],
    "guest": ["bytes", "posix", "crypto", "snp", "tdx", "launch", "evidence", "kdf"],
    "format": CHAIN,
    # Outer floors: each includes what it needs of the chain, and unitee.hpp includes none of them.
    "json": CHAIN,
    "eventlog": CHAIN,
    "vtpm": CHAIN,
    "gpu": CHAIN + ["json"],
    "broker": CHAIN + ["json", "guest"],
    "tls": CHAIN,
}

# Which floor a header at the top belongs to, where its name is not the floor's.
TOP = {"failure": "bytes", "part": "bytes", "result": "bytes", "version": "bytes", "unavailable": "bytes",
       "expected": "bytes", "exceptions": "bytes", "observer": "bytes", "report_data": "evidence", "transcript": "evidence",
       "this_guest": "guest", "any_guest": "guest"}
# The headers that only gather others: the floors that they reach whole, and those that they may reach.
GATHERS = {
    "unitee.hpp": (["evidence", "verify", "kdf", "seal"], [floor for floor in CHAIN if floor != "launch"]),
    "verifier.hpp": (["evidence", "verify"], ["bytes", "crypto", "snp", "tdx", "evidence", "verify"]),
}

# Headers that are included by name alone: what they need of the standard library is not for everybody.
APART = {"verify/snp_verifier.hpp": "<shared_mutex>", "verify/tdx_verifier.hpp": "<shared_mutex>",
         "seal/source_istream.hpp": "<istream>"}

# Headers outside of the standard library, and the floors that may include them.
THIRD_PARTY = [("openssl/", ["crypto"]), ("intel-ipsec-mb.h", ["crypto"]), ("fmt/", ["format"]), ("nlohmann/", ["json"])]
SYSTEM = ["posix", "guest", "seal"]  # Linux and POSIX headers: everything else with a slash or ending in .h
STANDARD_ONLY = ["bytes", "model", "snp", "tdx"]  # also through what they include
LIGHT = ["bytes", "model", "posix", "crypto", "snp", "tdx", "launch"]
HEAVY = {"string", "memory", "functional", "chrono", "iostream", "istream", "ostream", "sstream", "fstream", "iomanip",
         "filesystem", "regex", "locale", "thread", "mutex", "map", "unordered_map"}
NEVER_TOGETHER = [("guest", "verify"), ("guest", "json")]  # an attester builds without the verifier, and without JSON

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def floor_of(header):
    """The floor of a header, given its path under include/unitee; None when it gathers or is not known."""
    folder, slash, _ = header.partition("/")
    name = folder if slash else TOP.get(header.removesuffix(".hpp"), header.removesuffix(".hpp"))
    return name if name in BELOW else None


def is_standard(include):
    return "/" not in include and "." not in include


def reach(header, includes):
    """Every header and outside include that header reaches, each with the one that includes it."""
    found, todo = {header: None}, [header]
    while todo:
        at = todo.pop()
        for include in includes.get(at, []):
            target = include.removeprefix("unitee/")
            if target not in found:
                found[target] = at
                todo.append(target)
    return found


def path_to(target, found):
    path = [target]
    while found[path[0]] is not None:
        path.insert(0, found[path[0]])
    return " -> ".join(path)


def cycles(includes):
    done, on_path = set(), []

    def walk(header):
        if header in on_path:
            yield " -> ".join([*on_path[on_path.index(header):], header])
        elif header not in done:
            on_path.append(header)
            for include in includes[header]:
                if include.removeprefix("unitee/") in includes:
                    yield from walk(include.removeprefix("unitee/"))
            on_path.pop()
            done.add(header)

    for header in includes:
        yield from walk(header)


def direct(header, floor, includes):
    """What is wrong with the #include lines of one header."""
    for include in includes[header]:
        if include.startswith("unitee/"):
            target = include.removeprefix("unitee/")
            if target not in includes:
                yield f"{header} includes <{include}>, which does not exist"
            elif floor_of(target) != floor and floor_of(target) not in BELOW[floor]:
                yield f"{header} includes <{include}>, which is not below {floor}"
            continue
        if is_standard(include):
            if floor in LIGHT and include in HEAVY:
                yield f"{header} includes <{include}>, which costs too much for {floor}"
            continue
        allowed = next((floors for prefix, floors in THIRD_PARTY if include.startswith(prefix)), SYSTEM)
        if floor not in allowed:
            yield f"{header} includes <{include}>, which only {', '.join(allowed)} may"


def through(header, floor, includes):
    """What a header reaches through others and must not."""
    found = reach(header, includes)
    for target in found:
        if floor in STANDARD_ONLY and target not in includes and not is_standard(target):
            yield f"{floor} needs the standard library only: {path_to(target, found)}"
        if (floor, floor_of(target)) in NEVER_TOGETHER:
            yield f"{floor} must not reach {floor_of(target)}: {path_to(target, found)}"


def gathering(header, whole, allowed, includes):
    """What a gathering header leaves out, and what it must not reach."""
    found = reach(header, includes)
    for target in includes:
        floor = floor_of(target)
        if target in APART and target in found:
            yield f"{header} must not reach {target}, which costs {APART[target]}"
        if floor in whole and target not in found and target not in APART:
            yield f"{header} does not reach {target}"
        if floor is not None and floor not in allowed and target in found:
            yield f"{header} must not reach {floor}: {path_to(target, found)}"
    if header == "verifier.hpp":
        for target in found:
            if target not in includes and not is_standard(target) and not target.startswith("openssl/"):
                yield f"a verifier builds without system headers: {path_to(target, found)}"


def check(include_dir):
    root = pathlib.Path(include_dir) / "unitee"
    includes, problems = {}, []
    for file in sorted(root.rglob("*.hpp")):
        header = file.relative_to(root).as_posix()
        found = INCLUDE.findall(file.read_text(encoding="utf-8"))
        includes[header] = [name for _, name in found]
        problems += [f'{header} includes "{name}" in quotes' for mark, name in found if mark == '"']
    for header in includes:
        floor = floor_of(header)
        if header in GATHERS:
            problems += gathering(header, *GATHERS[header], includes)
        elif floor is None:
            problems.append(f"{header} belongs to no floor that {pathlib.Path(__file__).name} knows")
        else:
            problems += direct(header, floor, includes)
            problems += through(header, floor, includes)
    return [*problems, *(f"includes go round: {path}" for path in cycles(includes))]


# A small tree that is right, and one planted mistake each: header, its includes, and what must be said.
RIGHT = {
    "result.hpp": ["variant"],
    "bytes/view.hpp": ["span"],
    "crypto/hash.hpp": ["unitee/bytes/view.hpp", "openssl/evp.h", "vector"],
    "crypto/ipsec_mb.hpp": ["intel-ipsec-mb.h"],
    "snp/report.hpp": ["unitee/bytes/view.hpp", "unitee/result.hpp", "cstdint"],
    "tdx/quote.hpp": ["unitee/bytes/view.hpp"],
    "launch/ovmf.hpp": ["unitee/snp/report.hpp", "unitee/crypto/hash.hpp"],
    "evidence.hpp": ["unitee/snp/report.hpp", "unitee/tdx/quote.hpp"],
    "verify/verify.hpp": ["unitee/evidence.hpp", "unitee/crypto/hash.hpp", "string"],
    "kdf/binding.hpp": ["unitee/snp/report.hpp"],
    "seal/writer.hpp": ["unitee/kdf/binding.hpp", "sys/mman.h"],
    "guest/snp.hpp": ["unitee/kdf/binding.hpp", "unitee/launch/ovmf.hpp", "linux/sev-guest.h", "unistd.h"],
    "this_guest.hpp": ["unitee/guest/snp.hpp"],
    "any_guest.hpp": ["unitee/guest/snp.hpp"],
    "json/text.hpp": ["unitee/bytes/view.hpp", "nlohmann/json.hpp"],
    "format.hpp": ["unitee/evidence.hpp", "fmt/format.h"],
    "verifier.hpp": ["unitee/verify/verify.hpp"],
    "unitee.hpp": ["unitee/verifier.hpp", "unitee/seal/writer.hpp"],
}
WRONG = [
    ("bytes/view.hpp", ["unitee/crypto/hash.hpp"], "is not below bytes"),
    ("bytes/view.hpp", ["string"], "costs too much for bytes"),
    ("tdx/quote.hpp", ["chrono"], "costs too much for tdx"),
    ("model/gguf.hpp", ["unistd.h"], "which only posix, guest, seal may"),
    ("model/gguf.hpp", ["unitee/crypto/hash.hpp"], "is not below model"),
    ("crypto/hash.hpp", ["memory"], "costs too much for crypto"),
    ("snp/report.hpp", ["openssl/evp.h"], "which only crypto may"),
    ("snp/report.hpp", ["unitee/crypto/hash.hpp"], "needs the standard library only"),
    ("snp/report.hpp", ["unitee/tdx/quote.hpp"], "is not below snp"),
    ("launch/ovmf.hpp", ["unitee/tdx/quote.hpp"], "is not below launch"),
    ("launch/ovmf.hpp", ["string"], "costs too much for launch"),
    ("launch/ovmf.hpp", ["openssl/evp.h"], "which only crypto may"),
    ("verify/verify.hpp", ["unitee/launch/ovmf.hpp"], "is not below verify"),
    ("verify/verify.hpp", ["openssl/x509.h"], "which only crypto may"),
    ("seal/writer.hpp", ["intel-ipsec-mb.h"], "which only crypto may"),
    ("verify/verify.hpp", ["unitee/crypto/ipsec_mb.hpp"], "without system headers"),
    ("verify/verify.hpp", ["fmt/core.h"], "which only format may"),
    ("verify/verify.hpp", ["nlohmann/json.hpp"], "which only json may"),
    ("verify/verify.hpp", ["unistd.h"], "which only posix, guest, seal may"),
    ("verify/verify.hpp", ["unitee/kdf/binding.hpp"], "is not below verify"),
    ("kdf/binding.hpp", ["unitee/verify/verify.hpp"], "guest must not reach verify"),
    ("kdf/binding.hpp", ["unitee/seal/writer.hpp"], "includes go round"),
    ("kdf/binding.hpp", ["unitee/json/text.hpp"], "guest must not reach json"),
    ("guest/snp.hpp", ["unitee/verify/verify.hpp"], "is not below guest"),
    ("guest/snp.hpp", ["unitee/json/text.hpp"], "is not below guest"),
    ("this_guest.hpp", ["unitee/verify/verify.hpp"], "is not below guest"),
    ("any_guest.hpp", ["unitee/kdf/binding.hpp", "unitee/verifier.hpp"], "guest must not reach verify"),
    ("guest/snp.hpp", ["unitee/nothing.hpp"], "does not exist"),
    ("seal/reader.hpp", [], "unitee.hpp does not reach seal/reader.hpp"),
    ("verify/snp.hpp", [], "verifier.hpp does not reach verify/snp.hpp"),
    ("unitee.hpp", ["unitee/guest/snp.hpp"], "must not reach guest"),
    ("unitee.hpp", ["unitee/launch/ovmf.hpp"], "must not reach launch"),
    ("verifier.hpp", ["unitee/seal/writer.hpp"], "must not reach seal"),
    ("verifier.hpp", ["unitee/seal/writer.hpp"], "without system headers"),
    ("cloud/client.hpp", [], "belongs to no floor"),
]


def self_test():
    def problems(extra_header=None, extra_includes=()):
        with tempfile.TemporaryDirectory() as folder:
            for header in {*RIGHT, extra_header} - {None}:
                lines = [*RIGHT.get(header, []), *(extra_includes if header == extra_header else [])]
                file = pathlib.Path(folder) / "unitee" / header
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("".join(f"#include <{line}>\n" for line in lines), encoding="utf-8")
            return check(folder)

    wrong = [f"the right tree is refused: {problem}" for problem in problems()]
    for header, lines, sentence in WRONG:
        if not any(sentence in problem for problem in problems(header, lines)):
            wrong.append(f"{header} with {lines or 'no includes'}: nobody says `{sentence}`")
    return wrong


def main():
    if len(sys.argv) != 2:
        return __doc__
    problems = self_test() if sys.argv[1] == "--self-test" else check(sys.argv[1])
    return "\n".join(problems) or 0


if __name__ == "__main__":
    sys.exit(main())
