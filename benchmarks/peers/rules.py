# SPDX-License-Identifier: Apache-2.0
"""Why the library and a peer may answer differently: each rule is as narrow as the reason that it gives."""

import re

import genuine
from mutations import REPORT_FIELDS, Shape

# Of the samples that rules look at, `ours_accepts` is the direction that could be a fault of ours. On top of its rule,
# everything that we accept is compared with genuine evidence, piece by piece: see genuine.py.


class Rule:
    """Rule explains a disagreement with one of `peers` when both reasons and the sample fit."""

    def __init__(self, name, peers, ours, theirs, where, why):
        self.name, self.peers, self.why, self.where = name, peers.split(), why, where
        self.ours_accepts = ours is None
        self.reason = re.compile(theirs if ours is None else ours)

    def fits(self, peer, sample, ours, theirs):
        if peer not in self.peers or ours.accepted != self.ours_accepts:
            return False
        reason = theirs.reason if self.ours_accepts else ours.reason
        return self.reason.search(reason) is not None and self.where(sample)


def in_file(*names):
    return lambda sample: sample.file in names


def case_is(*names):
    """case_is says that the quote or the report is of one of these cases."""
    exchanged = [f"exchanged with {name}" for name in names]
    return lambda sample: sample.case.name in names or (sample.file == "quote" and sample.what in exchanged)


def anywhere(sample):
    return True


def original(sample):
    return sample.case.files[sample.file]


def new(sample):
    return sample.changed.get(sample.file, original(sample))


def has_tail(sample):
    """has_tail says that the file is whole, and something follows it."""
    old = original(sample)
    return sample.file in sample.changed and new(sample).startswith(old) and new(sample) != old


def tcb_offsets(report):
    """tcb_offsets is the reserved bytes of the four TCB versions, which stand elsewhere from Turin on."""
    turin = report[0x188] == 0x1A and int.from_bytes(report[:4], "little") >= 3
    reserved = range(4, 7) if turin else range(2, 6)
    tcbs = [REPORT_FIELDS[name][0] for name in ("current_tcb", "reported_tcb", "committed_tcb", "launch_tcb")]
    return [at + i for at in tcbs for i in reserved]


def kept_by_sev(report):
    """kept_by_sev is a report as the crate `sev` writes it again: what it has no field for becomes zero."""
    version = int.from_bytes(report[:4], "little")
    dropped = [*range(0x4C, 0x50), *range(0x18B, 0x1A0), 0x1EB, 0x1EF, *range(0x208, 0x2A0), *range(0x330, 0x4A0)]
    if version < 3:
        dropped += range(0x188, 0x18B)
    if version < 5:
        dropped += range(0x1F8, 0x208)
    out = bytearray(report)
    for at in dropped + tcb_offsets(report):
        out[at] = 0
    return out


def sev_sees_no_change(sample):
    return (sample.file == "report" and len(new(sample)) == len(original(sample))
            and kept_by_sev(new(sample)) == kept_by_sev(original(sample)))


def stepping_only(sample):
    """stepping_only says that of the report nothing but the upper half of the stepping is different."""
    report = bytearray(new(sample))
    if sample.file != "report" or len(report) != len(original(sample)):
        return False
    report[0x18A] = report[0x18A] & 0x0F | original(sample)[0x18A] & 0xF0
    return report == original(sample)


def leaf_and_ca_are_genuine(sample):
    """leaf_and_ca_are_genuine: a quote differs in nothing but what follows the PCK CA, and in sizes."""
    if sample.file != "quote":
        return False
    try:
        return genuine.quote_pieces(new(sample), 2) == genuine.quote_pieces(original(sample), 2)
    except (ValueError, IndexError):
        return False


def leaf_and_ca_are_there(sample):
    """leaf_and_ca_are_there says that the chain of a quote begins as it should, and that the PCK CA is somewhere."""
    if sample.file != "quote":
        return False
    was, now = (genuine.certificates(quote) for quote in (original(sample), new(sample)))
    return len(was) == 3 and now[:1] == was[:1] and was[1] in now


def says(what):
    return lambda sample: sample.what == what


def edited_only(sample, at, size):
    old, now = original(sample), new(sample)
    return len(old) == len(now) and old[:at] == now[:at] and old[at + size:] == now[at + size:]


def at_outer_type(sample):
    """at_outer_type says that nothing is different but the outer type of certification data."""
    at = Shape(original(sample)).outer_data if sample.file == "quote" else None
    return at is not None and edited_only(sample, at, 2)


def at_signature_size(sample):
    """at_signature_size says that nothing is different but the size of the signature data."""
    return sample.file == "quote" and edited_only(sample, Shape(original(sample)).size_field, 4)


def signer_is_there(sample):
    """signer_is_there says that the document's signer stands first in its chain, as the service sends it."""
    ders = genuine.certificates(new(sample))
    return bool(ders) and ders[0] == genuine.certificates(original(sample))[0]


def signer_is_anywhere(sample):
    return genuine.certificates(original(sample))[0] in genuine.certificates(new(sample))


def both(*all_of):
    return lambda sample: all(each(sample) for each in all_of)


CHAINS = ("tcb_info_issuer_chain", "qe_identity_issuer_chain", "pck_crl_issuer_chain")
LISTS = ("pck_crl", "root_ca_crl")
V3_OR_V5 = ("v5-td15", "sgx-v3-processor-ca")

RULES = [
    # ---- the crate sev
    Rule("reserved bytes are dropped", "sev", r"of attestation report$", None, sev_sees_no_change,
         "It decodes a report, writes it again from its fields and checks the signature of that: bytes that it has "
         "no field for may say anything. We check the signature of the bytes that came, and reserved bytes must be "
         "zero."),
    Rule("dates are not looked at", "sev", r"^(expired|not_yet_valid) .* of VEK certificate", None, in_file("time"),
         "It verifies signatures of certificates, and not when they are valid."),
    Rule("bytes after a certificate are passed over", "sev", r"^trailing_data .* of certificate", None,
         both(in_file("vek", "intermediate", "root"), has_tail),
         "It takes the first certificate of the bytes. To us a file is one certificate, or it is none."),
    # ---- go-sev-guest
    Rule("the chain is its own", "go-sev-guest", r"", None, in_file("intermediate", "root"),
         "It has AMD's intermediates and roots built in, or takes them from its options, and never looks at those "
         "that came along. We look for the chain in what came along, and trust the root by the digest of its key."),
    Rule("the stepping is cut to four bits", "go-sev-guest", r"^signature_invalid .* of attestation report", None,
         stepping_only,
         "It decodes a report and writes it again, with CPUID as one register in which a stepping has four bits. "
         "We check the signature of the bytes that came."),
    Rule("an unknown product", "go-sev-guest", None, r"no embedded roots available for product line: \"Unknown\"",
         case_is("genoa-v5-vcek-model-a0"),
         "It does not know CPUID model 0xA0, which has Genoa's keys."),
    Rule("an unknown extension", "go-sev-guest", None, r"not an AMD KDS OID: 1\.3\.6\.1\.4\.1\.3704\.1\.3\.9",
         case_is("turin-v5-vcek"),
         "It does not know the extension fmcSPL of VCEKs of Turin."),
    # ---- the crate dcap-qvl
    Rule("the outer type of certification data is not looked at", "dcap-qvl", r"^bad_value .* of quote", None,
         at_outer_type,
         "A quote of version 4 or 5 has certification data of type 6, which is not signed. It takes them for type "
         "6 whatever they say; we refuse another type."),
    Rule("the size of the signature data may count more", "dcap-qvl", r"^bad_length at \d+ of quote", None,
         at_signature_size,
         "It takes the parts from the signature data, whose size is not signed, and passes over what is left. We want "
         "the parts to fill them: padding stands behind."),
    Rule("the end of the PCK chain is not looked at", "dcap-qvl", r"", None, leaf_and_ca_are_genuine,
         "It has Intel's root built in, and takes from the quote's chain what leads to it. We want the chain "
         "whole: three certificates, of which the last one is the root itself, in PEM that is well formed to its "
         "end."),
    Rule("the number of certificates is free", "dcap-qvl", r"^bad_length at \d+ of quote", None, leaf_and_ca_are_there,
         "It takes any number of certificates, if the first is the PCK and its CA is among them. We want three."),
    Rule("any label of PEM", "dcap-qvl", r"^(bad_value at \d+ of quote|unrecognized at 0 of certificate)", None,
         says("chain with another label"),
         "It reads a block of any label. To us a certificate's block is one with the label CERTIFICATE, and a chain "
         "without one is no chain."),
    Rule("the lists' chain is not looked at", "dcap-qvl", r"", None, in_file("pck_crl_issuer_chain"),
         "It takes the issuer of the list from the quote, and never opens this file. We read every file that we "
         "are given, and refuse one that is broken."),
    Rule("the end of an issuer chain is not looked at", "dcap-qvl",
         r"^(\w+ at \d+ of (certificate|input)|untrusted_root at 0 of (TCB info|QE identity))$", None,
         both(in_file(*CHAINS), signer_is_there),
         "It has Intel's root built in, and needs only the signer from the chain of a document; PEM that is broken "
         "behind it is passed over, and so is a root that is not Intel's. We refuse a file that is broken anywhere, "
         "and a document whose chain ends in another root."),
    Rule("members twice", "dcap-qvl go-tdx-guest", r"^duplicate at \d+ of (TCB info|QE identity)", None,
         in_file("tcb_info", "qe_identity"),
         "The JSON readers that they are used with take the last of two members of one name. Two readers may then "
         "see two documents: we refuse it."),
    Rule("a list's beginning is not looked at", "dcap-qvl go-tdx-guest",
         r"^not_yet_valid at \d+ of (PCK CRL|root CA CRL)", None, anywhere,
         "They refuse a list after its next update, and take one that is from the future."),
    Rule("the second of the next update", "dcap-qvl", None, r"CrlExpired", in_file("time"),
         "A list counts until its next update: to it that second is too late, and to us the last one that is good."),
    Rule("a policy for guests: pending pages", "dcap-qvl", None, r"^SEPT_VE_DISABLE is not enabled$",
         case_is("azure-2023"),
         "It refuses guests without SEPT_VE_DISABLE. To us that is a question for the appraisal policy; the quote "
         "is genuine."),
    Rule("lists in DER only", "dcap-qvl go-tdx-guest", None,
         r"Failed to parse (PCK|root CA) CRL: TrailingData|unable to parse DER bytes of CRL", in_file(*LISTS),
         "We also take a list as PEM, base64 or digits, as Intel's service and its caches deliver them, and one that "
         "stands there twice; what it decodes to is the genuine list."),
    Rule("the signer comes first", "dcap-qvl", None,
         r"CaUsedAsEndEntity|UnknownIssuer|CertNotValidYet|CertExpired",
         both(in_file("tcb_info_issuer_chain", "qe_identity_issuer_chain"), signer_is_anywhere),
         "It takes the first certificate of a chain for the signer. We look for the one that signed, in any order."),
    Rule("the PCK comes first", "dcap-qvl", None, r"CaUsedAsEndEntity",
         in_file("quote"),
         "It takes the first certificate of a quote's chain for the PCK. We take them in any order."),
    Rule("text around PEM must be UTF-8", "dcap-qvl", None, r"utf-8", in_file(*CHAINS),
         "Its interface takes chains as text. We pass over whatever bytes stand outside of the blocks."),
    # ---- go-tdx-guest
    Rule("quotes of version 4 only", "go-tdx-guest", None, r"quote format not supported", case_is(*V3_OR_V5),
         "It reads no quote of version 3 or 5."),
    Rule("the platform's name in small letters", "go-tdx-guest", None, r"^FMSPC from PCK Certificate",
         case_is("b0c06f-uptodate", "debug-td"),
         "It compares the FMSPC of the certificate, in small letters, with that of the TCB info as it is written, "
         "in capitals. To us the digits are bytes."),
    Rule("a policy for platforms: up to date", "go-tdx-guest", None, r"Status is not \"UpToDate\"",
         case_is("azure-2023", "debug-td"),
         "It refuses a platform whose TCB is out of date. Our claims say so, and the appraisal policy decides."),
    Rule("a document's beginning is not looked at", "go-tdx-guest",
         r"^not_yet_valid at \d+ of (TCB info|QE identity)", None, anywhere,
         "It refuses a document after its next update, and takes one that is from the future."),
    Rule("bytes after a list are passed over", "go-tdx-guest", r"^trailing_data at \d+ of CRL", None,
         both(in_file(*LISTS), has_tail),
         "It takes the first list of the bytes. To us a file is one list."),
    Rule("names in other letters", "go-tdx-guest", r"^missing at \d+ of (TCB info|QE identity)", None,
         in_file("tcb_info", "qe_identity"),
         "Go's JSON reader takes \"Signature\" for \"signature\". We take names as the service writes them."),
    Rule("every certificate of an answer is read", "go-tdx-guest", None,
         r"could not (parse PEM formatted|interpret DER bytes of) (signing|root) certificate in|PEM block type is|"
         r"unable to validate root certificate in the issuer chain|empty url found in|"
         r"root CA CRL verification failed using root certificate", in_file(*CHAINS),
         "It wants a chain of exactly two certificates, the issuer first and then the root, and verifies the root "
         "that came. We want the issuer of a document in its chain, of a list in its chain or in the quote, and "
         "the root anywhere. A root that is not genuine is refused in the chain of a document, and left out in that of "
         "a list; so is a certificate that is no root and not needed."),
    Rule("the quote's chain in one order", "go-tdx-guest", None,
         r"PCK certificate extensions length found|unexpected trailing bytes were found in PCK", in_file("quote"),
         "It wants the PCK, its CA and the root, and then nothing but one zero. We take them in any order, and "
         "pass over text outside of the blocks."),
    Rule("a certificate that is not needed is read", "go-tdx-guest", r"^bad_encoding at \d+ of certificate", None,
         in_file("pck_crl_issuer_chain"),
         "Its reader of certificates is content with an encoding that OpenSSL refuses. It then verifies the list "
         "with the certificate in the quote, and not with this one."),
]


def explain(peer, sample, ours, theirs):
    """explain is the first rule that fits, or None. What we accept must besides be genuine in every piece."""
    if ours.accepted and genuine.stranger(sample) is not None:
        return None
    return next((rule for rule in RULES if rule.fits(peer, sample, ours, theirs)), None)
