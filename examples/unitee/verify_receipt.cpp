// SPDX-License-Identifier: Apache-2.0
//
// verify_receipt.cpp: receipts: everything that a judgement saw, with its answer, so that it can be judged again.

#include "verify.hpp"
#include "verify_answer.hpp"
#include "verify_options.hpp"

#include <unitee/bytes/base64url.hpp>
#include <unitee/format.hpp>
#include <unitee/json/located.hpp>
#include <unitee/json/text.hpp>
#include <unitee/version.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace command::verification {

namespace {

using unitee::errc;
using unitee::json_kind;
using unitee::json_value;

// limits is what a receipt may be. A file is three values in it.
constexpr unitee::json_limits limits{std::size_t{64} << 20, 4, 16'384};
constexpr std::uint64_t version = 1;

// receipt is one as it was read.
struct receipt {
  std::string unitee;
  std::vector<std::string> words;
  unitee::utc_time at;
  inputs::files files;
  inputs::listings listings;
  std::string answer;
  int status = done;
};

// reader takes a receipt apart. Whatever is not as write_receipt has it is an input_error at its offset.
class reader {
 public:
  explicit reader(std::string file) : file_(std::move(file)) {}

  receipt read(unitee::byte_view bytes) const {
    const auto parsed = require(unitee::located_json::parse(bytes, limits), file_);
    const json_value& root = parsed.root();
    // The version first: another one may have other members.
    const json_value& says = member(root, "unitee_receipt", json_kind::count);
    if (says.count != version) fail(says, errc::unsupported_version);
    known(root, {"unitee_receipt", "unitee", "words", "at", "files", "listings", "answer", "status"});
    receipt out;
    out.unitee = text(root, "unitee");
    out.words = texts(member(root, "words", json_kind::array));
    const json_value& at = member(root, "at", json_kind::text);
    const auto time = unitee::parse_time(at.text);
    if (!time) fail(at, errc::bad_value);
    out.at = *time;
    for (const json_value& each : member(root, "files", json_kind::array).children()) {
      known(each, {"name", "base64url"});
      if (!out.files.emplace(text(each, "name"), content(each)).second) fail(each, errc::duplicate);
    }
    for (const json_value& each : member(root, "listings", json_kind::array).children()) {
      known(each, {"name", "files"});
      auto files = texts(member(each, "files", json_kind::array));
      if (!out.listings.emplace(text(each, "name"), std::move(files)).second) fail(each, errc::duplicate);
    }
    out.answer = text(root, "answer");
    const json_value& status = member(root, "status", json_kind::count);
    if (status.count > unusable) fail(status, errc::bad_value);
    out.status = static_cast<int>(status.count);
    return out;
  }

 private:
  [[noreturn]] void fail(const json_value& at, errc code, std::size_t more = 0) const {
    throw input_error{file_, {code, at.begin + more}};
  }

  // known is a refusal of members that nobody writes.
  void known(const json_value& object, std::initializer_list<std::string_view> names) const {
    if (object.kind != json_kind::object) fail(object, errc::bad_value);
    for (const json_value& each : object.children()) {
      if (std::ranges::find(names, each.name) == names.end())
        throw input_error{file_, {errc::unrecognized, each.name_at}};
    }
  }

  const json_value& member(const json_value& object, std::string_view name, json_kind kind) const {
    const json_value* const found = object.find(name);
    if (found == nullptr) fail(object, errc::bad_value);
    if (found->kind != kind) fail(*found, errc::bad_value);
    return *found;
  }
  std::string text(const json_value& object, std::string_view name) const {
    return std::string(member(object, name, json_kind::text).text);
  }
  std::vector<std::string> texts(const json_value& array) const {
    std::vector<std::string> out;
    for (const json_value& each : array.children()) {
      if (each.kind != json_kind::text) fail(each, errc::bad_value);
      out.emplace_back(each.text);
    }
    return out;
  }
  inputs::bytes content(const json_value& file) const {
    const json_value& encoded = member(file, "base64url", json_kind::text);
    inputs::bytes out(unitee::base64url_size(encoded.text.size()));
    const auto good = unitee::base64url_decode(encoded.text, out);
    if (!good) fail(encoded, good.error().code, 1 + good.error().offset);
    return out;
  }

  std::string file_;
};

json array_of(const std::vector<std::string>& texts) {
  json out = json::array();
  for (const std::string& each : texts) out.push_back(each);
  return out;
}

// head_of tells a program that this is no judgement of evidence by its own policy: nobody signed the words.
json head_of(const receipt& of, bool same) {
  return {{"receipt", true}, {"words", array_of(of.words)}, {"at", fmt::format("{}", of.at)}, {"same", same}};
}

// put_difference says how the answer of now is not that of then.
int put_difference(const arguments& given, const std::string& file, const receipt& then, const judged& now) {
  const std::string text = text_of(now.answer);
  const auto first = std::ranges::mismatch(then.answer, text).in1 - then.answer.begin();
  const bool same = then.answer == text;
  const std::string where = same ? "/status" : member_of(then.answer, text);
  const std::string before = verdict_of(then.answer);
  const std::string after = verdict_of(text);
  if (given.has("--json")) {
    json out = head_of(then, false);
    out["byte"] = first;
    out["member"] = where;
    out["then"] = {{"verdict", before}, {"status", then.status}};
    out["now"] = {{"verdict", after}, {"status", now.status}};
    fmt::print("{}\n", text_of(out));
  }
  fmt::print(
      stderr,
      "unitee verify: {}: judged again, the answer differs at byte {}{}: {} (exit status {}) then, {} ({}) now\n",
      inspection::printable(file), first, where.empty() ? "" : ", in " + inspection::printable(where), before,
      then.status, after, now.status);
  return refused;
}

std::string heading(const std::string& file, const receipt& of) {
  std::string words;
  for (const std::string& each : of.words) words += " " + inspection::printable(each);
  return fmt::format(
      "receipt     {}, judged at {} by unitee {}, and again now with the same answer\n"
      "command     unitee verify{}\n"
      "A receipt proves what was judged then, and nobody signed it: policy and trust anchors are the choice of "
      "whoever\n"
      "wrote it. Do not rely on them unless you know who that was.\n\n",
      inspection::printable(file), of.at, inspection::printable(of.unitee), words);
}

// again is the judgement with the recorded inputs. The words must be those of one judgement of evidence.
judged again(const std::string& file, const receipt& of) {
  std::vector<std::string_view> words(of.words.begin(), of.words.end());
  try {
    const arguments then(words, accepted_options());
    for (const std::string_view name : {"--json", "--ear", "--receipt", "--help"}) {
      if (then.has(name)) throw usage_error{fmt::format("{} has no place in a receipt", name)};
    }
    auto from = inputs::recorded(file, of.files, of.listings, of.at);
    return judge(arguments(words, accepted_options()), from);
  } catch (const usage_error& error) {
    throw usage_error{fmt::format("{}: in the command line of the receipt: {}", file, error.text)};
  } catch (const input_error& error) {
    if (error.input.starts_with(file)) throw;
    throw input_error{file + ": " + error.input, error.why};
  }
}

bool all_utf8(const std::vector<std::string>& texts) {
  return std::ranges::all_of(texts, [](const std::string& each) { return unitee::is_utf8(each); });
}

}  // namespace

bool is_receipt(unitee::byte_view bytes) {
  constexpr std::string_view blank = " \t\r\n";
  std::string_view text = inspection::text_of(bytes);
  const auto skip = [&] { text.remove_prefix(std::min(text.find_first_not_of(blank), text.size())); };
  skip();
  if (!text.starts_with('{')) return false;
  text.remove_prefix(1);
  skip();
  return text.starts_with("\"unitee_receipt\"");
}

int rejudge(const arguments& given, const std::string& file, unitee::byte_view bytes) {
  if (given.has("--ear")) throw usage_error{file + " is a receipt, and --ear is about evidence alone"};
  if (given.words_without({"--json", "--"}).size() != 1) {
    throw usage_error{file + " is a receipt, which has its policy in it: only --json goes with one"};
  }
  const receipt then = reader(file).read(bytes);
  judged now = again(file, then);
  if (text_of(now.answer) != then.answer || now.status != then.status) return put_difference(given, file, then, now);
  fmt::print(
      stderr,
      "unitee verify: {}: this is a receipt, judged at {}, by the policy and trust anchors of whoever wrote it\n",
      plain(file), then.at);
  if (given.has("--json")) {
    json all = head_of(then, true);
    for (const auto& [name, value] : now.answer.items()) all[name] = value;
    now.answer = std::move(all);
  } else {
    fmt::print("{}", heading(file, then));
  }
  print(now, given);
  return now.status;
}

void write_receipt(const std::string& path, const arguments& given, const inputs& from, unitee::utc_time at,
                   const judged& all) {
  for (const auto& [name, content] : from.all_files()) {
    std::error_code ignored;
    if (path == name || std::filesystem::equivalent(path, name, ignored)) {
      throw usage_error{"--receipt would replace an input, " + name};
    }
  }
  for (const auto& [name, files] : from.all_listings()) {
    std::error_code ignored;
    const auto folder = std::filesystem::path(path).parent_path();
    if (std::filesystem::is_directory(name, ignored) &&
        std::filesystem::equivalent(folder.empty() ? "." : folder, name, ignored)) {
      throw usage_error{"--receipt would become an input: it is in " + name};
    }
  }
  const auto words = given.words_without({"--receipt", "--json", "--ear"});
  json out{{"unitee_receipt", version}, {"unitee", unitee::version}};
  bool good = all_utf8(words);
  out["words"] = array_of(words);
  out["at"] = fmt::format("{}", at);
  out["files"] = json::array();
  for (const auto& [name, content] : from.all_files()) {
    good = good && unitee::is_utf8(name);
    out["files"].push_back({{"name", name}, {"base64url", unitee::base64url_text(content)}});
  }
  out["listings"] = json::array();
  for (const auto& [name, files] : from.all_listings()) {
    good = good && all_utf8(files);
    out["listings"].push_back({{"name", name}, {"files", array_of(files)}});
  }
  if (!good) throw usage_error{"--receipt needs names of files in UTF-8"};
  out["answer"] = text_of(all.answer);
  out["status"] = all.status;
  const std::string text = text_of(out) + "\n";
  const unitee::byte_view bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  (void)require(unitee::located_json::parse(bytes, limits), path);  // nobody could read a larger one
  write_file(path, bytes);
}

}  // namespace command::verification
