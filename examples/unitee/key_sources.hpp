// SPDX-License-Identifier: Apache-2.0
//
// key_sources.hpp: the keys of sealed files, as the command line and this machine have them.
#pragma once

#include "command.hpp"

#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/slot_keys.hpp>
#include <unitee/seal/slot_view.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace command {

// key_source is one that was found at run time.
class key_source {
 public:
  explicit key_source(std::string name) : name_(std::move(name)) {}
  key_source(const key_source&) = delete;
  key_source& operator=(const key_source&) = delete;
  virtual ~key_source() = default;

  // name is how the user calls it.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  virtual unitee::result<unitee::secret<32>> slot_key(const unitee::slot_view& slot) = 0;

 private:
  std::string name_;
};

// machine_source is hardware, or a simulation of it: it derives new keys, too.
class machine_source : public key_source {
 public:
  using key_source::key_source;

  // fresh is a slot for the TCB of now; renewed is one for what another slot is bound to, at the TCB of now.
  virtual unitee::result<unitee::new_slot> fresh() = 0;
  virtual unitee::result<unitee::new_slot> renewed(const unitee::slot_view& slot) = 0;
};

// offered_keys is all of them, as unitee::slot_keys.
class offered_keys {
 public:
  void add(std::unique_ptr<key_source> one) { sources_.push_back(std::move(one)); }
  void add(std::unique_ptr<machine_source> one) {
    machines_.push_back(one.get());
    sources_.push_back(std::move(one));
  }

  unitee::result<unitee::secret<32>> slot_key(const unitee::slot_view& slot);

  // each calls f(source) for one after the other, until it says true.
  template <class F>
  void each(F&& f) {
    for (const auto& one : sources_) {
      if (f(*one)) return;
    }
  }

  [[nodiscard]] std::span<machine_source* const> machines() const noexcept { return machines_; }
  [[nodiscard]] bool empty() const noexcept { return sources_.empty(); }
  [[nodiscard]] std::string names() const;

 private:
  std::vector<std::unique_ptr<key_source>> sources_;
  std::vector<machine_source*> machines_;
};

static_assert(unitee::slot_keys<offered_keys>);

// key_from_file is 32 bytes, or 64 hexadecimal digits with white space at the end.
unitee::secret<32> key_from_file(const std::string& path);

// key_options is the options that say what is offered, and key_options_help is about them.
std::vector<option> key_options();
extern const std::string_view key_options_help;

// simulated_machine is the guest on the machine that --state and --image name, and this_machine that on the hardware
// that is there, or that --backend names. A new simulated machine is made only with `create`.
std::unique_ptr<machine_source> simulated_machine(const arguments& given, bool td, bool create);
std::unique_ptr<machine_source> this_machine(const arguments& given);

// asked_machines is which machines a command asks for keys.
struct asked_machines {
  bool hardware = false;
  bool simulated = false;
};

// check_machine_options refuses --backend, --state and --image where they would say nothing.
void check_machine_options(const arguments& given, asked_machines asked);

// keys_for is the keys that are named, or where none are, and with `machine` in any case, those of the machines for
// which the file has slots. `other` is what is asked for new slots. Where there is no key at all, and where an option
// is about a machine that is not asked, it is a usage_error; a machine that is wanted and not there is an input_error.
offered_keys keys_for(const arguments& given, const unitee::sealed_header& header, const std::string& file,
                      bool machine = false, asked_machines other = {});

}  // namespace command
