// SPDX-License-Identifier: Apache-2.0
//
// inspect.hpp: the formats that `unitee inspect` knows: one function for each, from bytes to a sheet.
#pragma once

#include "sheet.hpp"

#include <unitee/bytes/function_ref.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/slot_view.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace command::inspection {

// `base` is where the bytes stand in the file: the sheet's offsets count
// from its start, while a failure's offset counts from the start of the bytes. Malformed bytes are that failure.
unitee::result<sheet> describe_snp_report(unitee::byte_view octets, std::size_t base = 0);
// describe_newer_report shows the fields that every version so far shares.
unitee::result<sheet> describe_newer_report(unitee::byte_view octets);
unitee::result<sheet> describe_certificate_table(unitee::byte_view octets);
unitee::result<sheet> describe_id_block(unitee::byte_view octets);
unitee::result<sheet> describe_id_auth(unitee::byte_view octets);
unitee::result<sheet> describe_quote(unitee::byte_view octets);
unitee::result<sheet> describe_td_report(unitee::byte_view octets, std::size_t base = 0);
unitee::result<sheet> describe_hcl_report(unitee::byte_view octets);
unitee::result<sheet> describe_tpm_quote(unitee::byte_view octets);
unitee::result<sheet> describe_certificate(unitee::byte_view der);
unitee::result<sheet> describe_crl(unitee::byte_view der);
unitee::result<sheet> describe_pem(unitee::byte_view text);
unitee::result<sheet> describe_event_log(unitee::byte_view octets);
unitee::result<sheet> describe_ccel_table(unitee::byte_view octets);
unitee::result<sheet> describe_json(unitee::byte_view text);

// sealed_bytes is what the description of a sealed file reads beside its header: n bytes at an offset.
using sealed_bytes = unitee::function_ref<unitee::result<void>(std::uint64_t, unitee::byte_span)>;

// describe_sealed shows the header, the slots, the metadata if they are public, and with `segments` where each segment
// stands. describe_sealed_header shows what a header says by itself: of a file that is refused. describe_slot shows one
// slot.
sheet describe_sealed_header(const unitee::sealed_header& header);
sheet describe_sealed(const unitee::header_copies& copies, sealed_bytes read, bool segments = false);
sheet describe_slot(const unitee::slot_view& slot);

// put_certificates adds the certificates that stand in `octets`, as PEM or as DER one after the other, under
// "certificates". What does not decode is said under "error": it is a part of something else that is whole.
void put_certificates(sheet& to, unitee::byte_view octets);

// put_error adds what is wrong with a part of something that is itself well formed.
void put_error(sheet& to, const unitee::failure& why);

// reason is the failure as the end of an error line: input, offset and kind.
std::string reason(const unitee::failure& why);

// is_json says whether the text is one JSON value, nested at most 64 deep.
bool is_json(std::string_view text);

}  // namespace command::inspection
