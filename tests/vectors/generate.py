#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the vectors of this folder, <name>.json, from its modules <name>_vectors.py, and seeds for the fuzzers.

usage: generate.py                 write every <name>.json, and <name>/*.json
       generate.py --check         fail when a committed file is not what its module makes
       generate.py --seeds DIR     write DIR/<fuzz target>/<file> for every seed; every target has one

A module offers vectors(), which yields dicts that each have a name. With FOLDER = True each vector is a file of its own,
<name>/<its name>.json. A module may offer compact(), the same in the form to be committed (edits to a base instead of a
whole input), and seeds(), which yields (fuzz target, file name, bytes); without it, every vector with a kind and hex
digits is a seed for the fuzz target <kind> or <name>_<kind>. A module needs nothing but the Python standard library, and
none of the C++ code.
"""

import importlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
FUZZERS = HERE.parent / "fuzz"


def modules():
    for file in sorted(HERE.glob("*_vectors.py")):
        yield file.stem.removesuffix("_vectors"), importlib.import_module(file.stem)


def as_text(module):
    """The committed file: one vector on a line, sorted by name, so that a change reads as one."""
    vectors = sorted(getattr(module, "compact", module.vectors)(), key=lambda vector: vector["name"])
    names = [vector["name"] for vector in vectors]
    assert len(set(names)) == len(names), "two vectors have one name"
    return "[\n" + ",\n".join(json.dumps(vector, separators=(",", ":")) for vector in vectors) + "\n]\n"


def as_lines(vector):
    """The committed file of one vector: a member on a line, and of a list each element."""
    def spelled(value):
        if isinstance(value, list) and value:
            return "[\n" + ",\n".join(json.dumps(element, separators=(",", ":")) for element in value) + "\n]"
        return json.dumps(value, separators=(",", ":"))

    members = [f'"{member}":{spelled(value)}' for member, value in vector.items() if member != "name"]
    return "{\n" + ",\n".join(members) + "\n}\n"


def outputs(name, module):
    """The committed files, as they should be: {path: text}."""
    if not getattr(module, "FOLDER", False):
        return {HERE / f"{name}.json": as_text(module)}
    vectors = list(module.vectors())
    out = {HERE / name / f"{vector['name']}.json": as_lines(vector) for vector in vectors}
    assert len(out) == len(vectors), "two vectors have one name"
    return out


def seeds(prefix, module):
    if hasattr(module, "seeds"):
        yield from module.seeds()
        return
    for vector in module.vectors():
        if "kind" in vector and "hex" in vector:
            target = vector["kind"]
            if not (FUZZERS / f"{target}.cpp").exists():
                target = f"{prefix}_{target}"
            yield target, vector["name"], bytes.fromhex(vector["hex"])


def check():
    wrong = []
    for name, module in modules():
        wanted, this = outputs(name, module), pathlib.Path(__file__).name
        for file, text in wanted.items():
            if not file.exists() or file.read_text(encoding="utf-8") != text:
                wrong.append(f"{file.relative_to(HERE)} is not what {name}_vectors.py makes: run {this}")
        left = [file.relative_to(HERE) for file in sorted((HERE / name).glob("*")) if file not in wanted]
        wrong += [f"{file} is not made by {name}_vectors.py: remove it" for file in left]
    return "\n".join(wrong) or 0


def write():
    for name, module in modules():
        for file, text in outputs(name, module).items():
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return 0


def write_seeds(directory):
    for file in pathlib.Path(directory).glob("*/*"):
        file.unlink()
    told = set()
    for prefix, module in modules():
        for target, name, content in seeds(prefix, module):
            if not (FUZZERS / f"{target}.cpp").exists():
                return f"{prefix}_vectors.py has seeds for {target}, and there is no {FUZZERS / target}.cpp"
            file = pathlib.Path(directory) / target / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            told.add(target)
    without = sorted({each.stem for each in FUZZERS.glob("*.cpp")} - told)
    return f"no module has seeds for {', '.join(without)}" if without else 0


def main():
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(HERE))
    match sys.argv[1:]:
        case []:
            return write()
        case ["--check"]:
            return check()
        case ["--seeds", directory]:
            return write_seeds(directory)
    return __doc__


if __name__ == "__main__":
    sys.exit(main())
