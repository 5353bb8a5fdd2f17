# SPDX-License-Identifier: Apache-2.0
"""The kernel's interfaces as a program in a guest sees them, written from the references and without the library."""

import ctypes
import os
import socket
import struct

SNP_GET_REPORT, SNP_GET_DERIVED_KEY, SNP_GET_EXT_REPORT = 0xC0205300, 0xC0205301, 0xC0205302
TDX_CMD_GET_REPORT0, TDX_CMD_KEY_GET = 0xC4405401, 0xC0A85405
TSM = "/sys/kernel/config/tsm/report"
MEASUREMENTS = "/sys/class/misc/tdx_guest/measurements"
LIBC = ctypes.CDLL(None, use_errno=True)


def address(buffer):
    return ctypes.addressof(buffer)


class Answer:
    def __init__(self, error, wrapper=b"", response=b"", request=b"", certificates=b""):
        self.error, self.wrapper, self.response, self.request, self.certificates = error, wrapper, response, request, certificates

    @property
    def exitinfo2(self):
        return struct.unpack_from("<Q", self.wrapper, 24)[0]

    @property
    def status(self):
        return struct.unpack_from("<I", self.response)[0]

    @property
    def report(self):
        return self.response[32:32 + struct.unpack_from("<I", self.response, 4)[0]]

    @property
    def key(self):
        return self.response[32:64]


class Sev:
    """/dev/sev-guest."""

    def __init__(self, path="/dev/sev-guest"):
        self.fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)

    def close(self):
        os.close(self.fd)

    def call(self, number, request, response_size, version=1, padding=bytes(7), pointers=None):
        held = ctypes.create_string_buffer(bytes(request), len(request))
        answered = ctypes.create_string_buffer(response_size)
        to, back = pointers or (address(held), address(answered))
        wrapper = ctypes.create_string_buffer(struct.pack("<B7sQQQ", version, padding, to, back, 0), 32)
        error = 0
        if LIBC.ioctl(self.fd, ctypes.c_ulong(number), wrapper) != 0:
            error = ctypes.get_errno()
        return Answer(error, wrapper.raw, answered.raw, held.raw)

    def report(self, data, vmpl=0, reserved=bytes(28), **how):
        return self.call(SNP_GET_REPORT, struct.pack("<64sI28s", data, vmpl, reserved), 4000, **how)

    def extended(self, data, size, vmpl=0, padding=0, length=None):
        certificates = ctypes.create_string_buffer(max(size, 1))
        where = address(certificates) if size else 0
        request = struct.pack("<64sI28sQII", data, vmpl, bytes(28), where, size if length is None else length, padding)
        answer = self.call(SNP_GET_EXT_REPORT, request, 4000)
        answer.certificates = certificates.raw[:size]
        answer.length = struct.unpack_from("<I", answer.request, 104)[0]
        return answer

    def key(self, fields, vmpl=0, svn=0, tcb=bytes(8), root=0, reserved=0):
        return self.call(SNP_GET_DERIVED_KEY, struct.pack("<IIQII8s", root, reserved, fields, vmpl, svn, tcb), 64)


class Tdx:
    """/dev/tdx_guest."""

    def __init__(self):
        self.fd = os.open("/dev/tdx_guest", os.O_RDWR | os.O_CLOEXEC)

    def close(self):
        os.close(self.fd)

    def call(self, number, argument):
        buffer = ctypes.create_string_buffer(argument, len(argument))
        error = 0 if LIBC.ioctl(self.fd, ctypes.c_ulong(number), buffer) == 0 else ctypes.get_errno()
        return error, buffer.raw

    def report(self, data):
        error, argument = self.call(TDX_CMD_GET_REPORT0, data + bytes(1024))
        return error, argument[64:]

    def key(self, request):
        error, argument = self.call(TDX_CMD_KEY_GET, request + bytes(40))
        return error, argument[128:160], struct.unpack_from("<Q", argument, 160)[0]


def key_request(report, policy=1, salt=bytes(32), reserved=0):
    """TDKEYREQUEST for the SVNs of a TD report, with all of ATTRIBUTES and XFAM."""
    every = 0xFFFFFFFFFFFFFFFF
    return struct.pack("<HBBIQQQ16s16sHHH32s26s", 0, 0, 1, reserved, policy, every, every, report[16:32], report[264:280], 0, 0, 0,
                       salt, bytes(26))


class Entry:
    """A directory of configfs-tsm."""

    def __init__(self, name):
        self.path = f"{TSM}/{name}"
        os.mkdir(self.path)

    def read(self, attribute, piece=65536):
        fd = os.open(f"{self.path}/{attribute}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            out = b""
            while more := os.read(fd, piece):
                out += more
            return out
        finally:
            os.close(fd)

    def write(self, attribute, value):
        fd = os.open(f"{self.path}/{attribute}", os.O_WRONLY | os.O_CLOEXEC)
        try:
            return os.write(fd, value)
        finally:
            os.close(fd)

    def generation(self):
        return int(self.read("generation"))

    def remove(self):
        os.rmdir(self.path)


class Qgs:
    """A connection to the quote service."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(os.environ["UNITEE_EMULATED_QUOTE_SERVICE"])

    def close(self):
        self.socket.close()

    def ask(self, message, timeout=5):
        self.socket.settimeout(timeout)
        self.socket.sendall(struct.pack(">I", len(message)) + message)
        return self.receive(struct.unpack(">I", self.receive(4))[0])

    def receive(self, size):
        out = b""
        while len(out) < size:
            more = self.socket.recv(size - len(out))
            if not more:
                raise EOFError(len(out))
            out += more
        return out


def message(kind, body, major=1, error=0, size=None):
    return struct.pack("<HHIII", major, 1, kind, 16 + len(body) if size is None else size, error) + body


def quote_request(report):
    return message(0, struct.pack("<II", len(report), 0) + report)


def header(response):
    return struct.unpack_from("<HHIII", response)


def rtmr(index, *digest):
    """The register's value; with a digest, extends it by that."""
    path = f"{MEASUREMENTS}/rtmr{index}:sha384"
    fd = os.open(path, os.O_WRONLY if digest else os.O_RDONLY)
    try:
        return os.write(fd, digest[0]) if digest else os.read(fd, 100)
    finally:
        os.close(fd)
