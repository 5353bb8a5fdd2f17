# SPDX-License-Identifier: Apache-2.0
"""The recorded TDX evidence, as `unitee verify` is asked about it."""

import json
import pathlib
import re

from tool import Tool

# What accepts every status that a policy can accept, and every kind of quote.
EVERYTHING = ("--accept-status", "SWHardeningNeeded,ConfigurationNeeded,ConfigurationAndSWHardeningNeeded,OutOfDate,"
              "OutOfDateConfigurationNeeded,TDRelaunchAdvised,TDRelaunchAdvisedConfigurationNeeded",
              "--allow-debug", "--accept-enclave", "--service-td", "any")
CORE = ("tcb_info", "qe_identity", "pck_crl", "root_ca_crl", "tcb_info_issuer_chain", "qe_identity_issuer_chain", "pck_crl_issuer_chain")


def edited(content, edits):
    """The bytes after a recipe of the manifest."""
    out = bytearray(content)
    for edit in edits:
        value = bytes.fromhex(edit.get("hex", ""))
        if edit["op"] == "truncate":
            del out[edit["length"]:]
        elif edit["op"] == "append":
            out += value
        elif edit["op"] == "set":
            out[edit["offset"]:edit["offset"] + len(value)] = value
        else:
            assert edit["op"] == "xor", edit
            for i, byte in enumerate(value):
                out[edit["offset"] + i] ^= byte
    return bytes(out)


class TdxCorpus(Tool):
    def __init__(self, binary, evidence):
        super().__init__(binary)
        self.root = pathlib.Path(evidence) / "tdx"
        self.manifest = json.loads((self.root / "MANIFEST.json").read_text())

    def case(self, name):
        return next(case for case in self.manifest["cases"] if case["id"] == name)

    def quotes(self):
        return [case for case in self.manifest["cases"] if case["kind"] == "quote"]

    def path(self, case):
        return self.root / case["file"]

    def collateral(self, name):
        return self.root / "collateral" / name

    def verify(self, quote, collateral, at, *options):
        """collateral is a directory or the name of a set; several, separated by spaces, are several."""
        folders = [self.collateral(name) for name in collateral.split()] if isinstance(collateral, str) else [collateral]
        return self.run("verify", quote, *(word for each in folders for word in ("--endorsements", each)), "--at", at, *options)

    def judged(self, quote, collateral, at, *options):
        """The outcome, and what --json says; {} where that is no object."""
        outcome = self.verify(quote, collateral, at, "--json", *options)
        try:
            return outcome, json.loads(outcome.stdout)
        except ValueError:
            return outcome, {}

    def listed(self, of_tdx):
        """The options in the help: those in the sections about TDs, or all others."""
        out, inside = set(), False
        for line in self.run("verify", "--help").stdout.splitlines():
            if re.match(r"\S.*:$", line):
                inside = line in ("What to demand of a TD, or of an SGX enclave:", "What to demand of its platform, TCB and collateral:",
                                  "What stands beside a TD's quote:")
            if (option := re.match(r"  (--[a-z-]+)", line)) and inside == of_tdx:
                out.add(option[1])
        return out
