// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/seal.hpp: sealing a whole payload in one call.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/crypto/default_engine.hpp>
#include <unitee/crypto/gcm_engine.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/io.hpp>
#include <unitee/seal/sealed_writer.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/work.hpp>

#include <span>

namespace unitee::inline v0 {

// seal writes a sealed file with all of `plaintext` to `sink`, which is empty or has room for file_size() bytes
// (sealed_geometry). Failures are those of sealed_writer; after one the sink does not hold a sealed file.
template <gcm_engine Engine = default_gcm_engine, byte_source Source, byte_sink Sink>
result<void> seal(const Source& plaintext, Sink& sink, std::span<const new_slot> slots, const sealing& with = {},
                  const work& how = {}) noexcept {
  auto sealed = sealed_writer<Sink, Engine>::create(sink, plaintext.size(), slots, with);
  if (!sealed) return sealed.error();
  if (const auto done = sealed->write_from(plaintext, how); !done) return done;
  return sealed->finish();
}

}  // namespace unitee::inline v0
