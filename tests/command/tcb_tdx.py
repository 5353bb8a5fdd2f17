#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee verify` judge every recorded vector of the TCB evaluation: the vectors have no signatures, so each becomes a
quote of a platform with these SVNs, and the documents are signed by the worthless keys of tests/vectors. Needs the openssl
command.

usage: tcb_tdx.py UNITEE_BINARY EVIDENCE_DIR
"""

import json
import pathlib
import sys
import tempfile

VECTORS = pathlib.Path(__file__).resolve().parents[1] / "vectors"
sys.path.insert(0, str(VECTORS))

import tdx_forge as forge  # noqa: E402
from tdx_corpus import EVERYTHING, TdxCorpus  # noqa: E402
from tool import have  # noqa: E402

AT = "2026-01-15T00:00:00Z"
BEGIN, END = "2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z"


# What is below the lowest level of its document.
LOW = {"sgx-comp-low": "SGX component 1", "tdx-late-microcode-0": "TDX component 3"}


def different(data, edits):
    """The edits that change something."""
    return [(at, new) for at, new in edits if data[at:at + len(new)] != new]


def quote_of(vector, documents):
    info, identity = documents["tcb_info"], documents["qe_identity"]
    members = forge.pck_members(components=vector["pck_components"], pcesvn=vector["pcesvn"], fmspc=bytes.fromhex(info["fmspc"]),
                                pceid=bytes.fromhex(info["pceId"]))
    chain = forge.chain(forge.pck(sgx=[forge.sgx_extension(members)]), forge.pck_ca(), forge.root())
    second = vector.get("tee_tcb_svn_2")
    body = [(forge.TEE_TCB_SVN, bytes.fromhex(vector["tee_tcb_svn"]))]
    body += [(forge.TEE_TCB_SVN_2, bytes.fromhex(second))] if second else []
    qe = [(forge.QE_MRSIGNER, bytes.fromhex(identity["mrsigner"])), (forge.QE_ISVSVN, vector["qe_isvsvn"].to_bytes(2, "little"))]
    return forge.quote(5 if second else 4, chain, body=different(forge.td_body(bool(second)), body), qe=different(forge.enclave_report(bytes(64)), qe))


def main():
    binary, evidence = sys.argv[1:]
    if not have(evidence):
        return 0
    c = TdxCorpus(binary, evidence)
    documents = json.loads((c.root / "tcb-vectors.json").read_text())
    forge.workshop.signing = True  # and what is signed here is not kept
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "collateral"
        folder.mkdir()
        signers = forge.chain(forge.tcb_signing(), forge.root())
        for name, content in (("tcb_info.json", forge.document("tcbInfo", documents["tcb_info"])), ("tcb_info_issuer_chain.pem", signers),
                              ("qe_identity.json", forge.document("enclaveIdentity", documents["qe_identity"])), ("qe_identity_issuer_chain.pem", signers),
                              ("root_ca_crl.der", forge.root_crl()), ("pck_crl.der", forge.pck_crl(begin=BEGIN, end=END))):
            (folder / name).write_bytes(content)
        root, file = folder / "root.der", pathlib.Path(temporary) / "quote.bin"
        root.write_bytes(forge.root())
        own = ("--trust-anchor", root, "--no-pinned-roots")
        for vector in documents["vectors"]:
            what, expected = vector["id"], vector["expected"]
            file.write_bytes(quote_of(vector, documents))
            outcome, said = c.judged(file, folder, AT, *own, *EVERYTHING)
            if what == "module-unknown":  # the whole procedure looks for the identity before it rates anything
                c.refused(what, outcome, said="offset 0x30: the TDX module is not one that the TCB info describes (module_mismatch)")
                continue
            tcb = said.get("tcb", {})
            status = expected["status"]
            c.check(tcb.get("status") == status, what, f"{tcb.get('status')}, wanted {status}: {outcome.stderr}")
            if "tcb_date" in expected:
                c.check((tcb["date"], tcb["advisories"]) == (expected["tcb_date"], expected["advisory_ids"]), what, tcb)
            if "launch_status" in expected:
                c.check((tcb["launch"]["status"], tcb["current"]["status"]) == (expected["launch_status"], expected["current_status"]), what, tcb)
            if status in ("Revoked", "NotSupported"):
                c.refused(what, outcome, said=f"tcb_status is not met: found {status}")
            else:
                c.done(what, outcome)
            alone = c.verify(file, folder, AT, *own)  # UpToDate is all that is accepted
            helps = [line[12:] for line in alone.stdout.splitlines() if line.startswith("what helps  ")]
            if what in LOW:
                c.check(helps == [f"an update, at least to the lowest level, of: {LOW[what]}"] or "nothing is known to help" not in helps, what, helps)
                c.check(f"{LOW[what]} 0, the lowest level asks for " in alone.stdout, what, alone.stdout)
            if status == "UpToDate":
                c.done(what, alone)
            else:
                c.refused(what, alone, said=f"tcb_status is not met: found {status}, wanted UpToDate")
                accept = next((line.split(None, 2)[2] for line in alone.stdout.splitlines() if line.startswith("to accept ")), "")
                if status in ("Revoked", "NotSupported"):
                    c.check(accept == "no policy accepts this", what, accept)
                else:
                    c.done(f"{what} {accept}", c.verify(file, folder, AT, *own, *accept.split()))
            older = vector.get("expected_2024_procedure", status)
            found = c.judged(file, folder, AT, *own, *EVERYTHING, "--tcb-procedure", "qvl-2024")[1].get("tcb", {}).get("status")
            c.check(found == older, f"{what} 2024", f"{found}, wanted {older}")
        c.refused("another root", c.verify(file, folder, AT), said="(untrusted_root)")
        c.check(c.verify(file, folder, AT, *own[:2], *EVERYTHING).stdout.count("A ROOT THAT YOU NAMED, not Intel's") == 1, "own root", "")
    return c.report()


if __name__ == "__main__":
    sys.exit(main())
