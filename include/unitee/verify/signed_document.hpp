// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/signed_document.hpp: a document that Intel signs: its exact text, its signature, what it says.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/view.hpp>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace unitee::inline v0 {

namespace detail {

// document_reader makes documents out of text. It is defined in json/, so that nobody but a parser can say what a
// signed text means.
class document_reader;

}  // namespace detail

namespace tdx {

// document_signature is big-endian r || s by the TCB signing key (P-256, SHA-256).
using document_signature = fixed_bytes<64, struct document_signature_tag>;

// signed_document<Content> is TCB info or an enclave identity as parsed, with the bytes that its signature covers.
// Nothing in it is believed before collateral::verify has checked that signature. Copies share it.
template <class Content>
class signed_document {
 public:
  const Content& operator*() const noexcept { return held_->content; }
  const Content* operator->() const noexcept { return &held_->content; }

  // text is the inner object exactly as delivered, from its "{" to its "}".
  [[nodiscard]] byte_view text() const noexcept { return held_->text; }
  [[nodiscard]] const document_signature& signature() const noexcept { return held_->signature; }

  // == compares text and signature, and the text decides the content.
  friend bool operator==(const signed_document& a, const signed_document& b) noexcept {
    return a.held_ == b.held_ || (a.held_->signature == b.held_->signature && a.held_->text == b.held_->text);
  }

 private:
  friend class unitee::detail::document_reader;

  struct parts {
    std::vector<std::uint8_t> text;
    document_signature signature;
    Content content;
  };

  explicit signed_document(parts held) : held_(std::make_shared<const parts>(std::move(held))) {}

  std::shared_ptr<const parts> held_;
};

}  // namespace tdx

}  // namespace unitee::inline v0
