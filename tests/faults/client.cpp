// SPDX-License-Identifier: Apache-2.0
//
// client: seals, unseals and changes slots as the command does, and goes on doing so: for tests that interrupt it.
//
// usage: unitee_fault_client seal IN OUT KEY SEGMENT_SIZE
//        unitee_fault_client unseal IN OUT KEY
//        unitee_fault_client add|remove|replace FILE KEY OTHER     OTHER's slot, at the end
//        unitee_fault_client settle FILE KEY OTHER
//        unitee_fault_client forever FILE KEY OTHER
//                     adds it, replaces it by a slot for the same key, and removes it by turns; a byte says that it
//                     began
//
// Everything is done on one thread, so that the system calls have an order. The exit status is 0, or 2 with a line.

#include <unitee/crypto/secret.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/header_file.hpp>
#include <unitee/seal/new_file.hpp>
#include <unitee/seal/seal.hpp>
#include <unitee/seal/sealed_reader.hpp>
#include <unitee/seal/slot_editor.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace unitee;

constexpr work alone{.workers = 1};

result<secret<32>> key_in(const char* path) {
  const posix::descriptor fd = posix::open_file(path, O_RDONLY);
  if (!fd) return posix::io_failure();
  return secret<32>::try_made_by([&](byte_span out) -> result<void> {
    const auto n = posix::read_to_end(fd.get(), out);
    if (!n) return n.error();
    return {};
  });
}

result<void> seal_file(const char* from, const char* to, const secret<32>& key, std::uint32_t segment) {
  const auto plaintext = file_source::open(from);
  if (!plaintext) return plaintext.error();
  auto out = new_file::create(to);
  if (!out) return out.error();
  auto slot = caller_slot(key);
  if (!slot) return slot.error();
  if (const auto done = seal(*plaintext, *out, std::span(&*slot, 1), {.segment_size = segment}, alone); !done) {
    return done;
  }
  return out->commit();
}

result<void> unseal_file(const char* from, const char* to, const secret<32>& key) {
  auto source = file_source::open(from);
  if (!source) return source.error();
  const auto sealed = sealed_reader<file_source>::open(std::move(*source), caller_key(key));
  if (!sealed) return sealed.error();
  auto out = new_file::create(to, if_exists::refuse);
  if (!out) return out.error();
  if (const auto done = sealed->write_to(*out, alone); !done) return done;
  return out->commit();
}

// change does one thing to the slots, or with `forever` adds, replaces and removes until it is killed.
result<void> change(std::string_view what, const char* path, const secret<32>& key, const secret<32>& other) {
  auto file = header_file::open(path);
  if (!file) return file.error();
  auto editor = slot_editor<header_file>::open(*file, caller_key(key));
  if (!editor) return editor.error();
  if (what == "settle") return editor->settle();
  if (what == "forever" && ::write(STDOUT_FILENO, "+", 1) != 1) return posix::io_failure();
  for (bool replaced = false;;) {
    const auto slot = caller_slot(other);
    if (!slot) return slot.error();
    const std::size_t last = editor->slot_count() - 1;
    const bool forever = what == "forever";
    const bool add = forever ? last == 0 : what == "add";
    const bool replace = forever ? last != 0 && !replaced : what == "replace";
    replaced = replace;
    const auto done = replace ? editor->replace(last, *slot) : add ? editor->add(*slot) : editor->remove(last);
    if (!done) return done;
    if (const auto committed = editor->commit(); !committed || what != "forever") return committed;
  }
}

result<void> run(std::span<char*> words) {
  const std::string_view verb = words.size() < 4 ? "" : words[0];
  const bool seals = verb == "seal";
  const auto key =
      words.size() < 4 ? result<secret<32>>(errc::missing) : key_in(words[seals || verb == "unseal" ? 3 : 2]);
  if (!key) return key.error();
  if (verb == "unseal") return unseal_file(words[1], words[2], *key);
  if (seals && words.size() > 4) {
    const auto segment = static_cast<std::uint32_t>(std::strtoul(words[4], nullptr, 10));
    return seal_file(words[1], words[2], *key, segment);
  }
  const auto other = key_in(words[3]);
  if (!other) return other.error();
  return change(verb, words[1], *key, *other);
}

}  // namespace

int main(int argc, char** argv) {
  const auto done = run(std::span(argv + 1, static_cast<std::size_t>(argc - 1)));
  if (done) return 0;
  const failure why = done.error();
  const char* const text = why.code == errc::io_error ? std::strerror(static_cast<int>(why.offset)) : "refused";
  std::fprintf(stderr, "unitee %s: %s (%s)\n", argc > 1 ? argv[1] : "", text, name(why.code));
  return 2;
}
