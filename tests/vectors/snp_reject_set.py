# SPDX-License-Identifier: Apache-2.0
"""A set of vectors for verification: chains and reports as they should be, and the vectors that differ from them."""

import json
import struct

import snp_forge as forge
from forge import basic_constraints, delta, extension, integer, key_usage, moment, tlv
from snp_forge import (KEYS, authority_key_id, certificate, crl, crl_address, name, signed_report, subject_key_id, tcb_milan,
                       tcb_turin)
from snp_reject_steps import step_of
from tdx_vectors import apply, run

NOW = "2026-03-01T00:00:00Z"
PROVIDER = "CN=cc-us-east-2.amazonaws.com"
PRODUCTS = {"Milan": 1, "Genoa": 2, "Turin": 3}
CPUID = {"Milan": (0x19, 0x01, 1), "Genoa": (0x19, 0x11, 1), "Turin": (0x1A, 0x02, 1)}
CHIP = {"Milan": run(0x80, 64), "Genoa": run(0x80, 64), "Turin": run(0x80, 8)}
# REPORTED; what is committed and runs is one above in each component.
LEVELS = {"Milan": (4, 2, 24, 219), "Genoa": (4, 2, 24, 219), "Turin": (1, 2, 3, 4, 81)}
SUFFIXES = {"Milan": "3.1 3.2 3.3 3.8", "Genoa": "3.1 3.2 3.3 3.8", "Turin": "3.9 3.1 3.2 3.3 3.8"}
COMPONENTS = {"Milan": {"boot_loader": 0, "tee": 1, "snp": 6, "microcode": 7},
              "Turin": {"fmc": 0, "boot_loader": 1, "tee": 2, "snp": 3, "microcode": 7}}


def ia5(text):
    return tlv(0x16, text.encode())


def tcb(product, above=0):
    return (tcb_turin if product == "Turin" else tcb_milan)(*(level + above for level in LEVELS[product]))


# A chain as AMD makes it, unless an argument says otherwise.
def ark(product="Milan", key="ark", signer=None, common=None, extensions=None, begin="2020-10-22T17:23:05Z",
        end="2045-10-22T17:23:05Z", scheme="pss_trailer", spki=None, **more):
    own = name(common or f"ARK-{product}")
    if extensions is None:
        extensions = [key_usage(5, 6), subject_key_id(key), basic_constraints(), crl_address(product, "vcek")]
    return certificate(own, own, moment(begin), moment(end), spki or KEYS[key].spki(), extensions, signer or key,
                       PRODUCTS[product] << 16, scheme, **more)


def ask(product="Milan", kind="vcek", key=None, signer="ark", common=None, issuer=None, extensions=None,
        begin="2021-01-01T00:00:00Z", end="2044-12-31T23:59:59Z", scheme="pss_trailer", spki=None, serial=None, **more):
    key = key or {"vcek": "ask", "vlek": "asvk"}[kind]
    subject = common or {"vcek": f"SEV-{product}", "vlek": f"SEV-VLEK-{product}"}[kind]
    if extensions is None:
        extensions = ask_extensions(key)
    serial = serial or (PRODUCTS[product] << 16) + {"vcek": 1, "vlek": 0x101}[kind]
    return certificate(name(subject), issuer or name(f"ARK-{product}"), moment(begin), moment(end), spki or KEYS[key].spki(),
                       extensions, signer, serial, scheme, **more)


def ask_extensions(key="ask", constraints=(basic_constraints(True, 0),), usage=(key_usage(5),), issuer="ark"):
    return [subject_key_id(key), authority_key_id(issuer), *constraints, *usage, crl_address("Milan", "vcek")]


def vek_values(product="Milan", kind="vcek", changed=None, absent=(), more=()):
    """The extensions below 1.3.6.1.4.1.3704.1, as (suffix, octets of the value)."""
    named = {"Milan": "Milan-B0" if kind == "vcek" else "Milan"}.get(product, product)
    reserved = ("3.5", "3.6", "3.7") if product == "Turin" else ("3.4", "3.5", "3.6", "3.7")
    values = {"1": integer(int(product == "Turin")), "2": ia5(named)}
    values |= {suffix: integer(level) for suffix, level in zip(SUFFIXES[product].split(), LEVELS[product])}
    values |= {suffix: integer(0) for suffix in reserved}
    values |= {"4": CHIP[product]} if kind == "vcek" else {"5": ia5(PROVIDER)}
    assert all(values[suffix] != value for suffix, value in (changed or {}).items()) and not set(absent) - set(values)
    values |= changed or {}
    return [(suffix, value) for suffix, value in values.items() if suffix not in absent] + list(more)


def vek(product="Milan", kind="vcek", values=None, key=None, signer=None, common=None, issuer=None, spki=None, more=(),
        begin="2025-06-01T00:00:00Z", end="2032-06-01T00:00:00Z", serial=0, **rest):
    subject = common or [f"SEV-{kind.upper()}"]
    extensions = [extension(f"{forge.AMD}.{suffix}", value) for suffix, value in values or vek_values(product, kind)]
    issuer = issuer or name({"vcek": f"SEV-{product}", "vlek": f"SEV-VLEK-{product}"}[kind])
    return certificate(name(*subject), issuer, moment(begin), moment(end), spki or KEYS[key or kind].spki(),
                       [*extensions, *more], signer or {"vcek": "ask", "vlek": "asvk"}[kind], serial, **rest)


def revocation_list(*serials, product="Milan", issuer=None, signer="ark", begin="2026-02-01T00:00:00Z",
                    end="2026-04-01T00:00:00Z", **more):
    return crl(issuer or name(f"ARK-{product}"), moment(begin), end and moment(end), serials, signer, "pss", **more)


def body(version, product="Milan", kind="vcek"):
    """The signed part of a report."""
    out = struct.pack("<IIQ16s16sII", version, 2, 0x3011F, run(0x11, 16), run(0x12, 16), 0, 1) + tcb(product, 1)
    out += struct.pack("<QI4x", 0x25, {"vcek": 0, "vlek": 4}[kind])
    out += run(0x13, 64) + run(0x14, 48) + run(0x15, 32) + run(0x16, 48) + bytes(48) + run(0x18, 32) + b"\xff" * 32
    out += tcb(product) + (bytes(CPUID[product]) if version >= 3 else bytes(3)) + bytes(21)
    out += (CHIP[product] if kind == "vcek" else b"").ljust(64, b"\0") + tcb(product, 1)
    out += bytes([40, 55, 1, 0]) * 2 + tcb(product)
    out += struct.pack("<QQ", 0x0B, 0x0F) if version >= 5 else bytes(16)
    return out.ljust(0x2A0, b"\0")


class Set:
    """The vectors, and the materials that they name."""

    def __init__(self):
        self.out, self.bytes, self.materials = {}, {}, {}
        for product in PRODUCTS:
            low = product.lower()
            self.material(f"ark_{low}", ark(product))
            self.material(f"ask_{low}", ask(product))
            self.material(f"vcek_{low}", vek(product))
        self.material("asvk_milan", ask(kind="vlek"))
        self.material("vlek_milan", vek(kind="vlek"))
        self.chains = {}
        for version, product, kind in ((2, "Milan", "vcek"), (3, "Milan", "vcek"), (4, "Milan", "vcek"), (5, "Milan", "vcek"),
                                       (3, "Genoa", "vcek"), (5, "Turin", "vcek"), (3, "Milan", "vlek")):
            low = product.lower()
            report = f"{low}_v{version}" + ("_vlek" if kind == "vlek" else "")
            self.material(f"report_{report}", signed_report(body(version, product, kind), kind))
            self.chains[report] = (f"{kind}_{low}", {"vcek": "ask", "vlek": "asvk"}[kind] + f"_{low}", f"ark_{low}")

    def material(self, name, content):
        assert self.bytes.setdefault(name, content) == content, name
        return name

    def use(self, given, name, role):
        """The full name of a material: one by name, or bytes that only this vector has."""
        if isinstance(given, bytes):
            same = [known for known, content in self.bytes.items() if content == given]
            taken = f"{role}_{name}" in self.bytes
            given = same[0] if same else self.material(f"{role}_{name}" + ("_too" if taken else ""), given)
        full = f"material_{given}"
        if full not in self.materials:
            self.materials[full] = {"name": full, "kind": "material", **self.shortest(self.bytes[given])}
        return full

    def shortest(self, content):
        """The content in one of three forms: materials in a row, edits of a material and a signature, or plain."""
        row = self.row(content)
        if len(row) > 1:
            return {"hex": "", "edits": row}
        head, tail = content, []
        if content in forge.signed:
            signature = forge.signed[content][3]
            if content.endswith(forge.signatures.get(signature)):
                head = content[: -len(forge.signatures.get(signature))]
                tail = [{"op": "append", "signature": signature}]
        forms = [{"hex": head.hex(), "edits": tail}]
        for full, known in self.materials.items():
            if "base" not in known:
                edits = delta(self.bytes[full.removeprefix("material_")], head)
                forms.append({"base": full, "edits": edits + tail})
        return min(forms, key=lambda form: len(json.dumps(form)))

    def row(self, content):
        """The content as materials and the bytes between them."""
        edits, end = [], 0
        while True:
            known = {full: self.bytes[full.removeprefix("material_")] for full in self.materials}
            at, full = min(((at, full) for full, whole in known.items() if (at := content.find(whole, end)) >= 0), default=(-1, ""))
            plain = content[end : at if full else None]
            edits += [{"op": "append", "hex": plain.hex()}] if plain else []
            if not full:
                return edits
            edits.append({"op": "append", "material": full})
            end = at + len(known[full])

    def put(self, name, expect, report="milan_v3", edits=(), sign=True, vek=True, intermediate=True, root=False, more=(),
            anchors=True, at=NOW, options=()):
        """One vector. `edits` change the report, which is signed again with its own key, or the key of the name in `sign`,
        unless that is False; of vek, intermediate and root, True is the report's own, and None or False leaves it out."""
        assert name not in self.out, name
        own = self.chains[report]
        given = [self.use(own[i] if one is True else one, name, role)
                 for i, (one, role) in enumerate(((vek, "vek"), (intermediate, "intermediate"), (root, "root"))) if one]
        given += [self.use(one, name, "more") for one in more]
        anchors = [own[2]] if anchors is True else anchors
        entry = {"name": name, "kind": "reject", "report": {"base": self.use(f"report_{report}", name, ""), "edits": list(edits)},
                 "endorsements": given, "anchors": [self.use(one, name, "anchor") for one in anchors], "at": at,
                 "options": list(map(str, options)), "expect": expect}
        # What cannot even be added as an endorsement never comes to a step.
        if isinstance(expect, dict) and expect.get("part") in ("report", "vek", "intermediate", "root", "crl"):
            entry["step"] = step_of(name)
        if sign and (edits or sign is not True):
            key = sign if sign is not True else "vlek" if report.endswith("vlek") else "vcek"
            whole = signed_report(apply(self.bytes[f"report_{report}"][:0x2A0], edits), key)
            entry["report"]["edits"].append({"op": "set", "offset": 0x2A0, "signature": forge.signed[whole][3]})
        self.out[name] = entry

    def refuse(self, name, errc, part, offset=0, **how):
        self.put(name, {"errc": errc, "part": part, "offset": offset}, **how)

    def unmet(self, name, check, *options, **how):
        self.put(name, {"errc": "policy_not_met", "check": check}, options=options, **how)

    def report_of(self, entry):
        return self.edited(entry["report"])

    def edited(self, form):
        """The bytes of a report, or of a material in its short form."""
        start = self.edited(self.materials[form["base"]]) if "base" in form else bytes.fromhex(form["hex"])
        return apply(start, [self.plain(edit) for edit in form.get("edits", ())])

    def plain(self, edit):
        if "signature" in edit:
            return {**edit, "hex": forge.signatures.get(edit["signature"]).hex()}
        if "material" in edit:
            return {**edit, "hex": self.edited(self.materials[edit["material"]]).hex()}
        return edit
