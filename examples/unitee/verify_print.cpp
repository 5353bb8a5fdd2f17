// SPDX-License-Identifier: Apache-2.0
//
// verify_print.cpp: what `unitee verify` prints of checks for a person.

#include "verify.hpp"

#include <unitee/format.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>

namespace command::verification {

namespace {

using unitee::appraisal_check;
using unitee::check_value;
using unitee::outcome;
using value_kind = check_value::kind;

// folded is hexadecimal digits, with equal bytes at the end counted where there are many.
std::string folded(unitee::byte_view bytes) {
  std::size_t end = bytes.size();
  while (end != 0 && bytes[end - 1] == bytes.back()) --end;
  const std::size_t equal = bytes.size() - end;
  if (equal < 8) return inspection::hex(bytes);
  return fmt::format("{}{}{:02x} * {}", inspection::hex(bytes.first(end)), end == 0 ? "" : " ", bytes.back(), equal);
}

}  // namespace

std::string check_words::shown(const appraisal_check& check, const check_value& value) const {
  switch (value.is()) {
    case value_kind::none: return nothing(check);
    case value_kind::flag: return *value.flag() ? "yes" : "no";
    case value_kind::number: return fmt::format("{}", value.number());
    case value_kind::mask: return fmt::format("{:#x}", value.number());
    case value_kind::release: return fmt::format("{}", fmt::join(value.bytes(), "."));
    case value_kind::text: return inspection::printable(value.text());
    case value_kind::bytes: break;
  }
  return folded(value.bytes());
}

std::string check_words::difference(const appraisal_check& check) const {
  if (check.found.is() != value_kind::mask) return {};
  return fmt::format("without {:#x}", check.wanted.number() & ~check.found.number());
}

std::string check_words::wanted(const appraisal_check& check) const {
  if (check.choices == 0) return {};
  const std::string more = check.choices > 1 ? fmt::format(" (or one of {} more)", check.choices - 1) : "";
  return shown(check, check.wanted) + more;
}

std::string check_words::nothing(const appraisal_check&) const { return "nothing"; }

void put_check(std::string& to, const appraisal_check& check, const check_words& words) {
  put(to, "{:<29} {:<9}  found  {}\n", check.name, unitee::name(check.answer), words.shown(check, check.found));
  if (check.answer != outcome::not_met) return;
  const std::string wanted = words.wanted(check);
  if (!wanted.empty()) put(to, "{:<41}wanted {}\n", "", wanted);
  const std::string why = words.difference(check);
  if (!why.empty()) put(to, "{:<41}{}\n", "", why);
  put(to, "{:<41}{} ({})\n", "", check.rule, check.source);
}

void put_rest(std::string& to, std::span<const appraisal_check> checks, const check_words& words) {
  put(to, "\nnot asked, with what was found\n");
  std::string flags;
  std::size_t width = 0;
  for (const appraisal_check& check : checks) {
    if (check.answer != outcome::not_asked) continue;
    const auto flag = check.found.flag();
    if (!flag) {
      put(to, "  {:<27} {}\n", check.name, words.shown(check, check.found));
      continue;
    }
    const std::string word = fmt::format("{}={}", check.name, *flag ? "yes" : "no");
    const bool wraps = width + word.size() > 96;
    flags += fmt::format("{}{}", wraps ? "\n  " : flags.empty() ? "  " : " ", word);
    width = (wraps ? 0 : width) + word.size() + 1;
  }
  if (!flags.empty()) put(to, "{}\n", flags);
}

std::string reason(const appraisal_check& check, const check_words& words) {
  const std::string found = words.shown(check, check.found);
  if (check.choices == 0) return fmt::format("{} is not met: found {}", check.name, found);
  return fmt::format("{} is not met: found {}, wanted {}", check.name, found, words.shown(check, check.wanted));
}

std::string text_of(const inspection::sheet& of) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* const to = ::open_memstream(&text, &size);
  if (to == nullptr) throw std::bad_alloc();
  of.print(to);
  const bool good = std::fclose(to) == 0;
  const std::unique_ptr<char, void (*)(void*)> owned(text, std::free);
  if (!good) throw std::bad_alloc();
  return {text, size};
}

}  // namespace command::verification
