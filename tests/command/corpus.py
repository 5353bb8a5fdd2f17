# SPDX-License-Identifier: Apache-2.0
"""The recorded SEV-SNP evidence, as `unitee verify` is asked about it."""

import importlib.util
import json
import pathlib

from tool import Tool


def sibling(name):
    """tests/command/<name>.py, also where the standard library has a module of that name."""
    spec = importlib.util.spec_from_file_location(f"command_{name}", pathlib.Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


inspect = sibling("inspect")  # its maps say where our JSON has what the manifest calls by another name


class Corpus(Tool):
    def __init__(self, binary, evidence):
        super().__init__(binary)
        self.root = pathlib.Path(evidence) / "snp"
        self.manifest = json.loads((self.root / "MANIFEST.json").read_text())

    def endorsements(self, case, vek="vek"):
        return [word for role in (vek, "intermediate", "root") for word in ("--endorsements", self.root / case["files"][role])]

    def verify(self, case, *options, vek="vek", at=None):
        return self.run("verify", self.evidence_of(case), *self.endorsements(case, vek), "--at", at or case["verify_time"], *options)

    def judged(self, case, *options):
        """The outcome, and what --json says; {} where that is no object."""
        outcome = self.verify(case, "--json", *options)
        try:
            return outcome, json.loads(outcome.stdout)
        except ValueError:
            return outcome, {}

    def evidence_of(self, case):
        return self.root / case["files"].get("report", case["files"].get("hcl_report"))

    def case(self, name):
        return next(case for case in self.manifest["cases"] if case["id"] == name)

    def genuine(self):
        return [case for case in self.manifest["cases"] if case["expected"]["cryptographic"] == "valid"]

    def tpm(self, case, *names):
        """The words for the TPM's files of a case: quote and signature, and more by name."""
        option = {"--tpm-quote": "tpm_quote_message", "--tpm-signature": "tpm_quote_signature", "--tpm-pcrs": "tpm_pcrs_sha256"}
        return [word for name in ("--tpm-quote", "--tpm-signature", *names) for word in (name, self.root / case["files"][option[name]])]

    def same_fields(self, what, fields, report):
        """Every field of a report that the manifest names is what the JSON says."""
        version = int(fields["version"], 16)
        for name, value in inspect.flat(fields):
            if name not in inspect.SNP_FIELDS:
                self.check(name in inspect.NOT_COMPARED, what, f"nothing compares {name}")
                continue
            path, convert = inspect.SNP_FIELDS[name]
            convert = inspect.NOTHING if version < inspect.SNP_SINCE.get(name, 0) else convert
            try:
                found = inspect.at(report, path)
            except (KeyError, IndexError, TypeError):
                found = None if value is None else f"nothing at {path}"
            wanted = None if value is None else convert(value)
            self.check(found == wanted, what, f"{name} is {found!r}, not {wanted!r}")
