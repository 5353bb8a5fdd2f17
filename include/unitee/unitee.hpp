// SPDX-License-Identifier: Apache-2.0
//
// unitee/unitee.hpp: the whole chain of floors: parse, verify, appraise, derive, seal, unseal.
//
// Guests include their backend from unitee/guest/ beside it, owners unitee/launch/, readers of models unitee/model/, and
// programs that print unitee/format.hpp.
#pragma once

#include <unitee/kdf/derive.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
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
#include <unitee/verifier.hpp>
#include <unitee/version.hpp>
