#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares every field that the manifests of the recorded evidence name with what `unitee inspect --json` says.

usage: inspect.py UNITEE_BINARY EVIDENCE_DIR

The maps below say where our JSON has what a manifest calls by another name. A manifest field that is neither mapped nor
in NOT_COMPARED is a failure, and so is a sample that should be refused and is not.
"""

import base64
import hashlib
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

# Conversions from the manifest's form to ours.
SAME = lambda value: value
NUMBER = lambda value: int(value, 16)  # "0x1f"
LE = lambda value: int.from_bytes(bytes.fromhex(value), "little")  # "1f00000000000000"
NOTHING = lambda value: None  # a field that this version does not have, which the manifest gives as zero


def same_all(*names):
    return {name: (name, SAME) for name in names}


# Manifest name -> (path in our JSON, conversion).
SNP_FIELDS = {
    **{name: (name, NUMBER) for name in ("version", "guest_svn", "policy", "vmpl", "signature_algo", "platform_info", "key_info")},
    **same_all("family_id", "image_id", "current_tcb", "report_data", "measurement", "host_data", "id_key_digest",
               "author_key_digest", "report_id", "report_id_ma", "reported_tcb", "chip_id", "committed_tcb", "current_firmware",
               "committed_firmware", "launch_tcb"),
    "reported_tcb_parts.fmc": ("reported_tcb_parts.fmc", SAME),
    "reported_tcb_parts.bootloader": ("reported_tcb_parts.boot_loader", SAME),
    "reported_tcb_parts.tee": ("reported_tcb_parts.tee", SAME),
    "reported_tcb_parts.snp": ("reported_tcb_parts.snp", SAME),
    "reported_tcb_parts.microcode": ("reported_tcb_parts.microcode", SAME),
    "cpuid_fam": ("cpuid_fam_id", NUMBER),
    "cpuid_mod": ("cpuid_mod_id", NUMBER),
    "cpuid_step": ("cpuid_step", NUMBER),
    "launch_mit_vector": ("launch_mit_vector", LE),
    "current_mit_vector": ("current_mit_vector", LE),
    "signature_r_le": ("signature_r", SAME),
    "signature_s_le": ("signature_s", SAME),
}
# What a report lacks before this version: null in our JSON.
SNP_SINCE = {"cpuid_fam": 3, "cpuid_mod": 3, "cpuid_step": 3, "launch_mit_vector": 5, "current_mit_vector": 5}
SNP_CASE = {"report_version": ("version", SAME), "vek": ("signed_by", SAME), "product": ("product", lambda value: value.split()[0]),
            "key_generation": ("product", SAME)}

SNP_HCL = {
    **same_all("signature", "report_size", "request_type", "data_size", "data_version", "report_type", "hash_type",
               "variable_data_size"),
    "header_version": ("version", SAME),
    "blob_size": ("size", SAME),
    "runtime_data_sha256": ("runtime_data_hash", SAME),
    "user_data": ("runtime_data.user-data", SAME),
    "key_ids": ("runtime_data.keys.*.kid", SAME),
    "vm_unique_id": ("runtime_data.vm-configuration.vmUniqueId", SAME),
}

TPM_QUOTE = {
    **same_all("extra_data", "pcr_digest", "qualified_signer"),
    "pcr_bank": ("pcr_select.0.hash", SAME),
    "pcr_select": ("pcr_select.0.select", SAME),
}
# The same of a TDX guest, whose manifest entry has the fields of the quote among those of the rest.
TDX_TPM_QUOTE = {
    "tpm_magic": ("magic", NUMBER),
    "tpm_type": ("type", NUMBER),
    "tpm_extra_data": ("extra_data", SAME),
    "tpm_pcr_selection": ("pcr_select", SAME),
    "tpm_pcr_digest": ("pcr_digest", SAME),
}

CERTIFICATE = {
    **same_all("subject_cn", "issuer_cn", "serial", "not_before", "not_after", "der_bytes", "der_sha256", "der_sha384",
               "spki_sha256", "spki_sha384", "subject"),
    "signature": ("signature_scheme", SAME),
}

CRL = {
    **same_all("issuer_cn", "this_update", "next_update", "der_bytes"),
    "sha256": ("der_sha256", SAME),
    "crl_number": ("number", NUMBER),
    "signature": ("signature_scheme", SAME),
}

ID_BLOCK = {"launch_digest": ("ld", SAME), **same_all("family_id", "image_id"),
            **{name: (name, NUMBER) for name in ("version", "guest_svn", "policy")}}
ID_AUTH = {"id_key_algo": ("id_key_algo", NUMBER), "author_key_algo": ("auth_key_algo", NUMBER),
           "id_key_curve": ("id_key_curve", NUMBER), **same_all("id_key_digest", "author_key_digest")}

TD_BODY = {
    "tee_tcb_svn": ("tee_tcb_svn", SAME),
    "mr_seam": ("mrseam", SAME),
    "mr_signer_seam": ("mrsignerseam", SAME),
    "seam_attributes": ("seamattributes", LE),
    "td_attributes": ("tdattributes", LE),
    "xfam": ("xfam", LE),
    "mr_td": ("mrtd", SAME),
    "mr_config_id": ("mrconfigid", SAME),
    "mr_owner": ("mrowner", SAME),
    "mr_owner_config": ("mrownerconfig", SAME),
    **same_all("rtmr0", "rtmr1", "rtmr2", "rtmr3"),
    "report_data": ("reportdata", SAME),
    "tee_tcb_svn_2": ("tee_tcb_svn_2", SAME),
    "mr_service_td": ("mrservicetd", SAME),
}
ENCLAVE = {
    "cpu_svn": ("cpusvn", SAME),
    "misc_select": ("miscselect", LE),
    "attributes": ("attributes", SAME),
    "mr_enclave": ("mrenclave", SAME),
    "mr_signer": ("mrsigner", SAME),
    "report_data": ("reportdata", SAME),
}
# The manifest's reserved areas of an enclave report, each made of several of our rows.
ENCLAVE_RESERVED = {"reserved1": ["reserved_20", "isvextprodid"], "reserved2": ["reserved_96"],
                    "reserved3": ["reserved_160", "configid"], "reserved4": ["configsvn", "reserved_262", "isvfamilyid"]}


def below(path, fields):
    return {name: (f"{path}.{ours}", convert) for name, (ours, convert) in fields.items()}


QUOTE_FIELDS = {
    **{name: (f"header.{name}", SAME) for name in ("version", "att_key_type", "tee_type", "qe_vendor_id", "user_data")},
    "body_type": ("body_descriptor.body_type", SAME),
    "body_size": ("body_descriptor.body_size", SAME),
    **same_all("signed_length", "signature_data_length"),
    **below("signature_data", {
        **same_all("signature", "attestation_key", "qe_report_signature"),
        "outer_certification_type": ("certification_data_type", SAME),
        "outer_certification_size": ("certification_data_size", SAME),
        "qe_auth_data": ("qe_authentication_data", SAME),
        "inner_certification_type": ("certification_data.type", SAME),
        "inner_certification_size": ("certification_data.size", SAME),
    }),
    **{f"qe_report.{name}": value for name, value in below("signature_data.qe_report", {
        **ENCLAVE, "isv_prod_id": ("isvprodid", SAME), "isv_svn": ("isvsvn", SAME)}).items()},
    "trailing_bytes": ("trailing.length", SAME),
    "trailing_all_zero": ("trailing.all_zero", SAME),
}
TD_QUOTE = {**QUOTE_FIELDS, **below("body", TD_BODY)}
SGX_QUOTE = {**QUOTE_FIELDS, **below("body", {**ENCLAVE, "isv_prod_id": ("isvprodid", LE), "isv_svn": ("isvsvn", LE)})}
FLAGS = {name: (f"body.tdattributes_bits.{name}", SAME) for name in ("debug", "sept_ve_disable", "migratable", "pks", "perfmon")}
# Flags that say something about other fields of the body.
ZERO = "00" * 48
DERIVED_FLAGS = {
    "mr_service_td_nonzero": lambda body: body["mrservicetd"] not in (None, ZERO),
    "rtmr3_nonzero": lambda body: body["rtmr3"] != ZERO,
    "all_rtmrs_zero": lambda body: all(body[f"rtmr{i}"] == ZERO for i in range(4)),
}

PCK = {
    **{name: (f"sgx.{name}", SAME) for name in ("ppid", "pceid", "fmspc", "sgx_type", "pcesvn", "cpusvn", "platform_instance_id")},
    "comps": ("sgx.tcb_components", SAME),
    **{name: (f"sgx.configuration.{name}", SAME) for name in ("dynamic_platform", "cached_keys", "smt_enabled")},
    **same_all("issuer_cn", "serial", "not_before", "not_after", "subject"),
}

TD_REPORT = {
    **TD_BODY,
    "report_type": ("type", SAME),
    "report_subtype": ("subtype", SAME),
    "report_version": ("version", SAME),
    "cpu_svn": ("cpusvn", SAME),
    **same_all("tee_tcb_info_hash", "tee_info_hash", "mac"),
    "tcb_info_valid": ("valid", LE),
    "mr_service_td": ("servtd_hash", SAME),
}

EVENT_LOG = {
    "size": ("size", SAME),
    "header_mr_index": ("register_index", SAME),
    "header_event_size": ("event_size", SAME),
    "platform_class": ("platform_class", SAME),
    "uintn_size": ("uintn_size", SAME),
    "vendor_info": ("vendor_info", SAME),
    "event_count_after_header": ("event_count", SAME),
    "end": ("end", lambda value: {"ff": "ones", "00": "zeros"}[value]),
    "end_offset": ("end_offset", SAME),
}
EVENT = {
    "mr_index": ("register_index", SAME),
    "type": ("type", NUMBER),
    "digest": ("digests.sha384", SAME),
    "data_size": ("data_size", SAME),
    "offset": ("offset", SAME),
}

CCEL_TABLE = {**same_all("signature", "length", "revision", "oem_id", "cc_type", "cc_subtype"),
              "log_area_minimum_length": ("log_area_minimum_length", NUMBER),
              "log_area_start_address": ("log_area_start_address", NUMBER)}

AZURE = {
    "hcl_magic": ("hcl_report.signature", SAME),
    "hcl_version": ("hcl_report.version", SAME),
    "hcl_report_size": ("hcl_report.report_size", SAME),
    "hcl_request_type": ("hcl_report.request_type", SAME),
    "hcl_status": ("hcl_report.status", SAME),
    **{name: (f"hcl_report.{name}", SAME) for name in ("data_size", "data_version", "report_type", "hash_type", "variable_data_size")},
    "variable_data_sha256": ("hcl_report.runtime_data_hash", SAME),
    "user_data": ("hcl_report.runtime_data.user-data", SAME),
    "vm_configuration": ("hcl_report.runtime_data.vm-configuration", SAME),
}

COLLATERAL = {  # file -> manifest name -> path
    "tcb_info": {"tcb_info_version": ("version", SAME), "tee": ("id", SAME),
                 "tcb_evaluation_data_number": ("tcbEvaluationDataNumber", SAME)},
    "qe_identity": {"qe_identity_tcb_evaluation_data_number": ("tcbEvaluationDataNumber", SAME)},
    "pck_crl": {"pck_crl_issuer": ("crls.0.issuer", SAME), "pck_crl_entries": ("crls.0.entry_count", SAME)},
}

# What is not compared, and why. The key ends with the name; a longer one is about that place alone.
NOT_COMPARED = {
    "about": "text for the reader", "notes": "text for the reader", "note": "text for the reader", "schema": "of the manifest",
    "source": "where the file is from", "platform": "where the file is from", "origin": "where the file is from",
    "id": "of the manifest", "kind": "of the manifest", "files": "paths, used to find the files", "file": "a path",
    "verified": "what an independent script has checked", "verified_signed_by_ark": "a verdict",
    "expected": "verdicts; what they say about parsing is checked by itself", "meaning": "text for the reader",
    "verify_time": "for verification", "verify_at": "for verification", "evaluations": "for verification",
    "collateral": "for verification", "event_log_case": "names another case", "azure_case": "names another case",
    "matches": "names another case", "intermediate": "a path", "root": "a path",
    "negatives": "verdicts about files that are compared elsewhere",
    "collateral_negatives": "verdicts of verification", "event_log_negatives": "edits, checked by event_log_negatives()",
    "measurement": "launch digests of firmware images: not a format", "window_is_empty": "for verification",
    "all_current_from": "for verification", "all_current_until": "for verification",
    "scheme": "of the signature of a TPM quote, for verification",
}

KINDS = {  # as the error line says them
    "truncated": "the input ends too early",
    "trailing_data": "there are bytes after the end",
    "reserved_not_zero": "a reserved byte is not zero",
    "bad_length": "a length contradicts the bytes around it",
    "bad_value": "a field has an undefined value",
    "bad_encoding": "the text or DER does not decode",
    "duplicate": "an item occurs twice",
    "unrecognized": "not a format that this library knows",
    "unsupported_version": "the format version is newer than this library, or was never in use",
    "unsupported_algorithm": "the algorithm is not supported",
    "unsupported_format": "this variant of the format is not supported",
}

# Where and why a mutated quote is refused. The first failure of the others is cryptographic: inspect shows them.
QUOTE_REFUSALS = {
    "v4-vendor-id": ("bad_value", 12),
    "v4-truncated-header": ("truncated", 47),
    "v4-truncated-body": ("truncated", 631),
    "v4-no-signature-length": ("truncated", 634),
    "v4-empty-signature": ("truncated", 636),
    "v4-truncated-one-byte": ("truncated", 4935),
    "v4-signature-length-too-long": ("truncated", None),
    "v4-signature-length-zero": ("bad_length", 632),
    "v4-outer-type-5": ("bad_value", 764),
    "v4-outer-size-too-long": ("bad_length", 766),
    "v4-qe-auth-size-too-long": ("bad_length", 1218),
    "v4-inner-type-7": ("unsupported_format", 1252),
    "v4-inner-size-too-long": ("bad_length", 1254),
    "v4-inner-size-minus-1": ("bad_length", 1254),
    "version-6": ("unsupported_version", 0),
    "version-0": ("unsupported_version", 0),
    "v4-claims-v3": ("bad_value", 4),
    "v4-claims-v5": ("bad_value", 48),
    "att-key-type-3": ("unsupported_algorithm", 2),
    "tee-type-unknown": ("bad_value", 4),
    "v4-tee-type-sgx": ("truncated", None),  # of an enclave, the length would stand at 432
    "v5-body-type-2": ("bad_length", 50),
    "v5-body-type-1": ("bad_value", 48),
    "v5-body-type-9": ("bad_value", 48),
    "v5-body-size-584": ("bad_length", 50),
}
REFUSED_BY_PARSING = {"parse", "version", "tee-type", "attestation-key-type", "vendor-id", "certification-data-type"}

TABLE_REFUSALS = {
    "bad-offset.bin": ("bad_length", 16),
    "bad-length-overflow.bin": ("bad_length", 20),
    "bad-offset-in-header.bin": ("bad_length", 16),
    "bad-no-terminator.bin": ("truncated", 24),
    "bad-duplicate-vcek.bin": ("duplicate", 24),
}

P384_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973


def at(value, path):
    """The value at a path such as "certificates.0.serial"; "*" is every item of a list. KeyError when there is none."""
    head, _, rest = path.partition(".")
    if head == "*":
        return [at(item, rest) for item in value]
    if value is None:
        raise KeyError(path)
    found = value[int(head)] if isinstance(value, list) else value[head]
    return at(found, rest) if rest else found


def flat(fields):
    """Nested objects as dotted names."""
    for name, value in fields.items():
        if isinstance(value, dict) and name in ("qe_report", "reported_tcb_parts"):
            yield from ((f"{name}.{inner}", content) for inner, content in value.items())
        else:
            yield name, value


def edited(data, edits):
    out = bytearray(data)
    for edit in edits:
        new = bytes.fromhex(edit.get("hex", ""))
        start = edit.get("offset", 0)
        match edit["op"]:
            case "set":
                out[start : start + len(new)] = new
            case "xor":
                out[start : start + len(new)] = bytes(a ^ b for a, b in zip(out[start : start + len(new)], new))
            case "truncate":
                del out[edit["length"] :]
            case "append":
                out += new
            case other:
                raise ValueError(other)
    return bytes(out)


class Checker:
    def __init__(self, binary, evidence, folder):
        self.binary, self.evidence, self.folder = binary, pathlib.Path(evidence), pathlib.Path(folder)
        self.passed = self.failed = self.fields = 0
        self.files, self.known = set(), {}

    def check(self, good, what, detail=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}: {detail}")

    def run(self, *arguments):
        return subprocess.run([self.binary, "inspect", *map(str, arguments)], capture_output=True, text=True, timeout=60)

    def describe(self, path, *options):
        """What inspect says about a file below the evidence; {} and a failure when it refuses."""
        key = (str(path), options)
        if key not in self.known:
            done = self.run("--json", *options, self.evidence / path)
            try:
                self.known[key] = json.loads(done.stdout)
                good = done.returncode == 0 and done.stderr == "" and isinstance(self.known[key], dict)
            except ValueError:
                self.known[key], good = {}, False
            self.check(good, path, f"exit status {done.returncode}, {done.stderr.strip()}")
            self.files.add(str(path))
            content = (self.evidence / path).read_bytes()
            self.equal(f"{path} size", self.known[key].get("size"), len(content))
            self.equal(f"{path} sha256", self.known[key].get("sha256"), hashlib.sha256(content).hexdigest())
        return self.known[key]

    def refuse(self, what, content, kind, offset, *options):
        """The content is refused: status 2, and one line that names file, offset and kind, as the JSON object does, too."""
        file = self.folder / "sample.bin"
        file.write_bytes(content)
        for form in ((), ("--json",)):
            done = self.run(*form, *options, file)
            line = re.fullmatch(rf"unitee inspect: {re.escape(str(file))}: ([^:]+), offset 0x([0-9a-f]+): ([^;]+) \((\w+)\)(; .+)?\n", done.stderr)
            good = done.returncode == 2 and line is not None and KINDS.get(line[4]) == line[3]
            good = good and kind in (None, line[4]) and offset in (None, int(line[2], 16))
            if good and form:
                error = json.loads(done.stdout)["error"]
                good = (error["kind"], error["offset"], error["part"]) == (line[4], int(line[2], 16), line[1])
            elif good:
                # Of a report of a newer version what every version shares is shown.
                newer = kind == "unsupported_version" and "newer than this library" in line[3] and len(content) >= 384
                header = kind in ("truncated", "trailing_data") and line[5] and "file_id" in done.stdout
                good = done.stdout == "" or (newer and "measurement" in done.stdout) or header
            self.check(good, what, f"status {done.returncode}, wanted {kind} at {offset}: {done.stderr.strip()}")

    def accept(self, what, content, *options):
        file = self.folder / "sample.bin"
        file.write_bytes(content)
        done = self.run("--json", *options, file)
        self.check(done.returncode == 0 and done.stderr == "", what, f"status {done.returncode}: {done.stderr.strip()}")

    def equal(self, what, got, wanted):
        self.fields += 1
        self.check(got == wanted, what, f"is {got!r}, not {wanted!r}")

    def compare(self, what, ours, fields, names):
        """Every field of the manifest, by the map of names."""
        for name, value in flat(fields):
            if name in names:
                path, convert = names[name]
                try:
                    got = at(ours, path)
                except (KeyError, IndexError, TypeError):
                    got = None if value is None else f"nothing at {path}"
                self.equal(f"{what} {name}", got, None if value is None else convert(value))
            elif not self.known_reason(what, name):
                self.check(False, f"{what} {name}", "the field is not mapped")

    @staticmethod
    def known_reason(what, name):
        return NOT_COMPARED.get(f"{what} {name}") or NOT_COMPARED.get(name.rpartition(".")[2])

    def all_named(self, what, fields, handled):
        """No part of the manifest is left out by accident."""
        for name in fields:
            self.check(name in handled or self.known_reason(what, name), what, f"nothing compares {name}")


# --- SEV-SNP ---

def leaf(description):
    """The certificate with AMD's or Intel's extension."""
    return next((each for each in description.get("certificates", []) if "amd" in each or "sgx" in each), {})


def snp_report(c, what, fields, ours):
    version = int(fields["version"], 16)
    names = {name: (path, NOTHING if version < SNP_SINCE.get(name, 0) else convert) for name, (path, convert) in SNP_FIELDS.items()}
    c.compare(f"{what} fields", ours, fields, names)


def snp_cases(c, manifest):
    for case in manifest["cases"]:
        what = case["id"]
        c.all_named(what, case, {*SNP_CASE, "fields", "hcl", "tpm_quote"})
        is_hcl = case["kind"] == "azure-hcl"
        whole = c.describe("snp/" + case["files"]["hcl_report" if is_hcl else "report"])
        ours = whole.get("hardware_report", {}) if is_hcl else whole
        snp_report(c, what, case["fields"], ours)
        lacks = {"product", "key_generation"} if case["report_version"] < 3 else set()
        c.compare(what, ours, {name: None if name in lacks else case[name] for name in SNP_CASE}, SNP_CASE)
        if is_hcl:
            c.compare(f"{what} hcl", whole, case["hcl"], SNP_HCL)
            c.equal(f"{what} binding", whole.get("report_data_binds_runtime_data"), True)
            c.equal(f"{what} runtime data", whole.get("runtime_data"), json.loads((c.evidence / "snp" / case["files"]["runtime_data"]).read_text()))
        if "tpm_quote" in case:
            snp_tpm_quote(c, what, case, whole)
        c.describe("snp/" + case["files"]["vek"])


def snp_tpm_quote(c, what, case, hcl):
    fields = dict(case["tpm_quote"])
    pcrs = (c.evidence / "snp" / case["files"]["tpm_pcrs_sha256"]).read_bytes()
    ours = c.describe("snp/" + case["files"]["tpm_quote_message"])
    tpm_quote(c, what, ours, pcrs)
    c.equal(f"{what} ak_bits", 8 * len(attestation_modulus(hcl)), fields.pop("ak_bits"))
    for name in ("pcr0", "pcr8"):
        c.equal(f"{what} {name}", pcrs[32 * int(name[3:]) :][:32].hex(), fields.pop(name))
    c.compare(f"{what} tpm_quote", ours, fields, TPM_QUOTE)


def tpm_quote(c, what, ours, pcrs):
    """One bank, whose selected PCRs have the digest that inspect shows; and where things stand."""
    c.equal(f"{what} format", (ours["format"], len(ours["pcr_select"])), ("tpm-quote", 1))
    bank = ours["pcr_select"][0]
    selected = [n for n in range(24) if bytes.fromhex(bank["select"])[n // 8] >> n % 8 & 1]
    c.equal(f"{what} pcrs", bank["pcrs"], selected)
    c.equal(f"{what} pcr_digest", ours["pcr_digest"], hashlib.sha256(b"".join(pcrs[32 * n :][:32] for n in selected)).hexdigest())
    c.equal(f"{what} safe", ours["safe"], True)


def attestation_modulus(hcl):
    key = next(each for each in at(hcl, "runtime_data.keys") if each["kid"] == "HCLAkPub")
    return base64.urlsafe_b64decode(key["n"] + "==")


def snp_certificates(c, manifest):
    for anchor in manifest["trust_anchors"]:
        what = anchor["file"]
        c.all_named(what, anchor, {*CERTIFICATE, "key"})
        ours = at(c.describe("snp/" + what), "certificates.0")
        c.compare(what, ours, {name: anchor[name] for name in anchor if name != "key"}, CERTIFICATE)
        c.equal(f"{what} key", f"{ours['key']} e={ours['rsa_exponent']}", anchor["key"])
    for entry in manifest["certificates"]:
        c.all_named(entry["id"], entry, set())
        amd_extensions(c, entry["file"], entry["verified"]["extensions"])
    for file, extensions in manifest["vek_extensions"]["files"].items():
        amd_extensions(c, file, extensions)
    for chain in sorted((c.evidence / "snp/roots").glob("*/*.pem")):
        names = [each["subject_cn"] for each in c.describe(chain.relative_to(c.evidence))["certificates"]]
        product = chain.parent.name.capitalize()
        c.equal(str(chain), names, [f"SEV-VLEK-{product}" if "vlek" in chain.name else f"SEV-{product}", f"ARK-{product}"])


def amd_extensions(c, file, extensions):
    ours = leaf(c.describe("snp/" + file))
    raw = {each["oid"]: each["value"] for each in ours.get("extensions", []) if each["oid"].startswith("1.3.6.1.4.1.3704.1.")}
    wanted = {name.replace("amd.", "1.3.6.1.4.1.3704.1.", 1): value for name, value in extensions.items()}
    c.equal(f"{file} extensions", sorted(raw), sorted(wanted))
    decoded = {"1": "struct_version", "2": "product_name", "3.1": "bl_spl", "3.2": "tee_spl", "3.3": "snp_spl", "3.4": "spl_4",
               "3.5": "spl_5", "3.6": "spl_6", "3.7": "spl_7", "3.8": "ucode_spl", "3.9": "fmc_spl", "4": "hwid", "5": "csp_id"}
    for suffix, name in decoded.items():
        value = wanted.get("1.3.6.1.4.1.3704.1." + suffix)
        c.equal(f"{file} amd.{suffix}", raw.get("1.3.6.1.4.1.3704.1." + suffix), value)
        if value is None:
            meant = None
        elif suffix in ("2", "5"):
            meant = bytes.fromhex(value)[2:].decode()
        elif suffix == "4":
            meant = value[4:] if len(value) in (2 * 66, 2 * 10) else value
        else:
            meant = int(value[4:], 16)
        c.equal(f"{file} {name}", at(ours, "amd." + name), meant)


def snp_crls(c, manifest):
    for entry in manifest["crls"]:
        what = entry["id"]
        c.all_named(what, entry, {*CRL, "revoked"})
        ours = at(c.describe("snp/" + entry["file"]), "crls.0")
        c.compare(what, ours, {name: entry[name] for name in entry if name != "revoked"}, CRL)
        c.equal(f"{what} revoked", [(each["serial"], each["date"][:10]) for each in ours["entries"]],
                [(each["serial"], each["date"]) for each in entry["revoked"]])


def snp_tables(c, manifest):
    tables = {table["file"]: table for table in manifest["cert_tables"]["tables"]}
    for file, table in tables.items():
        name = file.rpartition("/")[2]
        expected = table["expected"]
        if expected["result"].startswith("error"):
            c.refuse(name, (c.evidence / "snp" / file).read_bytes(), *TABLE_REFUSALS[name])
            continue
        ours = c.describe("snp/" + file)
        c.equal(f"{name} bytes", ours["size"], table["bytes"])
        entries = expected.get("entries", [])
        if isinstance(entries, str):
            entries = tables["cert-tables/" + entries.removeprefix("as ")]["expected"]["entries"]
        if "entries" in expected or name == "empty.bin":
            c.equal(f"{name} entries", [{k: each[k] for k in ("guid", "offset", "length")} for each in ours["entries"]],
                    [{k: each[k] for k in ("guid", "offset", "length")} for each in entries])
        for found, entry in zip(ours["entries"], entries):
            content = entry["content"].removesuffix(" (as DER)")
            if (c.evidence / "snp" / content).is_file():
                whole = c.describe("snp/" + content)
                inside = found["crl"]["crls"][0] if "crl" in found else found["certificates"][0]
                alone = whole["crls"][0] if "crls" in whole else whole["certificates"][0]
                c.equal(f"{name} {entry['guid']}", inside, alone)
        if name == "unknown-guid.bin":
            c.equal(f"{name} names", [each["name"] for each in ours["entries"]], [None, "VCEK"])


def snp_id_block(c, manifest):
    known = manifest["id_block"]
    c.all_named("id_block", known, {"fields"})
    block = c.describe("snp/" + known["files"]["id_block"])
    auth = c.describe("snp/" + known["files"]["id_auth"])
    for name in known["fields"]:
        names, ours = (ID_BLOCK, block) if name in ID_BLOCK else (ID_AUTH, auth)
        c.compare("id_block", ours, {name: known["fields"][name]}, names)


def snp_mutations(c, manifest):
    mutations = manifest["mutations"]
    base = (c.evidence / "snp" / mutations["base"]).read_bytes()
    for recipe in mutations["recipes"]:
        offset = int(recipe["offset"], 16)
        data = edited(base, [{"op": "xor", "offset": offset, "hex": recipe["xor"].removeprefix("0x")}])
        if recipe["name"] == "version":
            c.refuse("mutation version", data, "reserved_not_zero", 0x188)
        elif recipe["expected"].startswith(("structure error", "error")):
            c.refuse(f"mutation {recipe['name']}", data, "reserved_not_zero", offset)
        else:
            c.accept(f"mutation {recipe['name']}", data)

    def put(offset, value, size):
        return edited(base, [{"op": "set", "offset": offset, "hex": value.to_bytes(size, "little").hex()}])

    others = {
        "truncate to 1183 bytes: error": [(base[:1183], "truncated", 1183)],
        "append one byte: error for a strict 1184-byte parser": [(base + b"\0", "trailing_data", 1184)],
        "set version to 1, 6 or 0xffffffff: unsupported version":
            [(put(0, version, 4), "unsupported_version", 0) for version in (1, 6, 0xFFFFFFFF)],
        "set signature_algo (0x034) to 0 or 2: unsupported algorithm":
            [(put(0x34, algorithm, 4), "unsupported_algorithm", 0x34) for algorithm in (0, 2)],
        "set r or s to zero, or to the P-384 group order: error":
            [(put(offset, number, 72), "bad_value", offset) for offset in (0x2A0, 0x2E8) for number in (0, P384_ORDER)],
    }
    for sentence in mutations["other"]:
        c.check(sentence in others, "mutations", f"nobody knows how to: {sentence}")
        for data, kind, offset in others.get(sentence, []):
            c.refuse(sentence, data, kind, offset)


def snp(c):
    manifest = json.loads((c.evidence / "snp/MANIFEST.json").read_text())
    c.all_named("snp", manifest, {"cases", "trust_anchors", "certificates", "vek_extensions", "crls", "cert_tables", "mutations",
                                  "id_block", "file_hashes"})
    snp_cases(c, manifest)
    snp_certificates(c, manifest)
    snp_crls(c, manifest)
    snp_tables(c, manifest)
    snp_id_block(c, manifest)
    snp_mutations(c, manifest)
    for file, facts in manifest["file_hashes"].items():
        if ours := c.known.get(("snp/" + file, ())):
            c.equal(f"{file} hash", (ours["size"], ours["sha256"]), (facts["bytes"], facts["sha256"]))


# --- TDX ---

def tdx_quote(c, case):
    what = case["id"]
    c.all_named(what, case, {"fields", "pck", "flags", "quote_version", "inner_der_order"})
    ours = c.describe("tdx/" + case["file"])
    fields = dict(case["fields"])
    is_td = fields["tee_type"] == 0x81
    if fields["version"] == 3:
        c.equal(f"{what} header_bytes_8_11", "%04x%04x" % tuple(
            int.from_bytes(ours["header"][name].to_bytes(2, "little"), "big") for name in ("qe_svn", "pce_svn")), fields["header_bytes_8_11"])
    else:
        c.equal(f"{what} header_bytes_8_11", ours["header"]["reserved_8"], fields["header_bytes_8_11"])
        c.equal(f"{what} SVNs", (ours["header"]["qe_svn"], ours["header"]["pce_svn"]), (None, None))
    del fields["header_bytes_8_11"]
    for name, rows in ENCLAVE_RESERVED.items():
        if name in fields:
            parts = [ours["body"][row] if isinstance(ours["body"][row], str) else ours["body"][row].to_bytes(2, "little").hex() for row in rows]
            c.equal(f"{what} {name}", "".join(parts), fields.pop(name))
    c.compare(f"{what} fields", ours, fields, TD_QUOTE if is_td else SGX_QUOTE)
    c.equal(f"{what} quote_version", ours["header"]["version"], case["quote_version"])
    if fields["version"] < 5:
        c.equal(f"{what} descriptor", ours["body_descriptor"], None)
        if is_td:
            c.equal(f"{what} 1.5", (ours["body"]["tee_tcb_svn_2"], ours["body"]["mrservicetd"]), (None, None))
    for name, value in case.get("flags", {}).items():
        if name in DERIVED_FLAGS:
            c.equal(f"{what} flags {name}", DERIVED_FLAGS[name](ours["body"]), value)
        else:
            c.compare(f"{what} flags", ours, {name: value}, FLAGS)
    chain = ours["signature_data"]["certification_data"]
    c.compare(f"{what} pck", leaf(chain), {name: value for name, value in case["pck"].items() if name != "chain_order"}, PCK)
    for order in (case["pck"]["chain_order"], case.get("inner_der_order", case["pck"]["chain_order"])):
        c.equal(f"{what} chain", [each["subject_cn"] for each in chain["certificates"]], order)
    if "platform_instance_id" not in case["pck"]:
        c.equal(f"{what} processor CA", (at(leaf(chain), "sgx.platform_instance_id"), at(leaf(chain), "sgx.configuration")), (None, None))
    if fields["inner_certification_type"] == 5:
        c.equal(f"{what} PCK chain data", len(chain["data"]), 2 * fields["inner_certification_size"])


def tdx_report(c, case):
    what = case["id"]
    if case["expected"]["parse"].startswith("reject"):
        c.refuse(what, (c.evidence / "tdx" / case["file"]).read_bytes(), "bad_value", 0)
        return
    c.all_named(what, case, {"fields"})
    ours = c.describe("tdx/" + case["file"])
    c.compare(f"{what} fields", ours, case["fields"], TD_REPORT)
    good = case["expected"]["hashes"] == "ok"
    c.equal(f"{what} hashes", (ours["tee_tcb_info_hash_matches"], ours["tee_info_hash_matches"]), (good, good))


def tdx_event_log(c, case):
    what = case["id"]
    c.all_named(what, case, {"fields", "replayed"})
    ours = c.describe("tdx/" + case["file"])
    fields = dict(case["fields"])
    events = ours["events"]
    version = "%d.%d errata %d" % (ours["spec_version_major"], ours["spec_version_minor"], ours["spec_errata"])
    c.equal(f"{what} spec_version", version, fields.pop("spec_version"))
    c.equal(f"{what} algorithms", {hex(each["id"]): each["size"] for each in ours["algorithms"]}, fields.pop("algorithms"))
    counted = {}
    for each in events:
        if each["type"] != 3:
            counted[str(each["register_index"])] = counted.get(str(each["register_index"]), 0) + 1
    c.equal(f"{what} events_per_mr_index", counted, fields.pop("events_per_mr_index"))
    c.equal(f"{what} no_action_events", sum(each["type"] == 3 for each in events), fields.pop("no_action_events"))
    for name, index in (("first_event", 0), ("last_event", -1)):
        c.compare(f"{what} {name}", events[index], fields.pop(name), EVENT)
    c.compare(f"{what} fields", ours, fields, EVENT_LOG)
    c.compare(f"{what} replayed", ours["replayed"], case["replayed"], same_all("rtmr0", "rtmr1", "rtmr2", "rtmr3"))
    for each in events:
        proven = each["proven"] is not None
        if proven:
            hashed = hashlib.sha384(bytes.fromhex(each["proven"])).hexdigest()
            c.equal(f"{what} proven at {each['offset']}", hashed, each["digests"]["sha384"])
        if each["rule"] in ("whole", "efi_variable", "text_after_colon"):
            c.check(proven, f"{what} at {each['offset']}", "no proof")


def tdx_other(c, case):
    what = case["id"]
    c.all_named(what, case, {"fields"})
    ours = c.describe("tdx/" + case["file"])
    fields = dict(case["fields"])
    if case["kind"] == "acpi":
        content = (c.evidence / "tdx" / case["file"]).read_bytes()
        c.equal(f"{what} checksum_sum", sum(content) % 256, fields.pop("checksum_sum"))
        c.equal(f"{what} checksum", ours["checksum"], content[9])
        c.compare(f"{what} fields", ours, fields, CCEL_TABLE)
    elif case["kind"] == "certificate":
        c.compare(f"{what} fields", leaf(ours), fields, PCK)
    else:
        modulus = attestation_modulus(ours["hcl_report"])
        c.equal(f"{what} ak_modulus_sha256", hashlib.sha256(modulus).hexdigest(), fields.pop("ak_modulus_sha256"))
        c.equal(f"{what} ak_bits", 8 * len(modulus), fields.pop("ak_bits"))
        for name in [name for name in fields if name.startswith("pcr") and name != "pcr_count"]:
            c.equal(f"{what} {name}", bytes(pcr_bytes(at(ours, "tpm_quote.pcrs")[int(name[3:])])).hex(), fields.pop(name))
        c.equal(f"{what} pcr_count", len(at(ours, "tpm_quote.pcrs")), fields.pop("pcr_count"))
        c.equal(f"{what} binding", at(ours, "hcl_report.report_data_binds_runtime_data"), True)
        c.equal(f"{what} td_quote", at(ours, "td_quote.body.mrtd"), at(ours, "hcl_report.hardware_report.mrtd"))
        folder = pathlib.PurePath("tdx", case["file"]).parent
        quote = dict(c.describe(folder / "tpm_quote_message.bin"))
        tpm_quote(c, what, quote, (c.evidence / folder / "pcrs_sha256.bin").read_bytes())
        quote["pcr_select"] = [[hex(bank["hash_id"]), bank["select"]] for bank in quote["pcr_select"]]
        c.compare(f"{what} tpm_quote", quote, {name: fields.pop(name) for name in TDX_TPM_QUOTE}, TDX_TPM_QUOTE)
        c.compare(f"{what} fields", ours, fields, AZURE)


def pcr_bytes(value):
    return bytes.fromhex(value) if isinstance(value, str) else bytes(value)


def tdx_collateral(c, manifest):
    for entry in manifest["collateral_sets"]:
        what = entry["id"]
        windows = {"tcb_info", "qe_identity", "root_ca_crl", "pck_crl"}
        handled = {"tcb_signing_cert", "fmspc", "pce_id", *windows, *(name for names in COLLATERAL.values() for name in names)}
        c.all_named(what, entry, handled)
        ours = {name: c.describe("tdx/" + file) for name, file in entry["files"].items()}
        for file, names in COLLATERAL.items():
            c.compare(f"{what} {file}", ours[file], {name: entry[name] for name in names}, names)
        for name, ours_name in (("fmspc", "fmspc"), ("pce_id", "pceId")):  # hexadecimal digits of either case
            c.equal(f"{what} {name}", ours["tcb_info"][ours_name].lower(), entry[name])
        for name in windows:
            paths = ("issueDate", "nextUpdate") if name in ("tcb_info", "qe_identity") else ("crls.0.this_update", "crls.0.next_update")
            c.equal(f"{what} {name}", [at(ours[name], path) for path in paths], entry[name])
        for name in ("tcb_info", "qe_identity"):
            text = (c.evidence / "tdx" / entry["files"][name]).read_text()
            c.equal(f"{what} {name} content", ours[name]["content"], json.loads(text))
        signer = next(each for each in ours["tcb_info_issuer_chain"]["certificates"] if each["subject_cn"] == "Intel SGX TCB Signing")
        c.compare(f"{what} signer", signer, entry["tcb_signing_cert"],
                  {**same_all("serial", "not_before", "not_after"), "sha256": ("der_sha256", SAME)})


def tdx_mutations(c, manifest):
    refused = set()
    for mutation in manifest["quote_mutations"]["list"]:
        what = mutation["id"]
        data = edited((c.evidence / "tdx" / mutation["base"]).read_bytes(), mutation["edits"])
        if mutation["first_failures"].split("+")[0] in REFUSED_BY_PARSING:
            kind, offset = QUOTE_REFUSALS[what]
            c.refuse(what, data, kind, offset)
            refused.add(what)
        else:
            c.accept(what, data)
    c.equal("refused quotes", sorted(refused), sorted(QUOTE_REFUSALS))


def event_log_negatives(c, manifest):
    logs = {case["file"]: case["replayed"] for case in manifest["cases"] if case["kind"] == "ccel"}
    for negative in manifest["event_log_negatives"]:
        data = edited((c.evidence / "tdx" / negative["ccel"]).read_bytes(), negative.get("edits", []))
        if "parse error" in negative["expected"]:
            c.refuse(negative["id"], data, "truncated", len(data))
            continue
        file = c.folder / "sample.bin"
        file.write_bytes(data)
        ours = json.loads(c.run("--json", file).stdout)
        same = ours["replayed"] == logs[negative["ccel"]]
        c.equal(negative["id"], same, "still matches" in negative["expected"] or not negative.get("edits"))
        unproven = [each["offset"] for each in ours["events"] if each["rule"] == "whole" and each["proven"] is None]
        c.equal(f"{negative['id']} unproven", unproven, [0x129] if "event data" in negative["expected"] else [])


def tdx(c):
    manifest = json.loads((c.evidence / "tdx/MANIFEST.json").read_text())
    c.all_named("tdx", manifest, {"intel_root_sha256", "collateral_sets", "cases", "quote_mutations", "files", "extra_files"})
    readers = {"quote": tdx_quote, "tdreport": tdx_report, "ccel": tdx_event_log, "acpi": tdx_other, "azure": tdx_other,
               "certificate": tdx_other}
    for case in manifest["cases"]:
        readers[case["kind"]](c, case)
    for root in ("tdx/trust/intel_sgx_root_ca.der", "tdx/trust/intel_sgx_root_ca.pem"):
        c.equal("intel_root_sha256", at(c.describe(root), "certificates.0.der_sha256"), manifest["intel_root_sha256"])
    c.describe("tdx/trust/qvl_test_root_tdx.pem")
    tdx_collateral(c, manifest)
    for file in manifest["extra_files"].values():
        c.describe("tdx/" + file)
    tdx_mutations(c, manifest)
    event_log_negatives(c, manifest)
    for facts in manifest["files"]:
        if ours := c.known.get(("tdx/" + facts["path"], ())):
            c.equal(f"{facts['path']} hash", (ours["size"], ours["sha256"]), (facts["size"], facts["sha256"]))


# --- The vectors of tests/vectors, which have one reason to refuse each ---

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"
AS = {"snp_report": "snp-report", "certificate_table": "certificate-table", "hcl_report": "hcl-report", "tdx_quote": "quote",
      "td_report": "td-report", "tpm_quote": "tpm-quote", "eventlog_ccel": "event-log", "eventlog_ccel_table": "ccel-table"}


def vectors(c):
    for name in ("snp", "tdx", "eventlog", "id_block", "tpm"):
        listed = json.loads((VECTORS / f"{name}.json").read_text())
        bases = {vector["name"]: bytes.fromhex(vector["hex"]) for vector in listed if "hex" in vector}
        for vector in listed:
            if vector["kind"] in ("key_request", "tpm_signature") or "trailing" in vector:
                continue  # not a format of its own; refused when a caller tolerates less
            what = vector["name"]
            data = bases[what] if what in bases else edited(bases[vector["base"]], vector["edits"])
            format_name = AS.get(vector["kind"], "id-auth" if what.startswith("id_auth") else "id-block")
            if vector["expect"] == "ok":
                c.accept(what, data, "--as", format_name)
            else:
                c.refuse(what, data, vector["expect"], vector["offset"], "--as", format_name)


# What TD report body 1.5 extended, of which nobody recorded a sample, has beyond 1.5: name, offset in the body, size.
EXTENDED_BODY = (("vmid", 648, 1), ("td_id", 649, 32), ("devinfo", 681, 48), ("init_servtd_hash", 729, 48),
                 ("init_servtd_attr", 777, 8), ("init_cpusvn", 785, 16), ("init_tee_tcb_svn", 801, 16), ("init_fmspc", 817, 12),
                 ("curr_servtd_hash", 829, 48), ("curr_servtd_attr", 877, 8))


def extended_body(c):
    samples = {v["name"]: bytes.fromhex(v["hex"]) for v in json.loads((VECTORS / "tdx.json").read_text()) if "hex" in v}
    file = c.folder / "sample.bin"
    for name in ("quote_v4", "quote_v5_td_1_0", "quote_v5_td_1_5", "quote_v5_td_1_5_extended"):
        file.write_bytes(samples[name])
        ours = json.loads(c.run("--json", file).stdout or "{}").get("body", {})
        body = samples[name][54:]
        for field, at_byte, size in EXTENDED_BODY:
            stored = body[at_byte : at_byte + size]
            wanted = int.from_bytes(stored, "little") if field == "vmid" or field.endswith("_attr") else stored.hex()
            c.equal(f"{name} {field}", ours.get(field, "nothing"), wanted if name.endswith("extended") else None)


def sealed(c):
    """Sealed files: every field of the header, and every refusal that needs no key."""
    file = c.folder / "sample.bin"
    for path in sorted((VECTORS / "sealed").glob("*.json")):
        vector = json.loads(path.read_text())
        content = bytearray(vector["size"])
        for at, digits in vector["file"]:
            content[at : at + len(digits) // 2] = bytes.fromhex(digits)
        expect = vector["expect"]
        if "errc" not in expect:
            file.write_bytes(content)
            sealed_fields(c, f"sealed {path.stem}", json.loads(c.run("--json", file).stdout or "{}"), bytes(content), expect)
        elif expect["errc"] in KINDS and expect["part"] == "sealed_header":
            c.refuse(f"sealed {path.stem}", content, expect["errc"], expect["offset"], "--as", "sealed")


def sealed_fields(c, what, ours, content, expect):
    # Of a file that is being changed, the copy of the higher generation is shown that can be read at all.
    copies = content[:8192], content[8192:16384]
    head = next((copy for copy in copies if copy[480:512].hex() == ours.get("header_mac")), None)
    c.check(head is not None, f"{what} header_mac", ours.get("header_mac"))
    if head is None:
        return
    (magic, version, header_size, protection, segment_size, size, offset, form, metadata_size) = struct.unpack("<8sIIIIQQII", head[:48])
    generation, state, slots = struct.unpack("<QII", head[192:208])
    wanted = {"format": "sealed", "magic": magic.hex(), "version": version, "header_size": header_size, "protection": protection,
              "segment_size": segment_size, "payload_size": size, "payload_offset": offset, "metadata_form": form,
              "metadata_size": metadata_size, "file_id": head[48:80].hex(), "key_commitment": head[128:160].hex(),
              "tag_table_mac": head[160:192].hex(), "generation": generation, "state": state, "slot_count": slots,
              "header_mac": head[480:512].hex(), "size": len(content), "file_size": len(content), "settled": expect["settled"],
              "tag_table_size": offset - 16384 - -(-metadata_size // 4096) * 4096, "segments": -(-size // segment_size)}
    for field, value in wanted.items():
        c.equal(f"{what} {field}", ours.get(field), value)
    c.equal(f"{what} slots", len(ours.get("slots", [])), slots)
    for i, slot in enumerate(ours.get("slots", [])):
        at_slot = head[512 + 512 * i :]
        kind, used = struct.unpack("<II", at_slot[:8])
        params = at_slot[8 : 8 + used]
        c.equal(f"{what} slot {i}", (slot["kind"], slot["params"]), (kind, params.hex()))
        if kind in (1, 0x80000001) and used == 71:
            _, _, fields, vmpl, svn, tcb, _, least, least_svn = struct.unpack("<IIQII8sH8sI", params[4:50])
            keys = ("guest_field_select", "vmpl", "guest_svn", "tcb_version", "floor_tcb", "floor_guest_svn", "purpose", "root_key")
            known = [slot.get(k) for k in keys]
            if "error" not in slot and slot["root_key"] == "vek":
                c.equal(f"{what} record", known, [fields, vmpl, svn, tcb.hex(), least.hex(), least_svn, params[51:51 + params[50]].decode(), "vek"])
        if kind in (3, 0x80000003) and "error" not in slot:
            c.equal(f"{what} floor", slot["floor_tee_tcb_svn"], params[134:150].hex())
        if kind == 2:
            c.equal(f"{what} key id", slot["key_id"], params.decode(errors="replace"))
        if kind == 4:
            point = (used - 1) // 2
            c.equal(f"{what} recipient", (slot["curve"], slot["recipient"]), ("P-256" if params[0] == 1 else "P-384", params[1 + point :].hex()))
    if expect["metadata"] and form == 1:
        seen, known = ours.get("metadata", {}), expect["metadata"]
        c.equal(f"{what} content type", seen.get("content_type"), known.get("content_type"))
        if "tensor_index" in known:
            tensors = [[each["offset"], each["size"]] for each in seen.get("tensors", [])]
            c.equal(f"{what} tensors", tensors, known["tensor_index"]["tensors"])
    else:
        c.equal(f"{what} metadata", "metadata" in ours, False)


# --- The command itself ---

def command(c):
    done = c.run("--help")
    c.check(done.returncode == 0 and done.stdout.startswith("usage: unitee inspect FILE") and done.stderr == "", "--help", done.stderr)
    for words in ((), ("--no-such-option",), ("--as",), ("--as", "no-such-format", "file")):
        done = c.run(*words)
        c.check(done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1, f"inspect {words}", done.stderr)
    done = c.run(c.folder / "no-such-file")
    c.check(done.returncode == 2 and done.stderr.endswith("No such file or directory (io_error)\n"), "a missing file", done.stderr)
    for content in (b"", b"\x00", b"no format at all", b"\x30\x82", bytes(range(256)) * 16):
        c.refuse("garbage", content, None, None)
    c.refuse("garbage as a quote", b"no format at all", "truncated", 16, "--as", "quote")

    good = c.evidence / "snp/measurement/id_block.bin"
    bad = c.evidence / "tdx/tdreports/not-a-tdreport.bin"
    done = c.run("--json", good, bad, good)
    c.check(done.returncode == 2 and done.stderr.count("\n") == 1, "several files, one bad", done.stderr)
    several = json.loads(done.stdout)["files"]
    c.equal("several files in order", [each["file"] for each in several], [str(good), str(bad), str(good)])
    c.equal("the bad one of several", ["error" in each for each in several], [False, True, False])
    c.check("\n" in c.run(good).stdout, "text", "no lines")


def main():
    if len(sys.argv) != 3:
        return __doc__
    binary, evidence = sys.argv[1:]
    if not os.path.isdir(evidence):
        print(f"skipped, no recorded evidence in '{evidence}'")
        return 1 if os.environ.get("CI") == "true" else 0
    with tempfile.TemporaryDirectory() as folder:
        c = Checker(os.path.abspath(binary), evidence, folder)
        command(c)
        vectors(c)
        extended_body(c)
        sealed(c)
        snp(c)
        tdx(c)
        for path in sorted(c.files):  # every file also as text: no crash, and no line that is not printable
            done = c.run(c.evidence / path)
            c.check(done.returncode == 0 and done.stderr == "" and done.stdout.isascii(), f"{path} as text", done.stderr)
    print(f"compared {c.fields} fields of {len(c.files)} files")
    print(f"{c.passed} passed, {c.failed} failed")
    return 1 if c.failed else 0


if __name__ == "__main__":
    sys.exit(main())
