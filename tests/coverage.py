#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Says how much of the headers the tests of a build ran, and which refusals they never reached.

usage: coverage.py BUILD            after the tests of BUILD, which was configured with UNITEE_COVERAGE (coverage.cmake)
       coverage.py --self-test

Prints the lines that ran, by folder. Fails where they are less than the target, and at each refusal that no test reached
and that tests/unreached.txt does not list. A refusal is every place in a header where an errc is named, and not to compare
with it: what counts is the expression and not its line, so that a condition that was never true is seen beside it. What is
not compiled into any test counts as not reached.
"""

import bisect
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HEADERS = HERE.parent / "include" / "unitee"
LISTED = HERE / "unreached.txt"
TARGET = 95.0  # percent of lines
TOOLS = "14"

# The header that names the kinds.
TABLES = {"failure.hpp"}
NAMED = re.compile(r"\berrc::[a-z_]+")
COMPARED = re.compile(r"(==|!=|<=?|>=?|\bcase)\s*$")
BESIDE = re.compile(r"^\s*(==|!=|<=?|>=?)")


def refusals(text):
    """(line, column, source line) of each, counted from one."""
    for number, line in enumerate(text.splitlines(), 1):
        code = line.split("//")[0]
        for found in NAMED.finditer(code):
            if not COMPARED.search(code[:found.start()]) and not BESIDE.search(code[found.end():]):
                yield number, found.start() + 1, line.strip()


def count_at(segments, line, column):
    """How often the code at a place ran, or nothing where there is no code; segments in their order."""
    found = bisect.bisect_right(segments, [line, column, float("inf")]) - 1
    if found < 0:
        return None
    _, _, count, has_count, *_ = segments[found]
    return count if has_count else None


def objects(build):
    """The programs and libraries of a build that have counters."""
    for file in sorted(build.rglob("*")):
        if file.is_file() and not file.is_symlink() and "CMakeFiles" not in file.parts and file.suffix in ("", ".so"):
            content = file.read_bytes()
            if content.startswith(b"\x7fELF") and b"__llvm_covmap" in content:
                yield file


def collected(build):
    """What llvm-cov makes of the profiles: {header: dict}."""
    merged = build / "tests.profdata"
    raw = sorted((build / "profiles").glob("*.profraw"))
    if not raw:
        sys.exit(f"no profiles in {build / 'profiles'}: have the tests been run?")
    subprocess.run([f"llvm-profdata-{TOOLS}", "merge", "-sparse", "-o", merged, *raw], check=True)
    first, *rest = objects(build)
    words = [f"llvm-cov-{TOOLS}", "export", "-skip-functions", f"-instr-profile={merged}", first,
             *(f"-object={each}" for each in rest)]
    files = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)["data"][0]["files"]
    found = {pathlib.Path(each["filename"]).resolve(): each for each in files}
    return {str(file.relative_to(HEADERS)): each for file, each in found.items() if HEADERS in file.parents}


def folder_of(name):
    return name.split("/")[0] + "/" if "/" in name else "(top)"


def totals(files):
    """{folder: (lines that ran, lines)}, with all of them as "total"."""
    folders = {}
    for name, each in files.items():
        lines = each["summary"]["lines"]
        for key in (folder_of(name), "total"):
            ran, of = folders.get(key, (0, 0))
            folders[key] = (ran + lines["covered"], of + lines["count"])
    return folders


def report(folders):
    """Prints them, and is the total in percent."""
    for key in sorted(folders, key=lambda key: (key == "total", key)):
        ran, of = folders[key]
        print(f"{key:12} {100 * ran / of:6.2f} % of {of:6} lines")
    ran, of = folders["total"]
    return 100 * ran / of


def unreached(files, sources):
    """{(header, source line): line} of the refusals that never happened."""
    out = {}
    for name, text in sources.items():
        segments = files[name]["segments"] if name in files else []
        for line, column, source in refusals(text):
            if name not in TABLES and not count_at(segments, line, column):
                out[name, source] = line
    return out


def read_list(text):
    """(header, source line) of each refusal that is listed; the reasons are comments."""
    out = set()
    for line in text.splitlines():
        if line and not line.startswith("#"):
            header, _, source = line.partition(": ")
            out.add((header, source))
    return out


def judge(never, listed, sources):
    """What is wrong, a sentence each."""
    wrong = [f"{name}:{line}: no test reaches: {source}" for (name, source), line in sorted(never.items())
             if (name, source) not in listed]
    for name, source in sorted(listed):
        if not any(source == each.strip() for each in sources.get(name, "").splitlines()):
            wrong.append(f"{LISTED.name}: {name} has no line any more: {source}")
    return wrong


def check(build):
    sources = {str(file.relative_to(HEADERS)): file.read_text(encoding="utf-8") for file in sorted(HEADERS.rglob("*.hpp"))}
    files = collected(build)
    percent = report(totals(files))
    listed = read_list(LISTED.read_text(encoding="utf-8"))
    total = sum(1 for name, text in sources.items() if name not in TABLES for _ in refusals(text))
    never = unreached(files, sources)
    print(f"refusals     {total - len(never)} of {total} reached, {len(listed)} listed with a reason why not")
    wrong = judge(never, listed, sources)
    if percent < TARGET:
        wrong.append(f"the tests run {percent:.2f} % of the lines, and {TARGET} % is the target")
    return "\n".join(wrong) or 0


def self_test():
    """Code that is planted, counted by Clang, must be judged as it is."""
    header = ("inline errc f(int a) {\n"
              "  if (a == 1) return errc::missing;\n"
              "  if (a == 2) return errc::expired;  // errc::revoked\n"
              "  if (f_of(a) == errc::missing) return a > 3 ? errc::bad_value : errc::truncated;\n"
              "  return errc::in_use;\n}\n"
              "template <class T> errc g(T) { return errc::duplicate; }\n"
              "inline errc h() { return errc::missing; }\n")
    program = ('enum class errc { missing, expired, bad_value, truncated, in_use, duplicate };\n'
               'inline errc f_of(int a) { return a > 2 ? errc::missing : errc::in_use; }\n'
               '#include "header.hpp"\n'
               'int main() { f(0); f(1); f(3); }\n')
    with tempfile.TemporaryDirectory() as folder:
        build = pathlib.Path(folder).resolve()
        (build / "header.hpp").write_text(header, encoding="utf-8")
        (build / "main.cpp").write_text(program, encoding="utf-8")
        subprocess.run([f"clang++-{TOOLS}", f"-fprofile-instr-generate={build}/profiles/%m.profraw", "-fcoverage-mapping",
                        build / "main.cpp", "-o", build / "program"], check=True)
        subprocess.run([build / "program"], check=True)
        global HEADERS
        HEADERS = build
        files = collected(build)
        files.pop("main.cpp")
    never = unreached(files, {"header.hpp": header})
    lines = header.splitlines()
    assert sorted(never.values()) == [3, 4, 7, 8], never
    listed = read_list(f"# why\nheader.hpp: {lines[2].strip()}\nheader.hpp: {lines[6]}\n\nheader.hpp: {lines[7]}\nheader.hpp: gone\n")
    wrong = judge(never, listed, {"header.hpp": header})
    assert len(wrong) == 2 and "header.hpp:4: no test reaches" in wrong[0] and "gone" in wrong[1], wrong
    assert totals(files) == {"(top)": (6, 7), "total": (6, 7)}, totals(files)
    return 0


def main():
    match sys.argv[1:]:
        case ["--self-test"]:
            return self_test()
        case [build]:
            return check(pathlib.Path(build).resolve())
    return __doc__


if __name__ == "__main__":
    sys.exit(main())
