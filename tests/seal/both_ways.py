#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has the second reader judge every vector of tests/vectors/sealed, and what `unitee seal` writes; and has
`unitee unseal` open what the writer of the vectors writes.

usage: both_ways.py [UNITEE_BINARY]

Without the binary, the vectors alone. Without the Python module `cryptography`, it starts itself again under a Python
that has it; where there is none it is skipped, and fails in CI.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent / "vectors" / "sealed"

sys.path[:0] = [str(HERE), str(HERE.parent / "vectors")]
import cryptography_here  # noqa: E402,F401
import reader  # noqa: E402
import sealed_forge  # noqa: E402
from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: E402

SIZES = (0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 262143, 262144, 262145, 524288, 1000003)
SEGMENT_SIZES = (4096, 65536, 262144, 1048576)
KEY = bytes(range(32))


class Failures:
    def __init__(self):
        self.count = self.checks = 0

    def check(self, holds, *said):
        self.checks += 1
        if not holds:
            self.count += 1
            print("failed:", *said)
        return holds


# The vectors.

def key_of(has):
    kind = has["kind"]
    if "scalar" in has:
        return reader.with_scalar(has["curve"], int(has["scalar"], 16))
    if "root" in has:
        floor = bytes.fromhex(has["floor"]) if "floor" in has else bytes(22)
        return reader.with_root(bytes.fromhex(has["root"]), [kind], has.get("vmpl"), floor)
    return reader.with_key(bytes.fromhex(has["key"]), [kind])


def outcome(vector):
    content = bytearray(vector["size"])
    for offset, digits in vector["file"]:
        piece = bytes.fromhex(digits)
        content[offset:offset + len(piece)] = piece
    mac = bytes.fromhex(vector["minimum_mac"]) if "minimum_mac" in vector else None
    try:
        said, plaintext = reader.unseal(bytes(content), key_of(vector["key"]), vector.get("minimum_generation", 1), mac)
    except reader.Refused as refusal:
        return {"errc": refusal.errc, "offset": refusal.offset, "part": refusal.part}
    digest = reader.hashlib.sha256(plaintext).hexdigest()
    return {"plaintext_size": len(plaintext), "plaintext_sha256": digest} | said


def judge_vectors(failures):
    files = sorted(VECTORS.glob("*.json"))
    opened = 0
    for file in files:
        vector = json.loads(file.read_text(encoding="utf-8"))
        got, wanted = outcome(vector), vector["expect"]
        wanted.pop("slot_errc", None)  # this reader says no more than it has to
        opened += "errc" not in wanted
        failures.check(got == wanted, f"{file.stem}: expected {wanted}, got {got}")
    failures.check(opened >= 94 and len(files) - opened >= 396, f"{len(files)} vectors, of which {opened} open")
    return f"{opened} vectors open, {len(files) - opened} are refused"


# The library.

def fast_gcm(key, nonce, additional, plaintext):
    sealed = AESGCM(key).encrypt(nonce, plaintext, additional)
    return sealed[:-16], sealed[-16:]


def written(plain, segment_size, protection, key, form=0, items=b""):
    """A new file of the writer of the vectors, with random keys."""
    sealed_forge.gcm = fast_gcm  # the writer's own is for short files
    file = sealed_forge.File(plain, segment_size, protection, form, items, os.urandom(32), os.urandom(32))
    return file.content(file.header([sealed_forge.caller(file, key)]))


class Command:
    def __init__(self, binary, folder, failures):
        self.binary, self.folder, self.failures = os.path.abspath(binary), pathlib.Path(folder), failures
        self.key = self.folder / "key"
        self.key.write_bytes(KEY)

    def run(self, *words):
        """Whether the command has done it."""
        done = subprocess.run([self.binary, *map(str, words)], capture_output=True, text=True, timeout=120,
                              cwd=self.folder)
        return self.failures.check(done.returncode == 0, *words, "exits with", done.returncode, done.stderr.strip())

    def out(self, name):
        """A path with nothing there: the command does not overwrite a plaintext."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        return path

    def from_the_library(self, what, plain, segment_size, protection, *more):
        """What the file says of its payload."""
        source, sealed = self.folder / "plain", self.out("sealed")
        source.write_bytes(plain)
        options = ["--segment-size", segment_size] + (["--integrity-only"] if protection == 2 else [])
        if not self.run("seal", source, "-o", sealed, "--slot", f"key={self.key}", *options, *more):
            return None
        try:
            said, plaintext = reader.unseal(sealed.read_bytes(), reader.with_key(KEY))
        except reader.Refused as refusal:
            self.failures.check(False, what, "the second reader refuses what the library wrote:", refusal)
            return None
        self.failures.check(plaintext == plain, what, "the second reader reads another plaintext")
        known = {"segment_size": segment_size, "protection": protection, "generation": 1, "slots": 1, "settled": True}
        self.failures.check(known.items() <= said.items(), what, said)
        return said["metadata"]

    def to_the_library(self, what, plain, segment_size, protection, **more):
        sealed, again = self.folder / "sealed", self.out("again")
        content = written(plain, segment_size, protection, KEY, **more)
        sealed.write_bytes(content)
        if self.run("unseal", sealed, "-o", again, "--plaintext-to-disk", "--key", self.key):
            self.failures.check(again.read_bytes() == plain, what, "the library reads another plaintext")
        self.failures.check(sealed.read_bytes() == content, what, "unsealing changes the file")


def there_and_back(command):
    for size in SIZES:
        plain = random.Random(size).randbytes(size)
        for segment_size in SEGMENT_SIZES:
            for protection in (1, 2):
                what = f"{size} bytes, segments of {segment_size}, protection {protection}:"
                command.from_the_library(what, plain, segment_size, protection)
                command.to_the_library(what, plain, segment_size, protection)
    items = sealed_forge.item(1, b"application/vnd.gguf") + sealed_forge.item(9, b"later")
    for form in (1, 2):
        for protection in (1, 2):
            command.to_the_library(f"metadata of form {form}, protection {protection}:", plain, 65536, protection,
                                   form=form, items=items)
    index = b'{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}'
    model = len(index).to_bytes(8, "little") + index + b"model"
    for form, options in ((2, ()), (1, ("--metadata", "public"))):
        said = command.from_the_library("a model:", model, 65536, 1, *options) or {}
        known = said.get("form"), said.get("content_type"), said.get("tensor_index", {}).get("tensors")
        wanted = form, "application/vnd.safetensors", [[len(model) - 5, 5]]
        command.failures.check(known == wanted, "a model:", said)


def main():
    failures = Failures()
    print(judge_vectors(failures))
    if sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            there_and_back(Command(sys.argv[1], folder, failures))
    print(f"{failures.checks} checks, {failures.count} failed")
    return 1 if failures.count else 0


if __name__ == "__main__":
    sys.exit(main())
