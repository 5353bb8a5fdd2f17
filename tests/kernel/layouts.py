# SPDX-License-Identifier: Apache-2.0
"""What must cross the boundary to the kernel, byte by byte, written from the vendors' documents and linux/sev-guest.h alone."""

import struct

PAGE, CERTIFICATES_MAX = 0x1000, 0x4000
REPORT_RESPONSE, KEY_RESPONSE, TDREPORT = 4000, 64, 1024
POLICY, IMAGE_ID, FAMILY_ID, MEASUREMENT, GUEST_SVN, TCB_VERSION = (1 << bit for bit in range(6))

# The simulated platform's report: where the TCB is that a key may be bound to.
COMMITTED_TCB = slice(0x1E0, 0x1E8)
# The TD report: REPORTMACSTRUCT and TEE_TCB_INFO.
CPUSVN, TEE_TCB_SVN = slice(16, 32), slice(264, 280)


def report_request(data, vmpl=0, key_sel=0):
    """snp_report_req, 96 bytes."""
    return data + struct.pack("<II", vmpl, key_sel) + bytes(24)


def ext_report_request(data, address, vmpl=0, key_sel=0):
    """snp_ext_report_req, 112 bytes."""
    return report_request(data, vmpl, key_sel) + struct.pack("<QII", address, CERTIFICATES_MAX, 0)


def derived_key_request(fields, tcb, vmpl=0, guest_svn=0, root=0, key_sel=0):
    """snp_derived_key_req, 32 bytes."""
    return struct.pack("<IIQII", root | key_sel << 1, 0, fields, vmpl, guest_svn) + tcb


def wrapper(request, response):
    """snp_guest_request_ioctl, 32 bytes, with exitinfo2 as the kernel itself sets it before it asks."""
    return struct.pack("<B7xQQQ", 1, request, response, 0xFF)


def pointers(of):
    """The two pointers of a wrapper."""
    return struct.unpack_from("<QQ", of, 8)


# The bits that a module with seal keys knows, and takes in a mask.
ATTRIBUTES, XFAM = 0xC0000000F8010071, 0x6DBE7


def td_key_request(cpusvn, tee_tcb_svn, policy=1, attributes_mask=ATTRIBUTES, xfam_mask=XFAM, name=0, salt=bytes(32)):
    """TDKEYREQUEST, 128 bytes, for a key of 256 bits."""
    out = struct.pack("<HBB4xQQQ", 0, name, 1, policy, attributes_mask, xfam_mask) + cpusvn + tee_tcb_svn
    return out + struct.pack("<HHH", 0, 0, 0) + salt + bytes(26)


def get_quote_request(report):
    """GET_QUOTE_REQ for one TD report, any key, without the length in front."""
    return struct.pack("<HHIII", 1, 1, 0, 16 + 8 + len(report), 0) + struct.pack("<II", len(report), 0) + report
