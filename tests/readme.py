#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes every ```cpp block of a Markdown file as a program, and prints the programs' paths, one a line.

usage: readme.py FILE DIRECTORY

A block with a main function is a program as it stands. Of any other block, the #include lines stay at the top and the
rest becomes the body of main. The compiler's messages name the line of the Markdown file.
"""

import pathlib
import re
import sys

BLOCK = re.compile(r"^```cpp[^\n]*\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)


def program(block, line, file):
    mark = f'#line {line} "{file}"\n'
    if re.search(r"\bint main\(", block):
        return mark + block
    includes, body = [], []
    for text in block.splitlines(keepends=True):
        is_include = text.startswith("#include")
        includes.append(text if is_include else "\n")
        body.append("\n" if is_include else text)
    return f"{mark}{''.join(includes)}int main() {{\n{mark}{''.join(body)}}}\n"


def main():
    file, directory = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    text = file.read_text(encoding="utf-8")
    for number, block in enumerate(BLOCK.finditer(text), start=1):
        line = text.count("\n", 0, block.start(1)) + 1
        target = directory / f"readme_{number}.cpp"
        new = program(block[1], line, file)
        if not target.exists() or target.read_text(encoding="utf-8") != new:
            target.write_text(new, encoding="utf-8")
        print(target.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
