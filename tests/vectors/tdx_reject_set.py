# SPDX-License-Identifier: Apache-2.0
"""A set of vectors for verification: quotes and collateral as they should be, and the vectors that differ from them."""

import base64
import json

from forge import as_pem, delta
from tdx_forge import PROCESSOR, chain, pck, pck_ca, pck_crl, qe_identity, quote, root, root_crl, tcb_info, tcb_signing
from tdx_vectors import apply

NOW = "2026-03-01T00:00:00Z"
ROLES = ("tcb_info", "qe_identity", "root_crl", "pck_crl", "tcb_chain")
GRAM, WORTHWHILE = 16, 44  # bytes that are looked up at once, and that a reference to another material is worth


class Set:
    """The vectors, and the materials that they name."""

    def __init__(self):
        self.out, self.bytes, self.materials, self.names, self.grams = {}, {}, {}, {}, {}
        self.pem = {}  # certificates as text -> full names
        for role, content in (("root", root()), ("platform_ca", pck_ca()), ("processor_ca", pck_ca(PROCESSOR)), ("pck", pck()),
                              ("pck_processor", pck(PROCESSOR)), ("tcb_signing", tcb_signing()), ("root_crl", root_crl()),
                              ("pck_crl", pck_crl()), ("pck_crl_processor", pck_crl(issuer=PROCESSOR)),
                              ("tcb_info", tcb_info()), ("qe_identity", qe_identity())):
            self.material(role, content)
        self.material("tcb_chain", self.chain("tcb_signing", "root"))
        self.chains = {"platform": self.chain("pck", "platform_ca", "root"), "processor": self.chain("pck_processor", "processor_ca", "root")}
        self.material("quote_v4", quote(4, self.chains["platform"] + b"\0"))
        self.material("quote_v5", quote(5, self.chains["platform"]))
        self.material("quote_v4_processor", quote(4, self.chains["processor"]))
        for role in list(self.bytes):  # what others are described with comes first
            self.use(role, "", "")

    def chain(self, *certificates):
        """Certificates as text: bytes, or the names of materials."""
        return chain(*(self.bytes[each] if isinstance(each, str) else each for each in certificates))

    def pck_chain(self, **changed):
        """The chain of the platform with another pck, intermediate or root."""
        return self.chain(*(changed.get(role) or known for role, known in (("pck", "pck"), ("intermediate", "platform_ca"), ("root", "root"))))

    def material(self, name, content):
        assert self.bytes.setdefault(name, content) == content, name
        self.names.setdefault(content, name)
        return name

    def use(self, given, name, role):
        """The full name of a material: one by name, or bytes that only this vector has."""
        if isinstance(given, bytes):
            free = (f"{role}_{name}" + f"_{i}" * (i > 1) for i in range(1, 9))
            given = self.names.get(given) or self.material(next(each for each in free if each not in self.bytes), given)
        full = f"material_{given}"
        if full not in self.materials:
            content = self.bytes[given]
            form = self.shortest(content, name)
            assert self.edited(form) == content, full
            self.materials[full] = {"name": full, "kind": "material", **form}
            for at in range(len(content) - GRAM + 1 if "base" not in form else 0):
                self.grams.setdefault(content[at : at + GRAM], []).append((full, at))
            if content.startswith(b"\x30"):
                self.pem[as_pem("CERTIFICATE", content).encode()] = full
        return full

    def shortest(self, content, name):
        """The content as edits of a material of its size, or as parts of materials and the bytes between them."""
        forms = [{"hex": "", "edits": self.row(content, name)}]
        for full, known in self.materials.items():
            base = self.bytes[full.removeprefix("material_")]
            if len(base) == len(content):
                forms.append({"base": full, "edits": delta(base, content)})
        return min(forms, key=lambda form: len(json.dumps(form)))

    def row(self, content, name):
        edits, at, plain = [], 0, 0

        def flush():
            if plain < at:
                edits.append({"op": "append", "hex": content[plain:at].hex()})

        while at < len(content):
            whole = self.certificate_at(content, at, name) if content.startswith(b"-----BEGIN", at) else b""
            if whole:
                flush()
                edits.append({"op": "append", "pem": self.pem[whole]})
                plain = at = at + len(whole)
                continue
            size, full, begin = max(((self.common(content, at, full, begin), full, begin)
                                     for full, begin in self.grams.get(content[at : at + GRAM], ())[:16]), default=(0, "", 0))
            if size < WORTHWHILE:
                at += 1
                continue
            flush()
            edits.append({"op": "append", "material": full, "from": begin, "size": size})
            plain = at = at + size
        flush()
        return edits

    def certificate_at(self, content, at, name):
        """The certificate that stands there as text, which is a material from now on; nothing if it is no such text."""
        end = content.find(b"-----\n", at + 11 + content[at + 11 :].find(b"-----") + 6) + 6
        text = content[at:end]
        if text in self.pem:
            return text
        lines = text.split(b"\n")[1:-2]
        try:
            der = base64.b64decode(b"".join(lines), validate=True)
        except ValueError:
            return b""
        if as_pem("CERTIFICATE", der).encode() != text or not der.startswith(b"\x30"):
            return b""
        self.use(der, name, "certificate")
        return text

    def common(self, content, at, full, begin):
        """How many bytes from `at` on are those of the material from `begin` on."""
        known = self.bytes[full.removeprefix("material_")]
        low, high = 0, min(len(content) - at, len(known) - begin)
        while low < high:
            middle = (low + high + 1) // 2
            if content[at : at + middle] == known[begin : begin + middle]:
                low = middle
            else:
                high = middle - 1
        return low

    def put(self, name, expect, quote=True, anchors=True, at=True, more=(), **roles):
        """One vector: a merge patch (RFC 7396) of the base. True is as it should be; of the collateral, None leaves it out, and
        anything else replaces it; `more` is added."""
        assert name not in self.out and not set(roles) - set(ROLES), name
        if quote == "quote_v4_processor":
            roles = {"pck_crl": "pck_crl_processor"} | roles
        entry = {"name": name, "kind": "reject"}
        if isinstance(quote, bytes) and quote not in self.names:
            entry["quote"] = self.shortest(quote, name)
            assert self.edited(entry["quote"]) == quote, name
        elif quote is not True:
            entry["quote"] = self.use(quote, name, "quote")
        collateral = {role: one and self.use(one, name, role) for role, one in roles.items() if one is not True}
        if more:
            collateral["more"] = [self.use(one, name, "more") for one in more]
        entry |= {"collateral": collateral} if collateral else {}
        entry |= {"anchors": [self.use(one, name, "anchor") for one in anchors]} if anchors is not True else {}
        entry |= {"at": at} if at is not True else {}
        self.out[name] = entry | {"expect": expect}

    def base(self):
        collateral = {role: self.use(role, "", "") for role in ROLES}
        return {"name": "base", "kind": "base", "quote": self.use("quote_v4", "", ""), "collateral": collateral,
                "anchors": [self.use("root", "", "")], "at": NOW}

    def refuse(self, name, errc, part, offset=0, **how):
        """`offset` is None where it is not compared."""
        self.put(name, {"errc": errc, "part": part} | ({} if offset is None else {"offset": offset}), **how)

    def accept(self, name, status="UpToDate", **how):
        self.put(name, {"status": status}, **how)

    def edited(self, form):
        """The bytes of a quote, or of a material in its short form."""
        start = self.edited(self.materials[form["base"]]) if "base" in form else bytes.fromhex(form["hex"])
        return apply(start, [self.plain(edit) for edit in form["edits"]])

    def plain(self, edit):
        if "pem" in edit:
            return {**edit, "hex": as_pem("CERTIFICATE", self.edited(self.materials[edit["pem"]])).encode().hex()}
        if "material" in edit:
            whole = self.bytes[edit["material"].removeprefix("material_")]
            return {**edit, "hex": whole[edit["from"] : edit["from"] + edit["size"]].hex()}
        return edit
