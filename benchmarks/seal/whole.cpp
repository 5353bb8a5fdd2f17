// SPDX-License-Identifier: Apache-2.0
//
// Whole files from the page cache: read into warm huge pages, and sealed, against the same segments in memory.

#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/new_file.hpp>
#include <unitee/seal/seal.hpp>
#include <unitee/seal/sealed_reader.hpp>

#include "engines.hpp"
#include "race.hpp"
#include "task.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace benchmarks {
namespace {

constexpr std::size_t size = 512 << 20;
constexpr auto bytes = static_cast<double>(size);

// raw_workers does something to every segment, on as many threads as the library has, each with its own context.
template <class Raw>
class raw_workers {
 public:
  explicit raw_workers(const sealed_model& of) : segments_(of.geometry.segments()) {
    for (std::size_t i = 0; i < workers; ++i) raws_.emplace_back(of.key.expose());
  }

  template <class Step>
  bool each(Step step) {
    std::atomic<std::uint64_t> next{0};
    std::atomic<bool> good{true};
    const auto body = [&](Raw& with) {
      for (std::uint64_t i = next++; i < segments_; i = next++) {
        if (!step(with, i)) good = false;
      }
    };
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < workers; ++i) others.emplace_back(body, std::ref(raws_[i]));
    body(raws_[0]);
    for (std::thread& one : others) one.join();
    return good;
  }

 private:
  std::vector<Raw> raws_;
  std::uint64_t segments_;
};

template <class Source, class Engine>
auto opened(const std::string& path) {
  auto source = Source::open(path.c_str());
  require(source.has_value(), "the sealed file cannot be opened");
  auto reader = unitee::sealed_reader<Source, Engine>::open(std::move(*source), unitee::caller_key(slot_key()));
  require(reader.has_value(), "the sealed file does not open");
  return std::make_shared<unitee::sealed_reader<Source, Engine>>(std::move(*reader));
}

// add_reader is a contestant who reads the whole file; what it reads is compared first.
template <class Source, class Engine>
std::size_t add_reader(race& in, sealed_model& model) {
  const auto reader = opened<Source, Engine>(model.path);
  const auto task = [&model, reader] {
    return reader->read_all(model.opened.span(), {.workers = workers}).has_value();
  };
  require(task() && model.is_opened(), "what was read is not what was sealed");
  return in.add(task);
}

template <class Raw>
std::size_t add_raw_open(race& in, sealed_model& model) {
  const auto raw = std::make_shared<raw_workers<Raw>>(model);
  const auto task = [&model, raw] {
    return raw->each([&](Raw& with, std::uint64_t i) {
      return with.open(i, model.stored(i), model.tags[static_cast<std::size_t>(i)], model.place(i));
    });
  };
  require(task() && model.is_opened(), "a peer does not decrypt what the library sealed");
  return in.add(task);
}

// add_raw_read is the least that reading a file through the page cache takes: pread into place, and decryption there.
template <class Raw>
std::size_t add_raw_read(race& in, sealed_model& model) {
  const auto raw = std::make_shared<raw_workers<Raw>>(model);
  const auto file = std::make_shared<unitee::posix::descriptor>(unitee::posix::open_file(model.path.c_str(), O_RDONLY));
  const auto task = [&model, raw, file] {
    return raw->each([&](Raw& with, std::uint64_t i) {
      const octets_out to = model.place(i);
      const auto n = ::pread(file->get(), to.data(), to.size(), static_cast<off_t>(model.geometry.place_of(i)));
      return n == static_cast<ssize_t>(to.size()) && with.open(i, to, model.tags[static_cast<std::size_t>(i)], to);
    });
  };
  require(task() && model.is_opened(), "a peer does not decrypt what the library sealed");
  return in.add(task);
}

void reads(table& out) {
  const folder files;
  sealed_model model(files, size, unitee::default_segment_size, unitee::protection::confidential);
  race all;
  std::vector<std::function<void()>> rows;
  std::optional<std::size_t> raw_of_openssl;
  for_each_engine([&]<class With>(With) {
    const std::size_t raw = add_raw_open<typename With::raw>(all, model);
    const std::size_t raw_read = add_raw_read<typename With::raw>(all, model);
    const std::size_t buffered = add_reader<unitee::file_source, typename With::engine>(all, model);
    const std::size_t mapped = add_reader<unitee::mapped_source, typename With::engine>(all, model);
    const std::string name = With::name;
    if (!raw_of_openssl) raw_of_openssl = raw;
    const bool other = raw != *raw_of_openssl;
    rows.push_back([&out, &all, raw, raw_read, buffered, mapped, name, other, &raw_of_openssl] {
      all.add_row(out, "read 512 MiB, " + name + ", to raw", buffered, raw, bytes, 0.8);
      all.add_row(out, "read 512 MiB, " + name + ", to raw and pread", buffered, raw_read, bytes, 0);
      all.add_row(out, "read 512 MiB, mapped, " + name + ", to raw", mapped, raw, bytes, 0.9);
      if (!other) return;
      all.add_row(out, "read 512 MiB, " + name + ", to raw OpenSSL", buffered, *raw_of_openssl, bytes, 2);
      all.add_row(out, "read 512 MiB, mapped, " + name + ", to raw OpenSSL", mapped, *raw_of_openssl, bytes, 2);
    });
  });
  all.run();
  for (const auto& row : rows) row();
}

// The tags of a public payload are checked where it was read to: the peer finds it there already.
void reads_public(table& out) {
  const folder files;
  sealed_model model(files, size, unitee::default_segment_size, unitee::protection::integrity_only);
  race all;
  std::vector<std::function<void()>> rows;
  for_each_engine([&]<class With>(With) {
    using raw_type = typename With::raw;
    const auto raw = std::make_shared<raw_workers<raw_type>>(model);
    const auto check = [&model, raw] {
      return raw->each([&](raw_type& with, std::uint64_t i) {
        return with.check(i, model.stored(i), model.tags[static_cast<std::size_t>(i)]);
      });
    };
    require(check(), "a peer does not accept what the library authenticated");
    const std::size_t peer = all.add(check);
    const std::size_t buffered = add_reader<unitee::file_source, typename With::engine>(all, model);
    const std::size_t mapped = add_reader<unitee::mapped_source, typename With::engine>(all, model);
    const std::string name = With::name;
    rows.push_back([&out, &all, peer, buffered, mapped, name] {
      all.add_row(out, "read 512 MiB, public, " + name + ", to raw", buffered, peer, bytes, 0);
      all.add_row(out, "read 512 MiB, public, mapped, " + name + ", to raw", mapped, peer, bytes, 0);
    });
  });
  all.run();
  for (const auto& row : rows) row();
}

// add_writer is a contestant who seals the model's file into another, whose pages are in the page cache as well.
template <class Source, class Engine>
std::size_t add_writer(race& in, sealed_model& model, const std::string& path, unitee::protection how) {
  auto source = Source::open(model.plain_path.c_str());
  require(source.has_value(), "the model cannot be opened");
  const auto from = std::make_shared<Source>(std::move(*source));
  write_file(path, std::vector<std::uint8_t>(static_cast<std::size_t>(model.geometry.file_size())));
  const auto sink = std::make_shared<overwritten>(path);
  const auto task = [from, sink, how] {
    const unitee::new_slot slots[] = {slot()};
    return unitee::seal<Engine>(*from, *sink, slots, {.protection = how}, {.workers = workers}).has_value();
  };
  require(task() && opened<unitee::file_source, Engine>(path)->read_all(model.opened.span()) && model.is_opened(),
          "what was sealed does not open");
  return in.add(task);
}

// add_memory_writer is a contestant who has the model in memory, and wants the sealed file there.
template <class Engine>
std::size_t add_memory_writer(race& in, const sealed_model& model) {
  const auto to =
      std::make_shared<unitee::posix::plain_memory>(warm_memory(static_cast<std::size_t>(model.geometry.file_size())));
  return in.add([&model, to] {
    unitee::memory_sink sink(to->span());
    const unitee::new_slot slots[] = {slot()};
    const unitee::memory_source from(model.plaintext.view());
    return unitee::seal<Engine>(from, sink, slots, {}, {.workers = workers}).has_value();
  });
}

// add_new_writer is a contestant who makes a file anew each time, and gives it up before it would be made durable.
template <class Engine>
std::size_t add_new_writer(race& in, const sealed_model& model, const std::string& path) {
  auto source = unitee::file_source::open(model.plain_path.c_str());
  require(source.has_value(), "the model cannot be opened");
  const auto from = std::make_shared<unitee::file_source>(std::move(*source));
  return in.add([from, path] {
    auto sink = unitee::new_file::create(path.c_str());
    const unitee::new_slot slots[] = {slot()};
    return sink && unitee::seal<Engine>(*from, *sink, slots, {}, {.workers = workers});
  });
}

void seals(table& out) {
  const folder files;
  sealed_model model(files, size, unitee::default_segment_size, unitee::protection::confidential);
  race all([] { renew_free_memory(size + size / 4); });
  std::vector<std::function<void()>> rows;
  for_each_engine([&]<class With>(With) {
    using raw_type = typename With::raw;
    using engine = typename With::engine;
    const auto raw = std::make_shared<raw_workers<raw_type>>(model);
    const auto encrypt = [&model, raw] {
      return raw->each([&](raw_type& with, std::uint64_t i) {
        tag_bytes tag;
        return with.seal(i, model.plain(i), model.place(i), tag) && tag == model.tags[static_cast<std::size_t>(i)];
      });
    };
    require(encrypt() && std::memcmp(model.opened.view().data(), model.ciphertext.view().data(), size) == 0,
            "a peer does not encrypt as the library does");
    const std::size_t peer = all.add(encrypt);
    const std::string name = With::name;
    const std::string path = files / name;
    const std::size_t again =
        add_writer<unitee::file_source, engine>(all, model, path, unitee::protection::confidential);
    const std::size_t mapped =
        add_writer<unitee::mapped_source, engine>(all, model, path, unitee::protection::confidential);
    const std::size_t memory = add_memory_writer<engine>(all, model);
    const std::size_t anew = add_new_writer<engine>(all, model, path + " anew");
    const std::size_t open =
        add_writer<unitee::file_source, engine>(all, model, path + " public", unitee::protection::integrity_only);
    rows.push_back([&out, &all, peer, again, mapped, memory, anew, open, name] {
      all.add_row(out, "seal 512 MiB, " + name + ", to raw", again, peer, bytes, 0.75);
      all.add_row(out, "seal 512 MiB, mapped, " + name + ", to raw", mapped, peer, bytes, 0);
      all.add_row(out, "seal 512 MiB, in memory, " + name + ", to raw", memory, peer, bytes, 0);
      all.add_row(out, "seal 512 MiB, new file, " + name + ", to raw", anew, peer, bytes, 0);
      all.add_row(out, "seal 512 MiB, public, " + name + ", to raw", open, peer, bytes, 0);
    });
  });
  all.run();
  for (const auto& row : rows) row();
}

}  // namespace

void seal_whole(table& out) {
  reads(out);
  reads_public(out);
  seals(out);
}

}  // namespace benchmarks
