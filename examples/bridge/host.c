// SPDX-License-Identifier: Apache-2.0
//
// host.c: a C11 program that opens a sealed file by a key of the caller's.
//
// usage: host_c SEALED KEY              reads all of it, and says whether it is authentic
//        host_c SEALED KEY OFFSET SIZE  copies a range of the plaintext to standard output
//
// KEY is a file of 32 bytes. Exit status: 0 done, 1 examined and refused, 2 cannot be used.
#include "unitee_bridge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  KEY_SIZE = 32,
  PIECE = 1 << 20
};

static int complain(const char* what, unitee_error why) {
  char message[256];
  unitee_message(&why, message, sizeof message);
  fprintf(stderr, "host_c: %s: %s [%s]\n", what, message, unitee_kind_name(&why));
  return why.code == UNITEE_REFUSED ? 1 : 2;
}

static int copy_range(const unitee_file* file, const char* path, uint64_t offset, uint64_t size) {
  uint8_t* piece = malloc(PIECE);
  int status = piece == NULL ? 2 : 0;
  while (status == 0 && size != 0) {
    const size_t n = size < PIECE ? (size_t)size : (size_t)PIECE;
    const unitee_error why = unitee_read_at(file, offset, piece, n);
    if (why.code != UNITEE_OK) {
      status = complain(path, why);
    } else if (fwrite(piece, 1, n, stdout) != n) {
      status = 2;
    }
    offset += n;
    size -= n;
  }
  free(piece);
  return fflush(stdout) == 0 ? status : 2;
}

// open_with_key wipes the key as soon as the file is open: the bridge keeps no copy of it.
static unitee_error open_with_key(const char* path, FILE* key_file, unitee_file** out) {
  uint8_t key[KEY_SIZE + 1];  // one more, so that a longer file is not taken for a key
  setvbuf(key_file, NULL, _IONBF, 0);
  const size_t n = fread(key, 1, sizeof key, key_file);
  fclose(key_file);
  const unitee_error why = unitee_open_with_key(path, (unitee_view){key, n}, out);
  for (volatile uint8_t* each = key; each != key + sizeof key; ++each) *each = 0;
  return why;
}

static int is_number(const char* text, uint64_t* out) {
  char* end = NULL;
  *out = strtoull(text, &end, 10);
  return text[0] >= '0' && text[0] <= '9' && *end == '\0';
}

int main(int argc, char** argv) {
  uint64_t offset = 0;
  uint64_t size = 0;
  const int has_range = argc == 5 && is_number(argv[3], &offset) && is_number(argv[4], &size);
  if (argc != 3 && !has_range) {
    fprintf(stderr, "usage: host_c SEALED KEY [OFFSET SIZE]\n");
    return 2;
  }
  FILE* key_file = fopen(argv[2], "rb");
  if (key_file == NULL) return perror(argv[2]), 2;
  unitee_file* file = NULL;
  unitee_error why = open_with_key(argv[1], key_file, &file);
  if (why.code == UNITEE_BAD_ARGUMENT) {
    fprintf(stderr, "host_c: %s: a key is 32 bytes\n", argv[2]);
    return 2;
  }
  if (why.code != UNITEE_OK) return complain(argv[1], why);
  int status = 0;
  if (has_range) {
    status = copy_range(file, argv[1], offset, size);
  } else {
    why = unitee_check(file);
    if (why.code != UNITEE_OK) status = complain(argv[1], why);
    if (status == 0) printf("%s: %" PRIu64 " bytes, authentic\n", argv[1], unitee_size(file));
  }
  unitee_close(file);
  return status;
}
