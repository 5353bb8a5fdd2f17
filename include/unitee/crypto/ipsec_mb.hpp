// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/ipsec_mb.hpp: AES-256-GCM by Intel's Multi-Buffer Crypto library (libIPSec_MB, 1.3 or later; x86-64).
//
// For programs that link that library: CMake's UNITEE_WITH_IPSEC_MB finds it. On CPUs with VAES it is several times as
// fast as OpenSSL 3.0.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/gcm.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>

#include <openssl/crypto.h>

// Without this the library's header defines macros such as SHA1 and AES_BLOCK_SIZE, which OpenSSL declares.
#ifndef NO_COMPAT_IMB_API_053
#define NO_COMPAT_IMB_API_053
#endif
#include <intel-ipsec-mb.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <utility>

namespace unitee::inline v0 {

static_assert(IMB_VERSION_NUM >= IMB_VERSION(1, 3, 0), "ipsec_mb_gcm needs version 1.3 of Intel's library, or later");

// cpu_level is the instruction set that an engine uses. vaes_avx512 is what the library calls type 2 of its level
// AVX512, and avx512 is type 1. best is the highest level that this machine has.
enum class cpu_level : std::uint8_t {
  best,
  sse,
  avx,
  avx2,
  avx512,
  vaes_avx512
};

namespace detail {

// ipsec_mb_init is how the library is set up for a level; `set_up` is null where it has no such level.
struct ipsec_mb_init {
  std::uint64_t needs;  // features of the CPU
  std::uint64_t flags;  // what the library is told not to use
  void (*set_up)(IMB_MGR*);
};

#if IMB_VERSION_NUM < IMB_VERSION(2, 0, 0)
inline constexpr auto ipsec_mb_avx = init_mb_mgr_avx;
#else
inline constexpr void (*ipsec_mb_avx)(IMB_MGR*) = nullptr;  // version 2.0 has dropped this level
#endif

constexpr ipsec_mb_init ipsec_mb_init_of(cpu_level level) noexcept {
  switch (level) {
    case cpu_level::best: break;
    case cpu_level::sse: return {IMB_CPUFLAGS_SSE, 0, init_mb_mgr_sse};
    case cpu_level::avx: return {IMB_CPUFLAGS_AVX, 0, ipsec_mb_avx};
    case cpu_level::avx2: return {IMB_CPUFLAGS_AVX2, 0, init_mb_mgr_avx2};
    case cpu_level::avx512: return {IMB_CPUFLAGS_AVX512, IMB_FLAG_GFNI_OFF, init_mb_mgr_avx512};  // no GFNI, no type 2
    case cpu_level::vaes_avx512: return {IMB_CPUFLAGS_AVX512_T2, 0, init_mb_mgr_avx512};
  }
  return {0, 0, nullptr};
}

// ipsec_mb_has says whether a CPU with these features has the level.
constexpr bool ipsec_mb_has(std::uint64_t features, cpu_level level) noexcept {
  const ipsec_mb_init init = ipsec_mb_init_of(level);
  return init.set_up != nullptr && (features & init.needs) == init.needs;
}

// ipsec_mb_features are the CPU's, less those whose registers the operating system does not keep: the library asks the
// CPU alone, and the compiler's own test asks both. They are asked for once: in a guest the host may have to answer.
inline std::uint64_t ipsec_mb_features() noexcept {
  static const std::uint64_t features = [] {
    std::uint64_t found = imb_get_feature_flags();
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx")) found &= ~std::uint64_t{IMB_FEATURE_AVX};
    if (!__builtin_cpu_supports("avx512f")) found &= ~std::uint64_t{IMB_FEATURE_AVX512F};
    return found;
  }();
  return features;
}

// ipsec_mb_calls are the library's functions for one level. They take no manager and keep no state.
struct ipsec_mb_calls {
  aes_gcm_pre_t expand = nullptr;
  aes_gcm_enc_dec_t seal = nullptr;
  aes_gcm_enc_dec_t open = nullptr;
};

// ipsec_mb_set_up has the library choose its functions for a level and test itself, in a manager that is released
// again: 200 KB of queues, which nobody uses here.
inline result<ipsec_mb_calls> ipsec_mb_set_up(cpu_level level) noexcept {
  if (!ipsec_mb_has(ipsec_mb_features(), level)) return errc::unsupported_algorithm;
  const ipsec_mb_init init = ipsec_mb_init_of(level);
  const handle<IMB_MGR, free_mb_mgr> manager(alloc_mb_mgr(init.flags));
  if (!manager) return failure{errc::io_error, ENOMEM};
  init.set_up(manager.get());
  const IMB_MGR& made = *manager.get();
  const bool tested = (made.features & IMB_FEATURE_SELF_TEST_PASS) != 0;
  if (made.imb_errno != 0 || !tested || made.gcm256_pre == nullptr || made.gcm256_enc == nullptr ||
      made.gcm256_dec == nullptr) {
    return errc::crypto_error;
  }
  return ipsec_mb_calls{made.gcm256_pre, made.gcm256_enc, made.gcm256_dec};
}

// ipsec_mb_calls_of sets a level up once in a process, about a millisecond, for whichever thread comes first.
template <cpu_level Level>
const result<ipsec_mb_calls>& ipsec_mb_calls_of() noexcept {
  static const result<ipsec_mb_calls> calls = ipsec_mb_set_up(Level);
  return calls;
}

// ipsec_mb_best is the highest level that a CPU with these features has; sse when it has none.
constexpr cpu_level ipsec_mb_best(std::uint64_t features) noexcept {
  for (const auto level : {cpu_level::vaes_avx512, cpu_level::avx512, cpu_level::avx2, cpu_level::avx}) {
    if (ipsec_mb_has(features, level)) return level;
  }
  return cpu_level::sse;
}

inline result<ipsec_mb_calls> ipsec_mb_calls_at(cpu_level level) noexcept {
  if (level == cpu_level::best) level = ipsec_mb_best(ipsec_mb_features());
  switch (level) {
    case cpu_level::best: break;
    case cpu_level::sse: return ipsec_mb_calls_of<cpu_level::sse>();
    case cpu_level::avx: return ipsec_mb_calls_of<cpu_level::avx>();
    case cpu_level::avx2: return ipsec_mb_calls_of<cpu_level::avx2>();
    case cpu_level::avx512: return ipsec_mb_calls_of<cpu_level::avx512>();
    case cpu_level::vaes_avx512: return ipsec_mb_calls_of<cpu_level::vaes_avx512>();
  }
  return errc::unsupported_algorithm;
}

}  // namespace detail

// ipsec_mb_gcm is the gcm_engine of Intel's library; gcm_engine.hpp says what it does. It holds its key schedule in
// place, 1 KiB.
class ipsec_mb_gcm {
 public:
  [[nodiscard]] static result<ipsec_mb_gcm> create(const secret<32>& key) noexcept {
    return create_at(cpu_level::best, key);
  }

  // create_at is create for one level, and errc::unsupported_algorithm where the machine or the library lacks it.
  // errc::crypto_error: the library's test of itself has failed. What it found out about a level, it keeps.
  [[nodiscard]] static result<ipsec_mb_gcm> create_at(cpu_level level, const secret<32>& key) noexcept {
    const result<detail::ipsec_mb_calls> calls = detail::ipsec_mb_calls_at(level);
    if (!calls) return calls.error();
    return ipsec_mb_gcm(*calls, key);
  }

  ipsec_mb_gcm(ipsec_mb_gcm&& other) noexcept { take(other); }
  ipsec_mb_gcm& operator=(ipsec_mb_gcm&& other) noexcept {
    if (this != &other) take(other);
    return *this;
  }
  ~ipsec_mb_gcm() { OPENSSL_cleanse(&schedule_, sizeof schedule_); }

  result<gcm_tag> seal(const gcm_nonce& nonce, byte_view aad, byte_view plaintext, byte_span ciphertext) noexcept {
    if (const auto fits = detail::gcm_check(plaintext, ciphertext); !fits) return fits.error();
    if (calls_.seal == nullptr) return detail::gcm_wiped(ciphertext, errc::crypto_error);
    gcm_tag tag;
    run(calls_.seal, nonce, aad, plaintext, ciphertext, tag);
    return tag;
  }

  result<void> open(const gcm_nonce& nonce, byte_view aad, byte_view ciphertext, const gcm_tag& tag,
                    byte_span plaintext) noexcept {
    if (const auto fits = detail::gcm_check(ciphertext, plaintext); !fits) return fits.error();
    if (calls_.open == nullptr) return detail::gcm_wiped(plaintext, errc::crypto_error);
    gcm_tag right;
    run(calls_.open, nonce, aad, ciphertext, plaintext, right);
    const bool same = constant_time_equal(right.value, tag.value);
    OPENSSL_cleanse(right.value.data(), gcm_tag::size());  // the tag that would make these bytes pass is a secret
    if (!same) return detail::gcm_wiped(plaintext, errc::not_authentic);
    return {};
  }

 private:
  // The library's functions read the schedule as if it were aligned, which its header says only where LINUX is defined.
  struct alignas(64) schedule {
    gcm_key_data keys;
  };

  ipsec_mb_gcm(const detail::ipsec_mb_calls& calls, const secret<32>& key) noexcept : calls_(calls) {
    calls_.expand(key.expose().data(), &schedule_.keys);
  }

  void take(ipsec_mb_gcm& other) noexcept {
    calls_ = std::exchange(other.calls_, {});
    std::memcpy(&schedule_, &other.schedule_, sizeof schedule_);
    OPENSSL_cleanse(&other.schedule_, sizeof schedule_);
  }

  // run is the whole of one call. The library returns without a word, and without a tag, when it takes a pointer amiss:
  // an empty input gets one that is not null.
  void run(aes_gcm_enc_dec_t call, const gcm_nonce& nonce, byte_view aad, byte_view in, byte_span out,
           gcm_tag& tag) const noexcept {
    std::uint8_t none[16]{};
    alignas(64) gcm_context_data context;
    call(&schedule_.keys, &context, out.empty() ? none : out.data(), in.empty() ? none : in.data(), in.size(),
         nonce.value.data(), aad.empty() ? none : aad.data(), aad.size(), tag.value.data(), gcm_tag::size());
    OPENSSL_cleanse(&context, sizeof context);  // it ends with the last block's key stream
  }

  detail::ipsec_mb_calls calls_;
  schedule schedule_;
};

}  // namespace unitee::inline v0
