// SPDX-License-Identifier: Apache-2.0
#if defined(UNITEE_WITH_IPSEC_MB) && UNITEE_WITH_IPSEC_MB
#include <unitee/crypto/ipsec_mb.hpp>

#include "support/catch.hpp"
#include "support/gcm_engines.hpp"
#include "support/openssl.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <new>
#include <random>
#include <set>
#include <sstream>

namespace test_ipsec_mb {

using unitee::aes_256_gcm;
using unitee::byte_span;
using unitee::byte_view;
using unitee::cpu_level;
using unitee::errc;
using unitee::failure;
using unitee::gcm_nonce;
using unitee::ipsec_mb_gcm;
using unitee::detail::ipsec_mb_best;
using unitee::detail::ipsec_mb_has;
using unitee::test::counting_key;
using unitee::test::engines;

// On a CPU that lacks a level's features the level is refused: here for CPUs that this machine is not.
static_assert(!ipsec_mb_has(0, cpu_level::sse) && ipsec_mb_best(0) == cpu_level::sse);
static_assert(!ipsec_mb_has(IMB_CPUFLAGS_NO_AESNI, cpu_level::sse));
static_assert(ipsec_mb_has(IMB_CPUFLAGS_SSE, cpu_level::sse) && !ipsec_mb_has(IMB_CPUFLAGS_SSE, cpu_level::avx));
static_assert(ipsec_mb_best(IMB_CPUFLAGS_AVX2) == cpu_level::avx2);
static_assert(!ipsec_mb_has(IMB_CPUFLAGS_AVX2, cpu_level::avx512));
static_assert(ipsec_mb_best(IMB_CPUFLAGS_AVX512) == cpu_level::avx512);
static_assert(!ipsec_mb_has(IMB_CPUFLAGS_AVX512, cpu_level::vaes_avx512));
static_assert(!ipsec_mb_has(IMB_CPUFLAGS_AVX512_T2 & ~IMB_FEATURE_AVX512F, cpu_level::vaes_avx512));
static_assert(ipsec_mb_best(IMB_CPUFLAGS_AVX512_T2) == cpu_level::vaes_avx512);
static_assert(!ipsec_mb_has(~std::uint64_t{0}, cpu_level::best));

namespace {

// guarded is memory between two pages that nobody may touch: a read or write one byte outside of it stops the test.
class guarded {
 public:
  explicit guarded(std::size_t pages)
      : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))),
        size_(pages * page_),
        map_(static_cast<std::uint8_t*>(
            mmap(nullptr, size_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    REQUIRE(map_ != MAP_FAILED);
    REQUIRE(mprotect(map_ + page_, size_, PROT_READ | PROT_WRITE) == 0);
  }
  ~guarded() { munmap(map_, size_ + 2 * page_); }
  guarded(const guarded&) = delete;
  guarded& operator=(const guarded&) = delete;

  byte_span first(std::size_t n) const { return {map_ + page_, n}; }
  byte_span last(std::size_t n) const { return {map_ + page_ + size_ - n, n}; }

 private:
  std::size_t page_;
  std::size_t size_;
  std::uint8_t* map_;
};

// keystream is n bytes that look random.
std::vector<std::uint8_t> keystream(std::size_t n) {
  std::vector<std::uint8_t> out(n);
  gcm_nonce nonce;
  nonce.value[0] = 0xaa;
  REQUIRE(aes_256_gcm::create(counting_key())->seal(nonce, {}, out, out));
  return out;
}

bool same(byte_view a, byte_view b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

class comparison {
 public:
  comparison() : engines_(engines(counting_key())), in_(8), out_(8), aad_(8) {}

  // differences counts where any engine does otherwise than OpenSSL, the first: with the input at the end of its memory
  // and the output at the start of its own, which differ in alignment, and in place at the end.
  std::size_t differences(const gcm_nonce& nonce, byte_view aad_bytes, byte_view plain) {
    const byte_span aad = filled(aad_.last(aad_bytes.size()), aad_bytes);
    std::vector<std::uint8_t> cipher(plain.size());
    const auto tag = engines_.front().seal(nonce, aad, plain, cipher);
    REQUIRE(tag);
    const byte_span in = in_.last(plain.size());
    const byte_span out = out_.first(plain.size());
    const byte_span beyond = out_.first(plain.size() + 64).last(64);
    std::ranges::fill(beyond, std::uint8_t{0xee});
    std::size_t wrong = 0;
    for (const auto& engine : engines_) {
      filled(in, plain);
      const auto made = engine.seal(nonce, aad, in, out);
      wrong += !made || *made != *tag || !same(out, cipher) || !same(in, plain);
      const auto in_place = engine.seal(nonce, aad, in, in);
      wrong += !in_place || *in_place != *tag || !same(in, cipher);
      std::ranges::fill(out, std::uint8_t{0});
      wrong += !engine.open(nonce, aad, in, *tag, out) || !same(out, plain);
      wrong += !engine.open(nonce, aad, in, *tag, in) || !same(in, plain);
    }
    wrong += std::ranges::count(beyond, 0xee) != 64;
    return wrong;
  }

 private:
  static byte_span filled(byte_span out, byte_view with) {
    if (!with.empty()) std::memcpy(out.data(), with.data(), with.size());
    return out;
  }

  std::vector<unitee::test::any_engine> engines_;
  guarded in_;
  guarded out_;
  guarded aad_;
};

gcm_nonce nonce_of(byte_view random) {
  gcm_nonce out;
  std::ranges::copy(random.first(12), out.value.begin());
  return out;
}

}  // namespace

TEST_CASE("every level that the kernel reports for this machine is there, and no other", "[crypto][ipsec_mb]") {
  std::ifstream file("/proc/cpuinfo");
  std::set<std::string> flags;
  for (std::string line; flags.empty() && std::getline(file, line);) {
    if (line.rfind("flags", 0) != 0) continue;
    std::istringstream words(line);
    for (std::string word; words >> word;) flags.insert(word);
  }
  REQUIRE(!flags.empty());
  bool expected = true;
  const auto check = [&](cpu_level level, std::initializer_list<const char*> needs) {
    for (const char* const need : needs) expected = expected && flags.contains(need);
    const auto made = ipsec_mb_gcm::create_at(level, counting_key());
    CHECK(made.has_value() == expected);
    if (!made) CHECK(made.error() == failure{errc::unsupported_algorithm});
  };
  check(cpu_level::sse, {"aes", "pclmulqdq", "sse4_2", "cmov"});
  CHECK(ipsec_mb_gcm::create(counting_key()).has_value() == expected);
  CHECK(ipsec_mb_gcm::create_at(cpu_level::best, counting_key()).has_value() == expected);
  check(cpu_level::avx, {"avx"});
  check(cpu_level::avx2, {"avx2", "bmi2"});
  check(cpu_level::avx512, {"avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl"});
  check(cpu_level::vaes_avx512, {"vaes", "vpclmulqdq", "gfni", "avx512ifma", "sha_ni"});
  CHECK(ipsec_mb_gcm::create_at(static_cast<cpu_level>(99), counting_key()).error() ==
        failure{errc::unsupported_algorithm});
}

TEST_CASE("the levels are different code, and vaes_avx512 is the one that best takes", "[crypto][ipsec_mb]") {
  std::set<aes_gcm_enc_dec_t> seals;
  std::set<aes_gcm_enc_dec_t> opens;
  std::size_t levels = 0;
  for (const auto& [level, name] : unitee::test::cpu_levels) {
    const auto calls = unitee::detail::ipsec_mb_calls_at(level);
    if (!calls || level == cpu_level::best) continue;
    seals.insert(calls->seal);
    opens.insert(calls->open);
    ++levels;
  }
  CHECK(seals.size() == levels);
  CHECK(opens.size() == levels);
  const auto best = unitee::detail::ipsec_mb_calls_at(cpu_level::best);
  const auto vaes = unitee::detail::ipsec_mb_calls_at(cpu_level::vaes_avx512);
  REQUIRE(best);
  if (vaes) CHECK(best->seal == vaes->seal);
}

TEST_CASE("every level gives what OpenSSL gives, for every length to 4096, with and without aad",
          "[crypto][ipsec_mb]") {
  const auto random = keystream(8192);
  comparison compare;
  std::size_t wrong = 0;
  for (std::size_t n = 0; n <= 4096; ++n) {
    const byte_view plain = byte_view(random).subspan(n % 61, n);
    const gcm_nonce nonce = nonce_of(byte_view(random).subspan(n));
    wrong += compare.differences(nonce, {}, plain);
    wrong += compare.differences(nonce, byte_view(random).subspan(n % 97, 1 + n % 64), plain);
  }
  CHECK(wrong == 0);
}

TEST_CASE("every level gives what OpenSSL gives, for every length of aad to 300", "[crypto][ipsec_mb]") {
  const auto random = keystream(8192);
  comparison compare;
  std::size_t wrong = 0;
  for (std::size_t n = 0; n <= 300; ++n) {
    for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 255u, 1000u}) {
      wrong += compare.differences(nonce_of(byte_view(random).subspan(n + size)), byte_view(random).subspan(n, n),
                                   byte_view(random).subspan(n, size));
    }
  }
  for (std::size_t n = 301; n <= 4096; n += 53) {
    wrong += compare.differences(nonce_of(random), byte_view(random).subspan(n, n), byte_view(random).first(n % 50));
  }
  CHECK(wrong == 0);
}

TEST_CASE("every level gives what OpenSSL gives, for random large inputs", "[crypto][ipsec_mb]") {
  const std::size_t most = std::size_t{20} << 20;
  auto in = keystream(most + 64);
  std::vector<std::uint8_t> cipher(most);
  std::vector<std::uint8_t> out(most + 64);
  auto all = engines(counting_key());
  std::mt19937_64 draw(20);  // the same inputs every time
  std::size_t wrong = 0;
  for (int round = 0; round < 6; ++round) {
    const std::size_t size = round == 0 ? most : std::size_t{1} << (13 + 2 * round) | draw() % (1u << (12 + 2 * round));
    const byte_view plain = byte_view(in).subspan(draw() % 64, size);
    const byte_view aad = byte_view(in).subspan(draw() % 64, draw() % 100000);
    const gcm_nonce nonce = nonce_of(byte_view(in).subspan(draw() % 4096));
    const auto tag = all.front().seal(nonce, aad, plain, byte_span(cipher).first(size));
    REQUIRE(tag);
    for (const auto& engine : all) {
      const byte_span to = byte_span(out).subspan(draw() % 64, size);
      const auto made = engine.seal(nonce, aad, plain, to);
      wrong += !made || *made != *tag || !same(to, byte_view(cipher).first(size));
      wrong += !engine.open(nonce, aad, to, *tag, to) || !same(to, plain);
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("the key schedule is wiped when an engine is moved from and when it ends", "[crypto][ipsec_mb]") {
  alignas(ipsec_mb_gcm) static std::uint8_t memory[sizeof(ipsec_mb_gcm)];
  const auto key = unitee::test::secret_of<32>(keystream(32));
  const auto holds_key = [&] { return unitee::test::find_in(memory, key.expose()) != sizeof memory; };
  const auto used = [] { return sizeof memory - static_cast<std::size_t>(std::ranges::count(memory, 0)); };
  for (const auto& [level, name] : unitee::test::cpu_levels) {
    auto made = ipsec_mb_gcm::create_at(level, key);
    if (!made) continue;
    INFO(name);
    auto* const engine = new (memory) ipsec_mb_gcm(std::move(*made));
    CHECK(holds_key());  // an expanded key begins with the key
    const std::size_t before = used();
    CHECK(before > 300);
    auto other = std::move(*engine);
    CHECK(used() == 0);
    *engine = std::move(other);
    CHECK(used() == before);
    engine->~ipsec_mb_gcm();
    CHECK(!holds_key());
    CHECK(used() <= sizeof(unitee::detail::ipsec_mb_calls));
  }
}

}  // namespace test_ipsec_mb
#endif
