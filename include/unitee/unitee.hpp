// SPDX-License-Identifier: Apache-2.0
//
// unitee/unitee.hpp: the whole chain of floors: parse, verify, appraise, derive, seal, unseal.
//
// Guests include their backend from unitee/guest/ beside it, and programs that print include unitee/format.hpp.
#pragma once

#include <unitee/kdf/derive.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
#include <unitee/launch/launch_measurement.hpp>
#include <unitee/launch/make_id_block.hpp>
#include <unitee/model/gguf.hpp>
#include <unitee/seal/broker_slot.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/hardware_slot.hpp>
#include <unitee/seal/header_file.hpp>
#include <unitee/seal/new_file.hpp>
#include <unitee/seal/observed_reader.hpp>
#include <unitee/seal/public_metadata.hpp>
#include <unitee/seal/read_callback.hpp>
#include <unitee/seal/recipient_key.hpp>
#include <unitee/seal/recipient_slot.hpp>
#include <unitee/seal/seal.hpp>
#include <unitee/seal/sealed_file.hpp>
#include <unitee/seal/sealed_reader.hpp>
#include <unitee/seal/sealed_writer.hpp>
#include <unitee/seal/stdio_file.hpp>
#include <unitee/seal/to_memfd.hpp>
#include <unitee/snp/firmware_status.hpp>
#include <unitee/snp/guest_message.hpp>
#include <unitee/snp/id_block.hpp>
#include <unitee/snp/newer_report.hpp>
#include <unitee/tdx/guest_message.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/quote_service_message.hpp>
#include <unitee/verifier.hpp>
#include <unitee/version.hpp>
