// SPDX-License-Identifier: Apache-2.0

#include "tsm_report.hpp"

#include <unitee/bytes/guid.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/snp/certificate_table.hpp>

#include <algorithm>
#include <charconv>

namespace emulator {

namespace {

// kernel_number reads as kstrtouint does: decimal or 0x, and one newline at most behind it.
std::optional<std::uint32_t> kernel_number(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  std::uint32_t value = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), value, is_hex ? 16 : 10);
  if (text.empty() || error != std::errc() || stopped != text.data() + text.size()) return std::nullopt;
  return value;
}

octets octets_of(std::string_view text) { return {text.begin(), text.end()}; }

bool is_visible(tsm_attribute which, const std::string& provider, bool svsm) {
  switch (which) {
    case tsm_attribute::generation:
    case tsm_attribute::provider:
    case tsm_attribute::inblob:
    case tsm_attribute::outblob: return true;
    case tsm_attribute::privlevel:
    case tsm_attribute::privlevel_floor:
    case tsm_attribute::auxblob: return provider == "sev_guest";
    default: return provider == "sev_guest" && svsm;
  }
}

// without_padding is as much of a certificate table as its entries reach.
std::size_t without_padding(const octets& table) {
  const auto parsed = unitee::snp::certificate_table::parse(table);
  std::size_t end = 0;
  for (std::size_t i = 0; parsed && i < parsed->size(); ++i) {
    end = std::max(end, (*parsed)[i].offset + (*parsed)[i].data.size());
  }
  return end;
}

}  // namespace

int tsm_report::make(const caller& by, const std::string& name, std::shared_ptr<tsm_entry>& out) {
  call in_work(in_, by, "tsm.mkdir");
  in_work.what.name = name;
  if (in_work.staged() != 0) return in_work.answer(in_work.staged());
  const std::string provider = in_.provider();
  if (provider == "none") return in_work.answer(ENXIO);
  const std::lock_guard lock(mutex_);
  if (entries_.contains(name)) return in_work.answer(EEXIST);
  out = std::make_shared<tsm_entry>();
  out->id = ++last_id_;
  out->name = name;
  for (const tsm_form& form : tsm_forms) {
    if (is_visible(form.id, provider, manifest_.has_value())) out->attributes.push_back(&form);
  }
  entries_.emplace(name, out);
  return 0;
}

int tsm_report::remove(const caller& by, const std::string& name) {
  call in_work(in_, by, "tsm.rmdir");
  in_work.what.name = name;
  if (in_work.staged() != 0) return in_work.answer(in_work.staged());
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return in_work.answer(ENOENT);
  found->second->removed = true;
  entries_.erase(found);
  return 0;
}

int tsm_report::open(const caller& by, const std::shared_ptr<tsm_entry>& entry, const tsm_form& form, bool reads,
                     bool writes, std::unique_ptr<tsm_file>& out) {
  call in_work(in_, by, std::string("tsm.open.") + form.name);
  in_work.what.name = entry->name;
  if (in_work.staged() != 0) return in_work.answer(in_work.staged());
  if ((form.written && reads) || (!form.written && writes)) return in_work.answer(EACCES);
  out = std::make_unique<tsm_file>();
  out->entry = entry;
  out->form = &form;
  return 0;
}

int tsm_report::read(const caller& by, tsm_file& file, std::size_t offset, std::size_t size, octets& out) {
  call in_work(in_, by, std::string("tsm.read.") + file.form->name);
  in_work.what.name = file.entry->name;
  const fault& failing = in_work.failing;
  if (failing.bump) {
    const std::lock_guard lock(mutex_);
    bump(*file.entry);
  }
  if (in_work.staged() != 0) return in_work.answer(in_work.staged());
  const std::lock_guard file_lock(file.mutex);
  if (!file.content) {
    octets content;
    const std::lock_guard lock(mutex_);
    if (const int error = show(*file.entry, file.form->id, content)) return in_work.answer(error);
    file.content = std::move(content);
  }
  failing.spoil(*file.content);
  if (file.form->binary && file.content->size() > outblob_max) {
    file.content.reset();
    return in_work.answer(EFBIG);
  }
  const std::size_t begin = std::min(offset, file.content->size());
  const std::size_t n = std::min({size, file.content->size() - begin, failing.at_most.value_or(size)});
  out.assign(file.content->begin() + static_cast<std::ptrdiff_t>(begin),
             file.content->begin() + static_cast<std::ptrdiff_t>(begin + n));
  in_work.what.size = n;
  return 0;
}

int tsm_report::write(const caller& by, tsm_file& file, std::size_t offset, unitee::byte_view bytes) {
  call in_work(in_, by, std::string("tsm.write.") + file.form->name);
  in_work.what.name = file.entry->name;
  in_work.what.request.assign(bytes.begin(), bytes.end());
  const fault& failing = in_work.failing;
  if (failing.bump) {
    const std::lock_guard lock(mutex_);
    bump(*file.entry);
  }
  if (in_work.staged() != 0) return in_work.answer(in_work.staged());
  if (failing.empty) return 0;
  const std::lock_guard file_lock(file.mutex);
  if (file.form->binary) {
    file.is_written = true;
    if (offset + bytes.size() > inblob_max) return in_work.answer(EFBIG);
    file.written.resize(std::max(file.written.size(), offset + bytes.size()));
    std::ranges::copy(bytes, file.written.begin() + static_cast<std::ptrdiff_t>(offset));
    return 0;
  }
  const std::lock_guard lock(mutex_);
  return in_work.answer(store(*file.entry, file.form->id, bytes));
}

void tsm_report::close(const caller& by, tsm_file& file) {
  const std::lock_guard file_lock(file.mutex);
  if (!file.is_written) return;
  file.is_written = false;
  call in_work(in_, by, std::string("tsm.close.") + file.form->name);
  in_work.what.name = file.entry->name;
  in_work.what.request = file.written;
  const std::lock_guard lock(mutex_);
  if (in_work.failing.bump) bump(*file.entry);
  const bool lost = in_work.staged() != 0 || in_work.failing.empty;
  in_work.answer(lost ? in_work.staged() : store(*file.entry, file.form->id, file.written));
  file.written.clear();
}

std::shared_ptr<tsm_entry> tsm_report::find(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second;
}

std::shared_ptr<tsm_entry> tsm_report::find(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    if (entry->id == id) return entry;
  }
  return nullptr;
}

std::vector<std::shared_ptr<tsm_entry>> tsm_report::all() {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<tsm_entry>> out;
  for (const auto& [name, entry] : entries_) out.push_back(entry);
  return out;
}

int tsm_report::advance(tsm_entry& entry) {
  if (entry.write_generation == entry.read_generation - 1) return EBUSY;
  ++entry.write_generation;
  return 0;
}

void tsm_report::bump(tsm_entry& entry) {
  if (advance(entry) == 0) entry.inblob.assign(inblob_max, 0x5A);
}

int tsm_report::store(tsm_entry& entry, tsm_attribute which, unitee::byte_view bytes) {
  if (entry.removed) return ENOENT;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string_view line = text.substr(0, text.find('\n'));
  if (which == tsm_attribute::privlevel || which == tsm_attribute::service_manifest_version) {
    const auto value = kernel_number(text);
    if (!value) return EINVAL;
    if (which == tsm_attribute::privlevel) {
      if (in_.provider() == "none") return ENXIO;
      if (*value > 3 || *value < snp_.vmpl()) return EINVAL;
    }
    if (const int error = advance(entry)) return error;
    if (which == tsm_attribute::privlevel) entry.privlevel = *value;
    return 0;
  }
  if (const int error = advance(entry)) return error;
  if (which == tsm_attribute::inblob) entry.inblob.assign(bytes.begin(), bytes.end());
  if (which == tsm_attribute::service_provider) entry.service_provider = line;
  if (which == tsm_attribute::service_guid && !unitee::parse_guid(line)) return EINVAL;
  return 0;
}

int tsm_report::show(tsm_entry& entry, tsm_attribute which, octets& out) {
  if (entry.removed) return ENOENT;
  const std::string provider = in_.provider();
  switch (which) {
    case tsm_attribute::generation: out = octets_of(std::to_string(entry.write_generation) + "\n"); return 0;
    case tsm_attribute::provider:
      if (provider == "none") return ENXIO;
      out = octets_of(provider + "\n");
      return 0;
    case tsm_attribute::privlevel_floor:
      if (provider == "none") return ENXIO;
      out = octets_of(std::to_string(snp_.vmpl()) + "\n");
      return 0;
    default: break;
  }
  if (const int error = refresh(entry)) return error;
  out = which == tsm_attribute::outblob   ? entry.outblob
        : which == tsm_attribute::auxblob ? entry.auxblob
                                          : entry.manifestblob;
  return 0;
}

int tsm_report::refresh(tsm_entry& entry) {
  if (entry.inblob.empty()) return EINVAL;
  if (entry.has_report && entry.read_generation == entry.write_generation) return 0;
  const std::string provider = in_.provider();
  if (provider == "none") return ENXIO;
  entry.outblob.clear();
  entry.auxblob.clear();
  entry.manifestblob.clear();
  entry.has_report = false;
  int error = 0;
  if (provider == "sev_guest") {
    error = new_snp_report(entry);
  } else if (provider == "tdx_guest") {
    error = new_td_report(entry);
  } else {
    entry.outblob = entry.inblob;
  }
  if (error != 0) return error;
  entry.has_report = true;
  entry.read_generation = entry.write_generation;
  return 0;
}

int tsm_report::new_snp_report(tsm_entry& entry) {
  if (entry.inblob.size() != unitee::snp::report_data::size()) return EINVAL;
  unitee::snp::report_data data;
  std::ranges::copy(entry.inblob, data.value.begin());
  std::uint32_t privlevel = entry.privlevel;
  if (entry.service_provider) {
    if (*entry.service_provider != "svsm" || !manifest_) return EINVAL;
    octets joined = entry.inblob;
    joined.insert(joined.end(), manifest_->begin(), manifest_->end());
    const auto digest = unitee::sha512(joined);
    if (!digest) return EIO;
    data.value = digest->value;
    privlevel = 0;
    entry.manifestblob = *manifest_;
  } else if (in_.wiped) {
    return ENOTTY;
  }
  const bool by_svsm = entry.service_provider.has_value();
  const std::uint32_t status = snp_.report(data, privlevel, 0, entry.outblob, by_svsm);
  if (status != snp_guest::success) {
    return status == snp_guest::invalid_parameter || status == snp_guest::invalid_key ? EINVAL : ENXIO;
  }
  if (!by_svsm) {
    entry.auxblob = snp_.certificates();
    entry.auxblob.resize(without_padding(entry.auxblob));
  }
  return 0;
}

int tsm_report::new_td_report(tsm_entry& entry) {
  if (entry.inblob.size() != unitee::tdx::report_data::size()) return EINVAL;
  unitee::tdx::report_data data;
  std::ranges::copy(entry.inblob, data.value.begin());
  entry.outblob = td_.quote(data);
  return entry.outblob.empty() ? EIO : 0;
}

}  // namespace emulator
