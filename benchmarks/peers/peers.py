# SPDX-License-Identifier: Apache-2.0
"""What `run` and `differential` have in common: the programs, how they are built and asked, and the evidence."""

import base64
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build" / "peers"

SNP_FILES = ["report", "vek", "intermediate", "root"]
TDX_FILES = {
    "tcb_info": "tcb_info.json",
    "tcb_info_issuer_chain": "tcb_info_issuer_chain.pem",
    "qe_identity": "qe_identity.json",
    "qe_identity_issuer_chain": "qe_identity_issuer_chain.pem",
    "pck_crl": "pck_crl.der",
    "pck_crl_issuer_chain": "pck_crl_issuer_chain.pem",
    "root_ca_crl": "root_ca_crl.der",
}

# TDX quotes with the collateral of their platforms, and a time at which all of it was current.
TDX_CASES = [
    ("b0c06f-uptodate", "quotes/b0c06f-uptodate.bin", "b0c06f-2025-06", "2025-06-25T00:00:00Z"),
    ("gcp-cos113", "quotes/gcp-cos113.bin", "00806f05-2025-06", "2025-06-25T00:00:00Z"),
    ("azure-2023", "azure/azure-2023/td_quote.bin", "00806f05-2025-06", "2025-06-25T00:00:00Z"),
    ("debug-td", "quotes/debug-td.bin", "50806f-2023-06", "2023-06-20T00:00:00Z"),
    ("v5-td15", "quotes/v5-td15.bin", "90c06f-2026-03", "2026-03-20T00:00:00Z"),
    ("sgx-v3-processor-ca", "quotes/sgx-v3-processor-ca.bin", "sgx-00a067-2025-06", "2025-06-25T00:00:00Z"),
]


def stop(sentence):
    """stop ends the program without figures."""
    print(f"{pathlib.Path(sys.argv[0]).name}: {sentence}", file=sys.stderr)
    sys.exit(2)


def evidence_folder():
    """evidence_folder is the recorded evidence: UNITEE_EVIDENCE_DIR, or shared/evidence beside the repository."""
    folder = pathlib.Path(os.environ.get("UNITEE_EVIDENCE_DIR") or ROOT.parent / "shared" / "evidence")
    if not (folder / "snp" / "MANIFEST.json").is_file():
        stop(f"there is no recorded evidence in {folder}; UNITEE_EVIDENCE_DIR says where it is")
    return folder


def seconds(text):
    """seconds is a time as the manifests write it, since 1970."""
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def der(path):
    """der is one certificate, which may be stored as PEM."""
    data = path.read_bytes()
    block = re.search(rb"-----BEGIN CERTIFICATE-----(.*?)-----END", data, re.DOTALL)
    return base64.b64decode(block[1]) if block else data


class Case:
    """Case is evidence that is genuine, with its endorsements and the time of judgement."""

    def __init__(self, kind, name, files, at):
        self.kind, self.name, self.files, self.at = kind, name, files, at


def snp_cases():
    folder = evidence_folder() / "snp"
    out = []
    for case in json.loads((folder / "MANIFEST.json").read_text())["cases"]:
        if case["kind"] != "report" or case["expected"]["cryptographic"] != "valid":
            continue
        paths = {name: folder / path for name, path in case["files"].items() if name in SNP_FILES}
        files = {name: path.read_bytes() if name == "report" else der(path) for name, path in paths.items()}
        out.append(Case("snp", case["id"], files, seconds(case["verify_time"])))
    return out


def tdx_cases():
    folder = evidence_folder() / "tdx"
    out = []
    for name, quote, collateral, at in TDX_CASES:
        files = {"quote": (folder / quote).read_bytes()}
        for file, path in TDX_FILES.items():
            files[file] = (folder / "collateral" / collateral / path).read_bytes()
        out.append(Case("tdx", name, files, seconds(at)))
    return out


def set_lines(case):
    """set_lines tells a peer a case: its files, and which SEV-SNP roots may be trusted whatever a question says."""
    trusted = {f"trusted_{name}": case.files[name] for name in ("intermediate", "root") if name in case.files}
    return "".join(f"set {name} {data.hex()}\n" for name, data in {**case.files, **trusted}.items())


def question(kind, how, at, count=1, changed=None):
    """question is one line of the protocol, see cpp/protocol.hpp."""
    given = "".join(f" {name}={data.hex()}" for name, data in (changed or {}).items())
    return f"verify {kind} {how} {at} {count}{given}\n"


class Answer:
    """Answer is accepted, refused or cannot; nanoseconds of processor time; and the reason."""

    def __init__(self, line):
        self.verdict, took, self.reason = line.decode(errors="replace").rstrip("\n").split(" ", 2)
        self.nanoseconds = int(took)

    @property
    def accepted(self):
        return self.verdict == "accepted"


class Peer:
    """Peer is a program that answers by the library of this name, about reports (snp) or quotes (tdx)."""

    def __init__(self, name, program, kinds):
        self.name, self.program, self.kinds = name, program, kinds
        self.process = None

    def started_with(self, case):
        """started_with is this peer with a process of its own that has been told the case."""
        out = Peer(self.name, self.program, self.kinds)
        out.process = subprocess.Popen([out.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        out.tell(set_lines(case))
        return out

    def tell(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def ask(self, text):
        self.tell(text)
        line = self.process.stdout.readline()
        if not line:
            stop(f"{self.name} ended without an answer")
        return Answer(line)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def tool(name, where):
    found = shutil.which(name)
    if found is None:
        stop(f"there is no {name}, which builds {where}; install it and run this again")
    return found


def build_one(what, command, folder, extra=None):
    """build_one runs one compiler, one job at a time: these are heavy."""
    print(f"building {what}", file=sys.stderr, flush=True)
    done = subprocess.run(["nice", *map(str, command)], cwd=folder, env={**os.environ, **(extra or {})},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        stop(f"{what} cannot be built:\n{done.stdout}")


def build(raw_openssl):
    """build makes every program below build/peers, and gives back the peers with ours as the first."""
    cargo = tool("cargo", "the Rust peers")
    go = tool("go", "the Go peers")
    compiler = tool(os.environ.get("CXX", "g++"), "ours")
    BUILD.mkdir(parents=True, exist_ok=True)
    flags = ["-std=c++20", "-O3", "-DNDEBUG", "-Wall", "-Wextra", f"-I{ROOT / 'include'}"]
    cpp = HERE / "cpp"
    build_one("unitee", [compiler, *flags, cpp / "unitee.cpp", "-o", BUILD / "unitee", "-lcrypto"], HERE)
    if raw_openssl:
        beside = [HERE.parent / "verify" / name for name in ("openssl.cpp", "tdx_openssl.cpp")]
        build_one("OpenSSL", [compiler, *flags, cpp / "openssl.cpp", *beside, "-o", BUILD / "openssl", "-lcrypto"],
                  HERE)
    build_one("the Rust peers", [cargo, "build", "--release", "--locked", "--quiet", "-j", "1"], HERE / "rust",
              {"CARGO_TARGET_DIR": str(BUILD / "cargo")})
    build_one("the Go peers", [go, "build", "-p", "1", "-o", BUILD / "go", "."], HERE / "go")
    out = [
        Peer("unitee", BUILD / "unitee", ["snp", "tdx"]),
        Peer("sev", BUILD / "cargo" / "release" / "peers", ["snp"]),
        Peer("go-sev-guest", BUILD / "go", ["snp"]),
        Peer("dcap-qvl", BUILD / "cargo" / "release" / "peers", ["tdx"]),
        Peer("go-tdx-guest", BUILD / "go", ["tdx"]),
    ]
    if raw_openssl:
        out.append(Peer("OpenSSL", BUILD / "openssl", ["snp", "tdx"]))
    return out


def versions():
    """versions is what was measured, in one line."""
    lock = (HERE / "rust" / "Cargo.lock").read_text()
    rust = [" ".join(pair) for pair in re.findall(r'name = "(sev|dcap-qvl)"\nversion = "([^"]+)"', lock)]
    mod = (HERE / "go" / "go.mod").read_text()
    modules = [f"{name} {version}" for name, version in re.findall(r"google/(go-\w+-guest) (v[\d.]+)", mod)]
    openssl = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout
    return ", ".join([*rust, *modules, " ".join(openssl.split()[:2])])
