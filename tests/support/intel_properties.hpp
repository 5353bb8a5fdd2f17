// SPDX-License-Identifier: Apache-2.0
//
// tests/support/intel_properties.hpp: what is true of the parsers of all of Intel's documents.
#pragma once

#include "support/certificates.hpp"
#include "support/intel_documents.hpp"

#include <unitee/crypto/ecdsa.hpp>
#include <unitee/failure.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::test {

// check_members removes, doubles and retypes every member of a document whose inner object is the member `inner`.
// refusal(text) is the failure of the parser under test, and accepts(text) whether there is none.
template <class Refusal, class Accepts>
void check_members(const document_json& document, const std::string& inner, const std::vector<std::string>& optional,
                   const Refusal& refusal, const Accepts& accepts) {
  REQUIRE(accepts(document.dump()));
  for_each_path(document, value_path(), [&](const value_path& path, const document_json& value) {
    CAPTURE(path.to_string());
    const std::string name = path.back();
    const value_path above = path.parent_pointer();
    const bool label = name == "category" || name == "type";
    const bool read = !label || above.to_string().find("/tcbLevels/0/") != std::string::npos;
    const document_json& holder = document[above];
    const std::size_t offset = offset_of(document, path);
    if (holder.is_object()) {
      document_json without = document;
      without[above].erase(name);
      if (std::ranges::find(optional, name) != optional.end()) {
        CHECK(accepts(without.dump()));
      } else {
        const failure why = refusal(without.dump());
        CHECK(why.code == errc::missing);
        CHECK(why.offset == offset_of(without, above));
      }
      const std::string once = value.dump();
      const std::string twice = with_text(document, path, once + ",\"" + name + "\":" + once);
      const failure why = refusal(twice);
      CHECK(why.code == errc::duplicate);
      CHECK(why.offset == offset + once.size() + 1);
    }
    for (const char* other : {"null", "true", "\"x\"", "1.5", "-1", "[]", "{}"}) {
      const document_json retyped = document_json::parse(other);
      if (retyped.type() == value.type()) continue;
      CAPTURE(other);
      const std::string text = with_text(document, path, other);
      if (!read) {
        CHECK(accepts(text));
        continue;
      }
      const failure why = refusal(text);
      CHECK(why.code == errc::bad_value);
      CHECK(why.offset == offset);
    }
  });
  for (const char* other : {"null", "true", "\"x\"", "1", "[]"}) {
    const failure why = refusal(other);
    CHECK(why.code == errc::bad_value);
    CHECK(why.offset == 0);
  }
  CHECK(refusal("{}").code == errc::missing);
  CHECK(refusal("{}").offset == 0);
  document_json more = document;
  more["unsigned"] = {{inner, 1}};
  for_each_path(document, value_path(), [&](const value_path& path, const document_json& value) {
    if (value.is_object()) more[path]["new"] = {"anything", 1.5, {{"svn", -1}}};
  });
  CHECK(accepts(more.dump()));
  CHECK(accepts(more.dump(3)));
}

// check_limits cuts the document short at every byte, and tries the limits of size and depth.
template <class Refusal, class Accepts>
void check_limits(const document_json& document, const std::string& inner, const Refusal& refusal,
                  const Accepts& accepts) {
  const std::string text = document.dump();
  for (std::size_t size = 0; size < text.size(); ++size) {
    const failure why = refusal(std::string_view(text).substr(0, size));
    CHECK(why.code == errc::bad_encoding);
    CHECK(why.offset == size);
  }
  CHECK(refusal(text + "x").offset == text.size());
  constexpr std::size_t most = std::size_t{1} << 20;
  const std::string space(most - text.size(), ' ');
  CHECK(accepts(text + space));
  const failure longer = refusal(space + text + " ");
  CHECK(longer.code == errc::bad_length);
  CHECK(longer.offset == most);
  for (const std::size_t depth : {14U, 15U}) {
    document_json deep = document;
    deep[inner]["deep"] = document_json::parse(std::string(depth, '[') + std::string(depth, ']'));
    if (depth == 14) {
      CHECK(accepts(deep.dump()));
      continue;
    }
    const failure why = refusal(deep.dump());
    CHECK(why.code == errc::unsupported_format);
    CHECK(why.offset == deep.dump().find(std::string(depth, '[')) + depth - 1);
  }
}

// check_recorded compares the signed text of a recorded document with a slice of the file, and checks its signature,
// which must not hold for another text of the same content.
template <class Document>
void check_recorded(const std::vector<std::uint8_t>& file, const std::string& inner, const Document& document,
                    const std::string& chain) {
  const std::string all(file.begin(), file.end());
  const std::size_t begin = all.find("\"" + inner + "\":{") + inner.size() + 3;
  const std::string exact = all.substr(begin, all.rfind(",\"signature\"") - begin);
  CHECK(std::ranges::equal(document.text(), bytes_of(exact)));

  const auto certificates = certificates_in(evidence_file("tdx/" + chain));
  const auto signer = std::ranges::find_if(certificates, [](const certificate& each) {
    return need(each.subject_common_name()) == "Intel SGX TCB Signing";
  });
  REQUIRE(signer != certificates.end());
  const auto key = need(signer->template ec_key<p256>());
  CHECK(key.verify(document.text(), document.signature().view()));
  const document_json ordered = document_json::parse(exact);
  CHECK(key.verify(bytes_of(ordered.dump()), document.signature().view()));
  for (const std::string& other :
       {ordered.dump(1), nlohmann::json::parse(exact).dump(), exact + " ", exact.substr(1)}) {
    CHECK(key.verify(bytes_of(other), document.signature().view()).error().code == errc::signature_invalid);
  }
}

}  // namespace unitee::test
