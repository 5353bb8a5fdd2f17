// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/stage.hpp: what an emulated machine has and what goes wrong on it, as a text.
//
// A stage is lines of words. `#` begins a comment, empty lines say nothing, numbers are decimal or 0x hexadecimal (file
// modes are octal), and of two lines that say the same thing differently the later one holds. A line that is not
// understood ends the emulator with status 125.
//
// What is there
//
//   machine snp|tdx|both|none       what the machine is. snp: /dev/sev-guest and configfs-tsm by sev_guest. tdx:
//                                   /dev/tdx_guest, configfs-tsm by tdx_guest, measurements, quote service. both (the
//                                   default): all of it, configfs-tsm by sev_guest. none: nothing. It undoes what the
//                                   lines before it said is there.
//   sev-guest present|absent        /dev/sev-guest
//   sev-guest mode 000              its permission bits; open needs the owner's read and write bits, else EACCES
//   sev-guest vmpl N                the VMPL whose VMPCK the kernel has (0 to 3); the guest runs there
//   sev-guest wiped                 the VMPCK is gone since boot: every request is ENOTTY
//   snp chip N                      another chip of the same vendor (default 0); its keys stay in the state directory
//   snp vlek                        the host has loaded a VLEK: it signs by default, and the chip id is masked
//   snp certificates full|vek|none  what the host hands out beside a report: VEK, ASK or ASVK, and ARK (the default);
//                                   the VEK alone; nothing
//   snp report-version 2|3|5        default 5
//   snp measurement HEX             48 bytes. The default is that of simulated_image.hpp for SHA-384("unitee emulator")
//   snp policy N                    default 0x30000
//   snp guest-svn N                 default 0
//   snp tcb HEX                     the firmware's TCB_VERSION, 8 bytes as in a report; CURRENT, COMMITTED, LAUNCH and
//                                   REPORTED are the same, and the VCEK is for it. The default is 04000000000018db
//   td tee-tcb-svn HEX              16 bytes, when the TD was launched. The default is that of the simulated platform,
//                                   06010600000000000000000000000000
//   tdx-guest present|absent
//   tdx-guest mode 000
//   tdx-guest key good|absent|unsupported|zero
//                                   TDX_CMD_KEY_GET. good (the default): a key; absent: the kernel lacks it (ENOTTY);
//                                   unsupported: the module lacks it (EIO, err_code is TDX_OPERAND_INVALID);
//                                   zero: a key of zeros
//   td mrtd|mrconfigid|mrowner|mrownerconfig HEX
//                                   48 bytes each. The default is the byte 0x11, 0x22, 0x33, 0x44, 48 times
//   td attributes N                 default 0x10000000
//   td quote-version 4|5            default 5
//   td body 1.0|1.5                 default 1.5
//   tsm present|absent              /sys/kernel/config/tsm. tsm unmounted: nor is there a /sys/kernel/config
//   tsm provider NAME               sev_guest, tdx_guest, none (loaded, but without a provider: mkdir is ENXIO), or any
//                                   other name, which has the attributes of tdx_guest and an outblob of 64 bytes inblob
//   tsm svsm [HEX]                  the guest runs under an SVSM, at VMPL 2 unless a line before has said another; this
//                                   is the services' manifest (default: 32 bytes 0x4D)
//   rtmr present|absent             /sys/class/misc/tdx_guest/measurements
//   qgs present|absent              the quote service
//   qgs path PATH                   its socket, below /dev (default /dev/tdx-qgs.sock). The client finds the path in
//                                   the environment variable UNITEE_EMULATED_QUOTE_SERVICE; absent, there is a path
//                                   all the same, and nobody at it
//   violations allowed              see below
//
// What goes wrong
//
//   fault OPERATION [after N] [times N] ACTION [and ACTION]...
//
// The fault meets the calls of that operation after the first N (default 0), and only so many of them (default: all
// from then on). Each line counts all calls of its operation; of several lines that a call could meet, the first does.
//
// OPERATION
//   sev.open  sev.report  sev.ext_report  sev.derived_key
//   tdx.open  tdx.report  tdx.key
//   tsm.mkdir  tsm.rmdir  tsm.open.ATTRIBUTE  tsm.write.ATTRIBUTE  tsm.close.ATTRIBUTE  tsm.read.ATTRIBUTE
//   rtmr.open.FILE  rtmr.write.FILE  rtmr.read.FILE         FILE is rtmr0 to rtmr3, mrtd, mrconfigid, ...
//   qgs.accept  qgs.request
// ATTRIBUTE is inblob, outblob, auxblob, provider, generation, privlevel, privlevel_floor, manifestblob,
// service_provider, service_guid or service_manifest_version. The name or its last part may be left out: `tsm.read` is
// each read of any attribute, `rtmr.open` each open of any register. As in the kernel, binary attributes that are
// written take effect when the file is closed, and an error of tsm.close.inblob is shown to nobody.
// One tsm.read is one read(2), including the one that finds the end of the file.
//
// ACTION, for any operation
//   errno NAME       the call fails with it (EIO, ENOTTY, ... or a number); for qgs.* it is `close`
//   delay MS         the call takes so much longer
//   hang             there is no answer, until the client is interrupted by a signal (EINTR) or gone
//   provider NAME    from now on, and for this call already, this is the provider of configfs-tsm
//   wipe             from now on, and for this call already, the VMPCK is gone
// for sev.*
//   exitinfo2 N      the ioctl fails with EIO (or the errno given) and leaves this in the wrapper. Without it a staged
//                    errno leaves 0xFF, as the kernel does when there was no answer. As in the kernel, EIO and
//                    ETIMEDOUT wipe the VMPCK, except for certificates that are too large (0x100000000); here a host
//                    that says busy (0x200000000) does not either, so that a retry can be staged
//   keep             the VMPCK is not wiped
//   status N         the firmware's status in the response, which is otherwise empty: no report, key zero
//   report_size N    in the response
//   size N           sev.ext_report: the host needs N bytes for its certificates, a multiple of 4096
//   certs HEX        sev.ext_report: its certificate table is these bytes, padded to 4096
//   keep_exitinfo2   exitinfo2 stays 0xFF though the call succeeds
// for tdx.*
//   err_code N       tdx.key: in the argument. Without `errno` the ioctl returns 0 all the same
// for tsm.*
//   bump             before the call somebody else writes 64 bytes 0x5A to this entry's inblob: the generation rises
//   empty            tsm.read: the content is empty. tsm.write, tsm.close: what was written is lost
//   exists           tsm.mkdir: the name is taken (as errno EEXIST)
// for the quote service
//   close            the connection is closed without an answer
//   qgs_error N      the answer has this error code, and no payload (in the log: err_code)
//   type N           the answer's type
// for everything that has a payload: reports, keys, what a read gives, a quote service's message (without its length)
//   zero             the payload is all zero bytes
//   flip OFFSET      one bit of the byte at this offset of the payload is the other way round
//   cut N            the payload is only the first N bytes. From sev.* and tdx.*, the rest is zero; the quote service
//                    announces all of them and closes
//   short N          this read gives at most N bytes, and the next read goes on; the quote service sends in pieces of N
//   nonsense HEX     the payload is these bytes
// What a fault makes of the content in tsm.read holds for that open file. What the kernel's file layer answers of its
// own (ENOENT of a name that is not there, EEXIST of one that is) is no operation, and is neither counted nor logged.
//
// Violations
//
// The emulator is stricter than a kernel: a reserved or padding byte that is not zero (in the wrapper, a request, a
// message) is a violation. It is answered with EINVAL, by the status 0x16 where firmware would say so, or by the quote
// service's error, is a line on stderr and has a member `violation` in the log; and the emulator's status, where the
// client's is 0, is 126. After `violations allowed` the status is the client's.
//
// The log (--log FILE), one JSON object a line
//
//   {"n": 12, "ms": 48, "op": "sev.report", "name": "", "wrapper": "01..", "request": "00..", "size": 4000,
//    "answer": "EIO", "exitinfo2": "0x100000000", "status": 0, "fault": "exitinfo2 0x100000000", "violation": "..."}
// n and ms count from the start; name is the entry of configfs-tsm; request is what the client gave (wrapper: the 32
// bytes of the ioctl's argument, for sev.*); size is the number of bytes that it was given; answer is "0" or the name
// of the errno. exitinfo2, status, err_code, fault and violation are there where they say something. No key is in it,
// ever.
// The last line has the op "end": {"op": "end", "entries_left": 0, "left_open": {"sev-guest": 0, "tdx_guest": 0,
// "tsm": 0, "rtmr": 0}, "opened": {...}, "connections": 3, "violations": 0}. left_open counts files that the client had
// not closed when it ended (null where /proc does not tell).
#pragma once

#include <unitee/guest/simulated_snp.hpp>
#include <unitee/guest/simulated_td.hpp>
#include <unitee/snp/tcb.hpp>

#include "fault.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace emulator {

// device is a character device as a stage has it.
struct device {
  bool present = true;
  unsigned mode = 0600;
};

enum class host_certificates : std::uint8_t {
  full,
  vek,
  none
};

enum class seal_key : std::uint8_t {
  good,
  absent,
  unsupported,
  zero
};

// stage is what the text says, with the defaults where it says nothing.
struct stage {
  device sev_guest;
  bool wiped = false;
  unsigned chip = 0;
  bool vlek = false;
  host_certificates hands_out = host_certificates::full;
  bool default_measurement = true;
  unitee::guest::simulated_launch snp;
  std::optional<unitee::snp::tcb_version> tcb;

  device tdx_guest;
  seal_key key = seal_key::good;
  unitee::guest::simulated_td_launch td;

  bool configfs = true;
  bool tsm = true;
  std::string provider = "sev_guest";
  std::optional<std::vector<std::uint8_t>> manifest;  // there when an SVSM is

  bool registers = true;
  bool quote_service = true;
  std::string quote_service_path = "/dev/tdx-qgs.sock";

  bool violations_allowed = false;
  std::vector<fault_line> faults;
};

// parse_stage reads the text. Otherwise `why` is a line that names the line and what is wrong with it.
std::optional<stage> parse_stage(std::string_view text, std::string& why);

}  // namespace emulator
