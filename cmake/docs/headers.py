#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Copies the headers as Doxygen reads them, line for line.

usage: headers.py INCLUDE DIRECTORY
       headers.py --self-test

The house's comments are plain ones: `//` before a declaration, or behind it. Where a declaration stands, outside of
function bodies, they become `///` and `///<`; the first comment of a file becomes the file's. What means something to
Doxygen alone is escaped.
"""

import pathlib
import re
import sys

OWN_LINE = re.compile(r"^( *)//(.*)$")
BEHIND = re.compile(r"^(.*\S) +// (.*)$")
TOOL = re.compile(r"// (clang-format|NOLINT)")
LITERAL = re.compile(r"""R\"\(.*?\)\"|\"(?:\\.|[^\"\\])*\"|(?<!\w)'(?:\\.|[^'\\])+'""")
SCOPE = re.compile(r"^(?:template\s*)?(?:requires\b.*?\s)?(?:inline\s+)?(namespace|extern|class|struct|union|enum)\b")

# What Doxygen 1.9 does not understand: a namespace that is inline among others, and a specialisation of something that it
# has not seen.
REPLACED = {
    "namespace unitee::inline v0": "namespace unitee",
    "#include <fmt/format.h>": "namespace fmt { template <class T> struct formatter; }",
}


def escaped(text):
    """A comment's text without what is a command, a tag, a link or an entity to Doxygen; code between backticks stays."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"[\\@<>#%&]|::", lambda it: "\\" + it[0], part) for part in parts[::2]]
    return "`".join(parts)


def doc_text(text, after_empty):
    """An example, indented behind an empty line, becomes Markdown's code, in which nothing is escaped."""
    return "  " + text if after_empty and text.startswith("   ") else escaped(text)


class Scopes:
    """Which braces are open, by the code read so far: of a namespace, a class, an enumeration or anything else."""

    def __init__(self):
        self.open, self.statement, self.parentheses = [], "", 0

    def declares(self):
        return all(kind != "other" for kind in self.open) and self.parentheses == 0

    def in_enum(self):
        return bool(self.open) and self.open[-1] == "enum"

    def read(self, code):
        if code.lstrip().startswith("#"):
            return
        for each in LITERAL.sub('""', code).split("//")[0] + "\n":
            if each == "{":
                self.open.append(self.kind())
                self.statement = ""
            elif each == "}":
                self.open.pop()
                self.statement = ""
            elif each == ";" and self.parentheses == 0:
                self.statement = ""
            else:
                self.statement += each
                self.parentheses += (each == "(") - (each == ")")

    def kind(self):
        text, before = self.statement, None
        while text != before:
            text, before = re.sub(r"<[^<>]*>|^\s*\w+:(?!:)", "", text), text
        found = SCOPE.match(text.strip())
        return found[1] if found and self.parentheses == 0 else "other"


def blocks(lines):
    """The lines from `begin` on that are nothing but comments, as (begin, end)."""
    begin = 0
    while begin < len(lines):
        end = begin
        while end < len(lines) and OWN_LINE.match(lines[end]) and not TOOL.search(lines[end]):
            end += 1
        yield begin, end
        begin = max(end, begin + 1)


def documented(name, lines):
    out, scopes, code_end = list(lines), Scopes(), 0
    for begin, end in blocks(lines):
        if begin == end:
            code = BEHIND.match(lines[begin])
            about = code and scopes.declares() and not code[1].lstrip().startswith("#") and code[1][-1] not in "{}"
            scopes.read(lines[begin])
            if about and (scopes.declares() or scopes.in_enum()):
                out[begin] = f"{code[1]}  ///< {escaped(code[2])}"
            continue
        texts = [OWN_LINE.match(line) for line in lines[begin:end]]
        if begin == 0:
            what = [escaped(text[2]) for text in texts[2:]]
            what[0] = " @brief" + what[0].split(":", 1)[1]
            out[begin:end] = [f"/// @file {name}", "///", *("///" + text for text in what)]
            continue
        following = lines[end].strip() if end < len(lines) else ""
        if not scopes.declares() or not following or following.startswith(("}", "#", "private:", "public:")):
            continue
        if scopes.in_enum() and BEHIND.match(following):
            continue  # a heading over several enumerators
        after_empty = False
        for i, text in enumerate(texts, start=begin):
            after_empty = not text[2].strip() or (after_empty and text[2].startswith("   "))
            out[i] = f"{text[1]}///{doc_text(text[2], after_empty)}"
    return out


SAMPLE = """\
// SPDX-License-Identifier: Apache-2.0
//
// unitee/sample.hpp: a sample.

// box<T> holds a T.
//
//   const box<int> one{1};
template <class T>
struct box {
  T held;         // never <null>
  char open = '{';

  // get is `held` at a cost of 1%.
  T get() const {
    // not for the reader
    const T out = held;  // nor this
    return out;
  }

 private:
  // about nothing

  int hidden;
};

enum class kind {
  // small kinds
  first,  // the first
};
"""
EXPECTED = {
    1: "/// @file sample.hpp",
    2: "///",
    3: "/// @brief a sample.",
    5: r"/// box\<T\> holds a T.",
    6: "///",
    7: "///     const box<int> one{1};",
    10: r"  T held;  ///< never \<null\>",
    13: r"  /// get is `held` at a cost of 1\%.",
    28: "  first,  ///< the first",
}


def self_test():
    before = SAMPLE.splitlines()
    after = documented("sample.hpp", before)
    wanted = [EXPECTED.get(i, line) for i, line in enumerate(before, start=1)]
    for i, (is_now, wanted_line) in enumerate(zip(after, wanted, strict=True), start=1):
        if is_now != wanted_line:
            print(f"line {i}: {is_now!r} instead of {wanted_line!r}")
    return int(after != wanted)


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    include, directory = map(pathlib.Path, sys.argv[1:])
    for header in sorted(include.rglob("*.hpp")):
        name = header.relative_to(include)
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = header.read_text(encoding="utf-8").splitlines()
        text = "\n".join(documented(name, lines)) + "\n"
        for here, there in REPLACED.items():
            text = text.replace(here, there)
        target.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
