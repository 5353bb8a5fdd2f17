#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee measure snp` measure every known launch and every launch of the vectors, and make and sign ID blocks.

usage: measure.py UNITEE_BINARY EVIDENCE_DIR
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

from tool import DONE, UNUSABLE, Tool, have

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vectors"))
import launch_vectors  # noqa: E402

MILAN = ("--vcpu-type", "EPYC-Milan")


class Measuring(Tool):
    def __init__(self, binary, folder):
        super().__init__(binary)
        self.folder = pathlib.Path(folder)
        self.image = self.file("image", launch_vectors.whole(launch_vectors.IMAGES["image_of_one_page"]))
        self.empty = self.file("empty", b"")

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def measure(self, *words, image=None):
        return self.run("measure", "snp", "--firmware", image or self.image, *words)

    def measured(self, what, wanted, *words, image=None):
        outcome = self.measure(*words, image=image)
        self.done(what, outcome)
        self.check(outcome.stdout == wanted + "\n" and outcome.stderr == "", what, outcome.stdout)
        as_json = self.measure(*words, "--json", image=image)
        self.check(as_json.returncode == DONE and json.loads(as_json.stdout) == {"measurement": wanted}, f"{what} --json", as_json.stdout)


def vectors(t):
    """Every launch of the vectors, and every image that is refused."""
    for vector in launch_vectors.compact():
        what = vector["name"]
        image = t.file("vector", launch_vectors.content_of(vector))
        launch = launch_vectors.LAUNCH | vector.get("launch", {})
        words = ["--vmm", launch["vmm"], "--vcpus", launch["vcpus"], "--guest-features", hex(launch["guest_features"])]
        if launch["cpu_signature"]:
            words += ["--vcpu-signature", hex(launch["cpu_signature"])]
        for name in ("kernel", "initrd"):
            words += [] if launch[name] is None else [f"--{name}", t.file(name, launch[name].encode())]
        words += [] if launch["append"] is None else [f"--append={launch['append']}"]
        words += [] if launch["start"] is None else ["--start-digest", launch["start"]]
        if vector["kind"] == "launch_measurement" and vector["expect"] == "ok":
            t.measured(what, vector["measurement"], *words, image=image)
        elif vector["expect"] != "ok":
            outcome = t.measure(*words, image=image)
            t.refused(what, outcome, (UNUSABLE,), f"({vector['expect']})" if vector["part"] == "firmware_image" else "see unitee measure --help")
            if vector["part"] == "firmware_image":
                t.check(f"{image}: firmware image" in outcome.stderr, what, outcome.stderr)
                t.check(vector["offset"] == 0 or f"offset {vector['offset']:#x}:" in outcome.stderr, what, outcome.stderr)


def known(t, evidence):
    root = pathlib.Path(evidence) / "snp"
    manifest = json.loads((root / "MANIFEST.json").read_text())
    tried = 0
    for case in manifest["measurement"]["vectors"]:
        words = ["--vmm", case["vmm"], "--vcpus", case["vcpus"], "--vcpu-signature", case["cpu_signature"], "--guest-features", case["guest_features"]]
        words += ["--kernel", t.empty] if case["kernel"] == "empty file" else []
        words += ["--initrd", t.empty] if case["initrd"] == "empty file" else []
        words += [] if case["append"] is None else ["--append", case["append"]]
        t.measured(case["id"], case["launch_digest"], *words, image=root / case["ovmf"])
        tried += 1
    t.check(tried >= 8, "known launches", tried)


def processors(t):
    image = launch_vectors.whole(launch_vectors.IMAGES["image_of_one_page"])
    for name, signature, parts in (("EPYC", 0x00800F12, (23, 1, 2)), ("EPYC-v4", 0x00800F12, (23, 1, 2)), ("EPYC-Rome", 0x00830F10, (23, 0x31, 0)),
                                   ("EPYC-Milan", 0x00A00F11, (25, 1, 1)), ("EPYC-Genoa-v1", 0x00A10F10, (25, "0x11", 0))):
        wanted = launch_vectors.measure(image, "qemu", 1, signature, 1).hex()
        t.measured(name, wanted, "--vcpu-type", name)
        t.measured(f"{name} by its signature", wanted, "--vcpu-signature", f"{signature:08x}")
        t.measured(f"{name} by its parts", wanted, "--vcpu-family", parts[0], "--vcpu-model", parts[1], "--vcpu-stepping", parts[2])
    t.measured("EC2 without a processor", launch_vectors.measure(image, "ec2", 1, 0, 1).hex(), "--vmm", "ec2")


def openssl(*words, **options):
    return subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, **options).stdout


def structure_of(key):
    """The 1028 bytes of a P-384 public key, from its DER, which ends with the point."""
    point = openssl("pkey", "-in", key, "-pubout", "-outform", "DER")[-96:]
    return (2).to_bytes(4, "little") + b"".join(half[::-1].ljust(72, b"\0") for half in (point[:48], point[48:])).ljust(1024, b"\0")


def verifies(t, what, key, message, signature):
    """Checks a signature of the structure with the openssl command."""
    numbers = [int.from_bytes(signature[at:at + 72], "little") for at in (0, 72)]
    der = b"".join(b"\2" + bytes([len(each)]) + each for each in (n.to_bytes(n.bit_length() // 8 + 1, "big") for n in numbers))
    files = [t.file("public", openssl("pkey", "-in", key, "-pubout")), t.file("signature", b"\x30" + bytes([len(der)]) + der), t.file("message", message)]
    outcome = subprocess.run(["openssl", "dgst", "-sha384", "-verify", *files[:1], "-signature", *files[1:]], capture_output=True, text=True)
    t.check(outcome.stdout == "Verified OK\n" and not any(signature[144:]), what, outcome)


def id_blocks(t):
    id_key, author_key, p256 = (t.folder / name for name in ("id.pem", "author.pem", "p256.pem"))
    for path, curve in ((id_key, "P-384"), (author_key, "P-384"), (p256, "P-256")):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-out", path)
    out = t.folder / "out"
    out.mkdir()
    block_file, auth_file = out / "block", out / "auth"
    to = ("--id-block", block_file, "--id-auth", auth_file)
    digest = launch_vectors.measure(t.image.read_bytes(), "qemu", 1, 0x00A00F11, 1)

    what = "an ID block with an author"
    names = ("--family-id", "11" * 16, "--image-id", "22" * 16, "--guest-svn", 7, "--policy", "0x3001f")
    said = t.measure(*MILAN, "--id-key", id_key, "--author-key", author_key, *names, *to, "--json")
    if t.done(what, said):
        block, auth = block_file.read_bytes(), auth_file.read_bytes()
        t.check(block == digest + b"\x11" * 16 + b"\x22" * 16 + (1).to_bytes(4, "little") + (7).to_bytes(4, "little") + (0x3001F).to_bytes(8, "little"),
                what, block.hex())
        keys = structure_of(id_key), structure_of(author_key)
        t.check(len(auth) == 4096 and auth[:8] == b"\1\0\0\0\1\0\0\0" and not any(auth[8:0x40]) and not any(auth[0x644:0x680] + auth[0xC84:]), what)
        t.check((auth[0x240:0x644], auth[0x880:0xC84]) == keys, what, "the keys differ")
        verifies(t, f"{what}: signature of the block", id_key, block, auth[0x40:0x240])
        verifies(t, f"{what}: signature of the ID key", author_key, keys[0], auth[0x680:0x880])
        t.check(json.loads(said.stdout) == {"measurement": digest.hex(), "id_key_digest": hashlib.sha384(keys[0]).hexdigest(),
                                            "author_key_digest": hashlib.sha384(keys[1]).hexdigest()}, what, said.stdout)

    what = "an ID block alone, over older files"
    said = t.measure(*MILAN, "--id-key", id_key, *to)
    if t.done(what, said):
        block, auth = block_file.read_bytes(), auth_file.read_bytes()
        t.check(block == digest + bytes(32) + b"\1\0\0\0" + bytes(4) + (0x30000).to_bytes(8, "little"), what, block.hex())
        t.check(auth[:8] == b"\1\0\0\0\0\0\0\0" and not any(auth[0x644:]), what)
        verifies(t, what, id_key, block, auth[0x40:0x240])
        t.check(said.stdout == f"{digest.hex()}\nid_key_digest {hashlib.sha384(structure_of(id_key)).hexdigest()}\n", what, said.stdout)
    t.check(sorted(path.name for path in out.iterdir()) == ["auth", "block"], what, list(out.iterdir()))

    # What is refused leaves the files as they were.
    before = block_file.read_bytes(), auth_file.read_bytes()
    good = (*MILAN, "--id-key", id_key)
    garbage = t.file("garbage", b"-----BEGIN PRIVATE KEY-----\n")
    attempts = [(*MILAN, "--id-key", p256, *to), (*good, "--author-key", p256, *to), (*MILAN, "--id-key", garbage, *to), (*good, "--author-key", garbage, *to),
                (*MILAN, "--id-key", "/no/such/key", *to), (*good, *to, "--family-id", "11"), (*good, *to, "--image-id", "zz" * 16),
                (*good, *to, "--guest-svn", "4294967296"), (*good, *to, "--policy", "x"), (*good, *to, "--vcpus", "0"), (*good, *to, "--kernel", "/no/such/file"),
                (*good, "--id-block", block_file, "--id-auth", out), (*good, "--id-block", out, "--id-auth", auth_file),
                (*good, "--id-block", block_file, "--id-auth", "/no/such/folder/auth"), (*good, "--id-block", "/no/such/folder/block", "--id-auth", auth_file),
                (*good, "--id-block", block_file, "--id-auth", block_file), (*good, "--id-block", block_file, "--id-auth", out / "." / "block"),
                (*good, "--id-block", block_file), (*good, "--id-auth", auth_file), good, (*MILAN, *to), (*MILAN, "--author-key", author_key),
                (*MILAN, "--guest-svn", 1)]
    for words in attempts:
        what = " ".join(map(str, words))
        t.refused(what, t.measure(*words), (UNUSABLE,))
        t.check((block_file.read_bytes(), auth_file.read_bytes()) == before, what, "the files changed")
        t.check(sorted(path.name for path in out.iterdir()) == ["auth", "block"], what, list(out.iterdir()))


def arguments(t):
    image = ("--firmware", t.image)
    for words in ((), ("snp",), ("tdx", *image, *MILAN), ("snp", "snp", *image, *MILAN), (*image, *MILAN), ("snp", *image), ("snp", *image, "--nonsense"),
                  ("snp", "--firmware", "/no/such/file", *MILAN), ("snp", "--firmware", t.folder, *MILAN), ("snp", "--firmware", t.empty, *MILAN),
                  ("snp", *image, *MILAN, "--json=1"), ("snp", *image, *image, *MILAN)):
        t.refused(f"measure {words}", t.run("measure", *words), (UNUSABLE,))
    for words in ((*MILAN, *MILAN), (*MILAN, "--vcpu-signature", "0xa00f11"), (*MILAN, "--vcpu-family", 25), ("--vcpu-type", "EPYC-Nowhere"),
                  ("--vcpu-signature", 0), ("--vcpu-signature", "0x100000000"), ("--vcpu-signature", "0x"), ("--vcpu-signature", "-1"),
                  ("--vcpu-family", 25, "--vcpu-model", 1), ("--vcpu-family", 271, "--vcpu-model", 1, "--vcpu-stepping", 1),
                  ("--vcpu-family", 25, "--vcpu-model", 256, "--vcpu-stepping", 1), ("--vcpu-family", 25, "--vcpu-model", 1, "--vcpu-stepping", 16),
                  (*MILAN, "--vcpus", 0), (*MILAN, "--vcpus", 4097), (*MILAN, "--guest-features", "0x20"), (*MILAN, "--vcpus", "-1"), (*MILAN, "--vcpus", "two"), (*MILAN, "--vcpus", ""),
                  (*MILAN, "--guest-features", "0x10000000000000000"), (*MILAN, "--guest-features", "1g"), (*MILAN, "--vmm", "xen"),
                  (*MILAN, "--start-digest", "00"), (*MILAN, "--start-digest", "00" * 49), (*MILAN, "--initrd", t.empty), (*MILAN, "--append", "quiet"),
                  (*MILAN, "--kernel", "/no/such/file"), (*MILAN, "--kernel", t.folder), (*MILAN, "--kernel", t.empty, "--initrd", "/no/such/file")):
        t.refused(" ".join(map(str, words)), t.measure(*words), (UNUSABLE,))
    outcome = t.run("measure", "--help")
    t.check(outcome.returncode == DONE and outcome.stdout.startswith("usage: unitee measure snp"), "--help", outcome.stdout)


def main():
    binary, evidence = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        t = Measuring(binary, folder)
        for part in (vectors, processors, id_blocks, arguments):
            part(t)
        if have(evidence):
            known(t, evidence)
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
