// Answers from the names of the container's networks (RFC 1035), which are files:
// net/names/NETWORK/names/NAME/ADDRESS and net/names/NETWORK/addresses/ADDRESS, whose second line
// is the name behind it. So nothing is kept here, and what others change is seen at once.
#define _GNU_SOURCE
#include "helper.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TYPE_A = 1, TYPE_PTR = 12, TYPE_AAAA = 28, TYPE_ANY = 255, CLASS_IN = 1, TTL = 5 };
enum { NAME_ERROR = 3, NAME_MOST = 255, ADDRESSES_MOST = 1024 };

struct question {
  char name[NAME_MOST + 1];  // lower case, without the last dot
  uint16_t type;
  size_t end;  // of the question in the query
};

static uint16_t get16(const uint8_t *at) { return (uint16_t)(at[0] << 8 | at[1]); }

static void put16(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
}

// One question, whose name is of characters that a file's name may have: else it is no name of ours.
static bool read_question(const uint8_t *query, size_t size, struct question *q) {
  if (size < DNS_HEADER || query[2] & 0xf8 || get16(query + 4) != 1) return false;
  size_t at = DNS_HEADER, out = 0;
  while (true) {
    if (at >= size) return false;
    uint8_t length = query[at++];
    if (length == 0) break;
    if (length > 63 || at + length > size || out + length + 1 > NAME_MOST) return false;
    if (out > 0) q->name[out++] = '.';
    for (int i = 0; i < length; i++) {
      int c = tolower(query[at++]);
      if (!isalnum(c) && c != '-' && c != '_') return false;
      q->name[out++] = (char)c;
    }
  }
  q->name[out] = 0;
  if (at + 4 > size || get16(query + at + 2) != CLASS_IN) return false;
  q->type = get16(query + at);
  q->end = at + 4;
  return out > 0;
}

static size_t begin(const uint8_t *query, size_t question_end, uint8_t *answer, int code) {
  memcpy(answer, query, question_end);
  answer[2] = (uint8_t)(0x80 | (query[2] & 1));  // an answer; recursion desired as it was
  answer[3] = (uint8_t)(0x80 | code);            // recursion available
  put16(answer + 6, 0);
  put16(answer + 8, 0);
  put16(answer + 10, 0);
  return question_end;
}

static bool add(uint8_t *answer, size_t *size, size_t room, uint16_t type, const void *data,
                size_t length) {
  if (*size + 12 + length > room) {
    answer[2] |= 2;  // cut off: ask again over TCP
    return false;
  }
  uint8_t *at = answer + *size;
  put16(at, 0xc000 | DNS_HEADER);  // the question's name
  put16(at + 2, type);
  put16(at + 4, CLASS_IN);
  put16(at + 6, 0);
  put16(at + 8, TTL);
  put16(at + 10, (uint32_t)length);
  memcpy(at + 12, data, length);
  *size += 12 + length;
  put16(answer + 6, get16(answer + 6) + 1u);
  return true;
}

struct addresses {
  char text[ADDRESSES_MOST][INET6_ADDRSTRLEN];
  size_t count;
  bool known;  // somebody has the name, with addresses or not
};

static void collect(const char *network, const char *name, struct addresses *out) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "net/names/%s/names/%s", network, name);
  DIR *dir = opendir(path);
  if (dir == NULL) return;
  for (struct dirent *e; (e = readdir(dir)) != NULL;) {
    if (e->d_name[0] == '.' || out->count == ADDRESSES_MOST) continue;
    snprintf(out->text[out->count++], INET6_ADDRSTRLEN, "%.45s", e->d_name);
    out->known = true;
  }
  closedir(dir);
}

// NAME, or NAME.NETWORK, in each of the container's networks.
static void look_up(const char *name, struct addresses *out) {
  DIR *networks = opendir("net/names");
  if (networks == NULL) return;
  size_t length = strlen(name);
  for (struct dirent *e; (e = readdir(networks)) != NULL;) {
    if (e->d_name[0] == '.') continue;
    collect(e->d_name, name, out);
    size_t suffix = strlen(e->d_name);
    if (length <= suffix + 1 || name[length - suffix - 1] != '.' ||
        strcasecmp(name + length - suffix, e->d_name) != 0)
      continue;
    char first[NAME_MOST + 1];
    snprintf(first, sizeof first, "%.*s", (int)(length - suffix - 1), name);
    collect(e->d_name, first, out);
  }
  closedir(networks);
}

static bool read_line(const char *path, int number, char *out, size_t room) {
  FILE *file = fopen(path, "re");
  if (file == NULL) return false;
  bool found = false;
  for (int i = 0; i <= number; i++) found = fgets(out, (int)room, file) != NULL;
  fclose(file);
  if (found) out[strcspn(out, "\n")] = 0;
  return found && out[0] != 0;
}

// The name that this container alone has for another.
static bool look_up_link(const char *alias, char *target, size_t room) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "net/links/%s", alias);
  return read_line(path, 0, target, room);
}

// Those who share a name get their turns.
static void shuffle(struct addresses *a) {
  for (size_t i = a->count; i > 1; i--) {
    size_t other = (size_t)rand() % i;
    char kept[INET6_ADDRSTRLEN];
    memcpy(kept, a->text[i - 1], sizeof kept);
    memcpy(a->text[i - 1], a->text[other], sizeof kept);
    memcpy(a->text[other], kept, sizeof kept);
  }
}

static size_t answer_name(const uint8_t *query, const struct question *q, uint8_t *answer,
                          size_t room) {
  static struct addresses found;
  found.count = 0;
  found.known = false;
  char target[NAME_MOST + 1];
  look_up(look_up_link(q->name, target, sizeof target) ? target : q->name, &found);
  if (!found.known) return 0;
  shuffle(&found);
  size_t size = begin(query, q->end, answer, 0);
  for (size_t i = 0; i < found.count; i++) {
    uint8_t bytes[16];
    bool v6 = strchr(found.text[i], ':') != NULL;
    uint16_t type = v6 ? TYPE_AAAA : TYPE_A;
    if (q->type != type && q->type != TYPE_ANY) continue;
    if (inet_pton(v6 ? AF_INET6 : AF_INET, found.text[i], bytes) != 1) continue;
    if (!add(answer, &size, room, type, bytes, v6 ? 16 : 4)) break;
  }
  return size;
}

// 2.0.18.172.in-addr.arpa, or the 32 digits of ip6.arpa, the last first.
static bool reverse_address(const char *name, char *out) {
  static const char v4[] = ".in-addr.arpa", v6[] = ".ip6.arpa";
  size_t length = strlen(name);
  unsigned b[4];
  char end;
  if (length > sizeof v4 - 1 && strcmp(name + length - (sizeof v4 - 1), v4) == 0 &&
      sscanf(name, "%3u.%3u.%3u.%3u.in-addr.arpa%c", &b[3], &b[2], &b[1], &b[0], &end) == 4) {
    snprintf(out, INET6_ADDRSTRLEN, "%u.%u.%u.%u", b[0] & 255, b[1] & 255, b[2] & 255, b[3] & 255);
    return true;
  }
  if (length != 63 + sizeof v6 - 1 || strcmp(name + 63, v6) != 0) return false;
  uint8_t bytes[16] = {0};
  for (int i = 0; i < 32; i++) {
    char c = name[2 * i];
    if (!isxdigit((unsigned char)c)) return false;
    int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    int place = 31 - i;
    bytes[place / 2] |= (uint8_t)(place % 2 == 0 ? digit << 4 : digit);
  }
  return inet_ntop(AF_INET6, bytes, out, INET6_ADDRSTRLEN) != NULL;
}

static size_t encode_name(const char *name, uint8_t *out) {
  size_t at = 0;
  while (*name != 0) {
    size_t length = strcspn(name, ".");
    if (length == 0 || length > 63 || at + length + 2 > NAME_MOST) return 0;
    out[at++] = (uint8_t)length;
    memcpy(out + at, name, length);
    at += length;
    name += length;
    if (*name == '.') name++;
  }
  out[at++] = 0;
  return at;
}

static size_t answer_address(const uint8_t *query, const struct question *q, uint8_t *answer,
                             size_t room) {
  char address[INET6_ADDRSTRLEN], path[PATH_MAX], name[NAME_MOST + 1];
  if (!reverse_address(q->name, address)) return 0;
  DIR *networks = opendir("net/names");
  if (networks == NULL) return 0;
  size_t size = 0;
  for (struct dirent *e; size == 0 && (e = readdir(networks)) != NULL;) {
    if (e->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "net/names/%s/addresses/%s", e->d_name, address);
    if (!read_line(path, 1, name, sizeof name)) continue;
    uint8_t encoded[NAME_MOST + 2];
    size_t length = encode_name(name, encoded);
    size = begin(query, q->end, answer, 0);
    if (length > 0) add(answer, &size, room, TYPE_PTR, encoded, length);
  }
  closedir(networks);
  return size;
}

size_t names_answer(const uint8_t *query, size_t size, uint8_t *answer, size_t room) {
  struct question q;
  if (!read_question(query, size, &q) || q.end > room) return 0;
  return q.type == TYPE_PTR ? answer_address(query, &q, answer, room)
                            : answer_name(query, &q, answer, room);
}

size_t names_refuse(const uint8_t *query, size_t size, uint8_t *answer, size_t room, int code) {
  if (size < DNS_HEADER) return 0;
  struct question q = {.end = DNS_HEADER};
  bool whole = read_question(query, size, &q) && q.end <= room;
  size_t length = begin(query, whole ? q.end : DNS_HEADER, answer, code);
  if (!whole) put16(answer + 4, 0);
  return length;
}
