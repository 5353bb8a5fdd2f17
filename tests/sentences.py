#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every sentence by which a header refuses to compile has a file in compile_fail/ that expects it.

usage: sentences.py INCLUDE_DIR COMPILE_FAIL_DIR | sentences.py --self-test

A sentence is what stands in unavailable<"...">, on one line. A file expects it by its whole text, or by a beginning
that is the beginning of no other.
"""

import pathlib
import re
import sys
import tempfile

COMMENT = re.compile(r"//.*")
SENTENCE = re.compile(r'\bunavailable<"([^"]*)">')
USE = re.compile(r"\bunavailable<")


def expectation(file):
    return file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("// expect: ")


def check(include_dir, compile_fail_dir):
    problems, sentences = [], {}
    for header in sorted(pathlib.Path(include_dir).rglob("*.hpp")):
        text = COMMENT.sub("", header.read_text(encoding="utf-8"))
        found = SENTENCE.findall(text)
        if len(found) != len(USE.findall(text)):
            problems.append(f"{header.name}: a sentence does not stand whole on the line of its `unavailable<`")
        for sentence in found:
            if sentence in sentences:
                problems.append(f"{header.name}: `{sentence}` is already that of {sentences[sentence]}")
            sentences[sentence] = header.name
    expected = [expectation(file) for file in sorted(pathlib.Path(compile_fail_dir).glob("*.cpp"))]
    for sentence, header in sentences.items():
        def means_it(text):
            return [other for other in sentences if other.startswith(text)] == [sentence]
        if not any(means_it(text) for text in expected):
            problems.append(f"{header}: no file in {pathlib.Path(compile_fail_dir).name} expects `{sentence}`")
    return problems or ([] if sentences else [f"no sentence in {include_dir}"])


def self_test():
    right = {"include/a.hpp": 'concept a = b || unavailable<"no a; ask b">;\n// implicit: unavailable<"...">\n',
             "include/c.hpp": 'concept c = b ||\n    unavailable<"no c">;\n',
             "fail/a.cpp": "// expect: no a\n", "fail/c.cpp": "// expect: no c\n", "fail/d.cpp": "// expect: array\n"}
    wrong = [
        ({"fail/c.cpp": "// expect: something else\n"}, "c.hpp: no file in fail expects `no c`"),
        ({"fail/a.cpp": "// expect: no \n"}, "a.hpp: no file in fail expects `no a; ask b`"),
        ({"include/d.hpp": 'concept d = unavailable<"no d">;\n'}, "d.hpp: no file in fail expects `no d`"),
        ({"include/d.hpp": 'concept d = unavailable<"no c">;\n'}, "d.hpp: `no c` is already that of c.hpp"),
        ({"include/d.hpp": 'concept d = unavailable<\n    "no c">;\n'}, "d.hpp: a sentence does not stand whole"),
        ({"include/d.hpp": 'concept d = unavailable<"no " "c">;\n'}, "d.hpp: a sentence does not stand whole"),
    ]

    def problems(changes):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**right, **changes}.items():
                file = pathlib.Path(folder) / name
                file.parent.mkdir(exist_ok=True)
                file.write_text(text, encoding="utf-8")
            return check(pathlib.Path(folder) / "include", pathlib.Path(folder) / "fail")

    said = [f"what is right is refused: {problem}" for problem in problems({})]
    for changes, sentence in wrong:
        if not any(sentence in problem for problem in problems(changes)):
            said.append(f"nobody says `{sentence}` of {changes}")
    return said


def main():
    if sys.argv[1:] == ["--self-test"]:
        return "\n".join(self_test()) or 0
    if len(sys.argv) != 3:
        return __doc__
    return "\n".join(check(*sys.argv[1:])) or 0


if __name__ == "__main__":
    sys.exit(main())
