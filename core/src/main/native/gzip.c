// Compresses a file in gzip's format (RFC 1952), with deflate's fixed codes (RFC 1951): simple, and
// enough for logs, whose lines repeat one another.
#define _GNU_SOURCE
#include "berth.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WINDOW = 32 << 10, MIN_MATCH = 4, MAX_MATCH = 258, HASH_BITS = 15, OUT = 64 << 10 };

struct out {
  int fd;
  bool failed;
  uint64_t bits;
  int count;
  size_t size;
  unsigned char bytes[OUT];
};

static void flush(struct out *o) {
  if (!o->failed && !write_full(o->fd, o->bytes, o->size)) o->failed = true;
  o->size = 0;
}

static void put_bits(struct out *o, uint32_t value, int count) {
  o->bits |= (uint64_t)value << o->count;
  for (o->count += count; o->count >= 8; o->count -= 8) {
    o->bytes[o->size++] = (unsigned char)o->bits;
    o->bits >>= 8;
    if (o->size == OUT) flush(o);
  }
}

// Huffman codes begin with their highest bit.
static void put_code(struct out *o, uint32_t code, int count) {
  uint32_t reversed = 0;
  for (int i = 0; i < count; i++) reversed |= (code >> i & 1) << (count - 1 - i);
  put_bits(o, reversed, count);
}

static void put_symbol(struct out *o, uint32_t s) {
  if (s < 144)
    put_code(o, 0x30 + s, 8);
  else if (s < 256)
    put_code(o, 0x190 + s - 144, 9);
  else if (s < 280)
    put_code(o, s - 256, 7);
  else
    put_code(o, 0xc0 + s - 280, 8);
}

// Lengths and distances come in ranges that double every so many symbols; the rest are extra bits.
static void put_length(struct out *o, uint32_t length) {
  if (length == MAX_MATCH) {
    put_symbol(o, 285);
    return;
  }
  uint32_t from_zero = length - 3;
  int extra = 0;
  while (from_zero >> extra >= 8) extra++;
  put_symbol(o, 257 + 4 * (uint32_t)extra + (from_zero >> extra));
  put_bits(o, from_zero & ((1u << extra) - 1), extra);
}

static void put_distance(struct out *o, uint32_t distance) {
  uint32_t from_zero = distance - 1;
  int extra = 0;
  while (from_zero >> extra >= 4) extra++;
  put_code(o, 2 * (uint32_t)extra + (from_zero >> extra), 5);
  put_bits(o, from_zero & ((1u << extra) - 1), extra);
}

static uint32_t hash(const unsigned char *at) {
  uint32_t four;
  memcpy(&four, at, sizeof four);
  return four * 2654435761u >> (32 - HASH_BITS);
}

static size_t match(const unsigned char *a, const unsigned char *b, size_t most) {
  size_t n = 0;
  while (n < most && a[n] == b[n]) n++;
  return n;
}

static void deflate(struct out *o, const unsigned char *in, size_t size) {
  static size_t last[1 << HASH_BITS];  // where such four bytes were, plus one
  put_bits(o, 1 | 1 << 1, 3);          // one block, the last, with fixed codes
  for (size_t i = 0; i < size;) {
    size_t left = size - i, length = 0, from = 0;
    if (left >= MIN_MATCH) {
      size_t *slot = &last[hash(in + i)];
      from = *slot;
      *slot = i + 1;
      if (from > 0 && i + 1 - from <= WINDOW)
        length = match(in + from - 1, in + i, left < MAX_MATCH ? left : MAX_MATCH);
    }
    if (length < MIN_MATCH) {
      put_symbol(o, in[i++]);
      continue;
    }
    put_length(o, (uint32_t)length);
    put_distance(o, (uint32_t)(i + 1 - from));
    for (size_t end = i + length; ++i < end;)
      if (size - i >= MIN_MATCH) last[hash(in + i)] = i + 1;
  }
  put_symbol(o, 256);
  if (o->count > 0) put_bits(o, 0, 8 - o->count);
}

static uint32_t checksum(const unsigned char *in, size_t size) {
  uint32_t table[256], crc = ~0u;
  for (uint32_t i = 0; i < 256; i++) {
    table[i] = i;
    for (int k = 0; k < 8; k++) table[i] = table[i] & 1 ? 0xedb88320 ^ table[i] >> 1 : table[i] >> 1;
  }
  for (size_t i = 0; i < size; i++) crc = table[(crc ^ in[i]) & 255] ^ crc >> 8;
  return ~crc;
}

// False when that fails; then there may be a part of it.
bool gzip_file(const char *from, const char *to) {
  static const unsigned char head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
  static struct out out;
  struct stat st;
  int in = open(from, O_RDONLY | O_CLOEXEC);
  out.fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (in < 0 || out.fd < 0 || fstat(in, &st) < 0 || st.st_size == 0) return false;
  size_t size = (size_t)st.st_size;
  unsigned char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, in, 0);
  if (bytes == MAP_FAILED || !write_full(out.fd, head, sizeof head)) return false;
  deflate(&out, bytes, size);
  flush(&out);
  uint32_t tail[2] = {checksum(bytes, size), (uint32_t)size};
  return !out.failed && write_full(out.fd, tail, sizeof tail);
}
