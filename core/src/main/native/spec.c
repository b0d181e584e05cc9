// Reading the spec. It comes from the engine, over a private socket, so a broken one is a bug of
// ours; it is still checked once, whole, before anything is done.
#include "berth.h"

#include <stdlib.h>
#include <string.h>

// The least length of each record's fixed part, and how many strings follow it.
static const struct shape {
  uint32_t fixed;
  uint32_t strings;
} shapes[] = {
    [TAG_ID] = {0, 1},
    [TAG_CLONE_FLAGS] = {4, 0},
    [TAG_FLAGS] = {4, 0},
    [TAG_DIRECTORY] = {0, 1},
    [TAG_CGROUP_JOIN] = {0, 1},
    [TAG_CGROUP_INTO] = {0, 1},
    [TAG_CGROUP_REMOVE] = {0, 1},
    [TAG_OOM_EVENTS] = {0, 1},
    [TAG_ROOT] = {0, 5},
    [TAG_MOUNT] = {12, 4},
    [TAG_DEVICE] = {20, 1},
    [TAG_SYMLINK] = {0, 2},
    [TAG_MASK] = {0, 1},
    [TAG_READ_ONLY] = {0, 1},
    [TAG_SYSCTL] = {0, 2},
    [TAG_HOSTNAME] = {0, 1},
    [TAG_DOMAINNAME] = {0, 1},
    [TAG_ARG] = {0, 1},
    [TAG_ENV] = {0, 1},
    [TAG_CWD] = {0, 1},
    [TAG_USER] = {12, 0},
    [TAG_GROUP] = {4, 0},
    [TAG_CAPABILITIES] = {40, 0},
    [TAG_SECCOMP] = {12, 0},
    [TAG_RLIMIT] = {20, 0},
    [TAG_OOM_SCORE] = {4, 0},
    [TAG_LOG] = {16, 1},
    [TAG_JOIN] = {4, 1},
    [TAG_EXEC] = {4, 0},
    [TAG_RESTART] = {8, 0},
    [TAG_EVENTS] = {0, 2},
    [TAG_HEALTH] = {36, 0},
    [TAG_HEALTH_ARG] = {0, 1},
    [TAG_LABEL] = {0, 2},
    [TAG_ACTION] = {0, 1},
    [TAG_NETWORK] = {8, 0},
    [TAG_RUNTIME] = {0, 4},
};

static bool shape_holds(const struct record *r) {
  if (r->tag == 0 || r->tag >= sizeof shapes / sizeof *shapes) return false;
  struct shape shape = shapes[r->tag];
  if (r->length < shape.fixed) return false;
  uint32_t ends = 0;
  for (uint32_t i = shape.fixed; i < r->length; i++)
    if (r->data[i] == 0) ends++;
  if (shape.fixed == 0 && shape.strings == 0) return false;
  if (shape.strings == 0) return r->tag == TAG_SECCOMP || r->length == shape.fixed;
  return ends == shape.strings && r->data[r->length - 1] == 0;
}

bool spec_next(const struct spec *s, size_t *cursor, struct record *out) {
  if (s->size - *cursor < 8) return false;
  memcpy(&out->tag, s->data + *cursor, 4);
  memcpy(&out->length, s->data + *cursor + 4, 4);
  if (out->length > s->size - *cursor - 8) return false;
  out->data = s->data + *cursor + 8;
  *cursor += 8 + (size_t)out->length;
  return true;
}

static bool shapes_hold(const struct spec *s) {
  size_t cursor = 0;
  struct record r;
  while (spec_next(s, &cursor, &r))
    if (!shape_holds(&r)) return false;
  return cursor == s->size;
}

// Records that come later, when nothing of the spec is in use.
bool spec_add(struct spec *s, const char *records, size_t size) {
  if (size == 0) return true;
  char *copy = malloc(size);
  if (copy == NULL) return false;
  memcpy(copy, records, size);
  struct spec more = {copy, size};
  char *grown = shapes_hold(&more) ? realloc(s->data, s->size + size) : NULL;
  if (grown != NULL) {
    memcpy(grown + s->size, copy, size);
    *s = (struct spec){grown, s->size + size};
  }
  free(copy);
  return grown != NULL;
}

// What a look at the files needs; a container needs more.
bool spec_valid_view(const struct spec *s) {
  struct record r;
  return shapes_hold(s) && spec_find(s, TAG_ID, &r) && spec_find(s, TAG_DIRECTORY, &r) &&
         (spec_find(s, TAG_ROOT, &r) || spec_find(s, TAG_EXEC, &r));
}

bool spec_valid(const struct spec *s) {
  struct record r;
  return spec_valid_view(s) && spec_find(s, TAG_ARG, &r) &&
         spec_find(s, TAG_USER, &r) && spec_find(s, TAG_CAPABILITIES, &r);
}

bool spec_find(const struct spec *s, enum tag tag, struct record *out) {
  size_t cursor = 0;
  while (spec_next(s, &cursor, out))
    if (out->tag == tag) return true;
  return false;
}

const char *spec_string(const struct spec *s, enum tag tag) {
  struct record r;
  return spec_find(s, tag, &r) ? r.data : NULL;
}

uint32_t spec_u32(const struct spec *s, enum tag tag, uint32_t otherwise) {
  struct record r;
  return spec_find(s, tag, &r) ? record_u32(&r, 0) : otherwise;
}

// All records of one tag as a NULL-terminated vector, such as argv; NULL when memory is short.
char **spec_strings(const struct spec *s, enum tag tag) {
  size_t count = 0, cursor = 0;
  struct record r;
  while (spec_next(s, &cursor, &r))
    if (r.tag == tag) count++;
  char **all = calloc(count + 1, sizeof *all);
  if (all == NULL) return NULL;
  cursor = count = 0;
  while (spec_next(s, &cursor, &r))
    if (r.tag == tag) all[count++] = (char *)r.data;
  return all;
}

uint32_t record_u32(const struct record *r, size_t offset) {
  uint32_t value;
  memcpy(&value, r->data + offset, sizeof value);
  return value;
}

uint64_t record_u64(const struct record *r, size_t offset) {
  uint64_t value;
  memcpy(&value, r->data + offset, sizeof value);
  return value;
}

const char *record_string(const struct record *r, size_t offset, int index) {
  const char *at = r->data + offset;
  while (index-- > 0) at += strlen(at) + 1;
  return at;
}
