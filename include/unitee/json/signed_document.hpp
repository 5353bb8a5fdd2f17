// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/signed_document.hpp: a document of Intel's provisioning service, as it is delivered (PCS API version 4).
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/failure.hpp>
#include <unitee/json/located.hpp>
#include <unitee/json/member_reader.hpp>
#include <unitee/json/strict.hpp>
#include <unitee/result.hpp>
#include <unitee/verify/signed_document.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace unitee::inline v0 {

// document_limits is what a document, or a bundle of them, may be at most.
inline constexpr json_limits document_limits{std::size_t{1} << 20, 16};

namespace detail {

// document_format<Content> is how a Content is delivered: its member's name in the document, the part that failures are
// in, and how it is read: `static Content read(member_reader&, const json_value&)`.
template <class Content>
struct document_format;

class document_reader {
 public:
  // read takes {"<member>":{...},"signature":"<128 digits>"}. Other members beside these two are not signed, and
  // ignored. Failures are in part::input, at the value in the text.
  template <class Content>
  static result<tdx::signed_document<Content>> read(const json_value& document, byte_view text) {
    member_reader members;
    const json_value& inner = members.object(document, document_format<Content>::member);
    tdx::document_signature signature;
    members.hex(document, "signature", signature);
    if (!members.ok()) return members.error();
    return make<Content>(inner, text, signature);
  }

  // make takes the inner object and a signature from elsewhere.
  template <class Content>
  static result<tdx::signed_document<Content>> make(const json_value& inner, byte_view text,
                                                    const tdx::document_signature& signature) {
    member_reader members;
    Content content = document_format<Content>::read(members, inner);
    if (!members.ok()) return members.error();
    const byte_view exact = text.subspan(inner.begin, inner.end - inner.begin);
    return tdx::signed_document<Content>({{exact.begin(), exact.end()}, signature, std::move(content)});
  }

  // parse is read of a text that is nothing else. Failures are in the document's part.
  template <class Content>
  static result<tdx::signed_document<Content>> parse(byte_view text) {
    const auto in_part = [](const failure& why) {
      return failure{why.code, why.offset, document_format<Content>::where};
    };
    const auto located = located_json::parse(text, document_limits);
    if (!located) return in_part(located.error());
    auto document = read<Content>(located->root(), text);
    if (!document) return in_part(document.error());
    return document;
  }
};

}  // namespace detail

}  // namespace unitee::inline v0
