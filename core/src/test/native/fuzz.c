// A small fuzzer for the launcher's parsers, guided by coverage (gcc's -fsanitize-coverage=trace-pc)
// and watched by the address and undefined behaviour sanitizers: fuzz TARGET CORPUS SECONDS, in a
// directory of its own.
// The files of the corpus are run first; inputs that reach something new are mutated further. What
// crashes is left in the file "crash", its size before it.
#define _GNU_SOURCE
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { MAP = 1 << 16, INPUT_MOST = 4096, KEPT_MOST = 4096 };

static bool reached[MAP], known[MAP];
static uint32_t reached_list[MAP];
static size_t reached_count;
static uint64_t state = 0x9e3779b97f4a7c15;

static struct {
  uint8_t *data;
  size_t size;
} kept[KEPT_MOST];
static size_t kept_count;

// In a file, which is what is left after a crash.
static struct {
  size_t size;
  uint8_t data[INPUT_MOST];
} *present;

void __sanitizer_cov_trace_pc(void) {
  uintptr_t at = (uintptr_t)__builtin_return_address(0);
  uint32_t place = (uint32_t)((at ^ at >> 16) % MAP);
  if (reached[place]) return;
  reached[place] = true;
  reached_list[reached_count++] = place;
}

static uint32_t pick(uint32_t below) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return below == 0 ? 0 : (uint32_t)(state >> 20) % below;
}

static void run(const struct target *t, const uint8_t *data, size_t size) {
  memcpy(present->data, data, size);
  present->size = size;
  // A copy of its very size, so that a read behind the end is noticed.
  uint8_t *exact = malloc(size == 0 ? 1 : size);
  if (size > 0) memcpy(exact, data, size);
  alarm(10);
  t->run(exact, size);
  alarm(0);
  free(exact);
  bool fresh = false;
  while (reached_count > 0) {
    uint32_t place = reached_list[--reached_count];
    reached[place] = false;
    fresh |= !known[place];
    known[place] = true;
  }
  if (!fresh || kept_count == KEPT_MOST) return;
  kept[kept_count].data = malloc(size == 0 ? 1 : size);
  if (size > 0) memcpy(kept[kept_count].data, data, size);
  kept[kept_count++].size = size;
}

static size_t mutate(uint8_t *out) {
  static const uint32_t special[] = {0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff,
                                     0x7fffffff, 0x80000000, 0xffffffff};
  size_t from = pick((uint32_t)kept_count), size = kept[from].size;
  memcpy(out, kept[from].data, size);
  for (uint32_t times = 1 + pick(6); times > 0; times--) {
    size_t at = pick((uint32_t)size + 1), n = 1 + pick(16);
    switch (pick(7)) {
      case 0:
        if (at < size) out[at] ^= (uint8_t)(1 << pick(8));
        break;
      case 1:
        if (at < size) out[at] = (uint8_t)pick(256);
        break;
      case 2:  // a number
        n = (size_t)1 << pick(3);
        if (at + n <= size) memcpy(out + at, &special[pick(13)], n);
        break;
      case 3:  // less
        if (at + n > size) break;
        memmove(out + at, out + at + n, size - at - n);
        size -= n;
        break;
      case 4:  // more
        if (size + n > INPUT_MOST) break;
        memmove(out + at + n, out + at, size - at);
        for (size_t i = 0; i < n; i++) out[at + i] = (uint8_t)pick(256);
        size += n;
        break;
      case 5: {  // a part of another one
        size_t other = pick((uint32_t)kept_count), begin = pick((uint32_t)kept[other].size + 1);
        n = pick((uint32_t)(kept[other].size - begin) + 1);
        if (at + n > INPUT_MOST) break;
        memcpy(out + at, kept[other].data + begin, n);
        if (at + n > size) size = at + n;
        break;
      }
      default:
        size = at;
    }
  }
  return size;
}

static void run_corpus(const struct target *t, int corpus) {
  static uint8_t data[INPUT_MOST];
  run(t, data, 0);
  DIR *dir = fdopendir(corpus);
  for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
    int fd = e->d_name[0] == '.' ? -1 : openat(corpus, e->d_name, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, data, sizeof data);
    if (n >= 0) run(t, data, (size_t)n);
    if (fd >= 0) close(fd);
  }
  if (dir != NULL) closedir(dir);
}

int main(int argc, char **argv) {
  const struct target *t = targets;
  while (argc > 3 && t->name != NULL && strcmp(t->name, argv[1]) != 0) t++;
  int corpus = argc > 3 ? open(argv[2], O_RDONLY | O_DIRECTORY) : -1;
  if (argc != 4 || t->name == NULL || corpus < 0) {
    fprintf(stderr, "usage: fuzz TARGET CORPUS SECONDS\n");
    return 2;
  }
  state ^= (uint64_t)time(NULL) << 20 ^ (uint64_t)getpid();
  signal(SIGPIPE, SIG_IGN);
  int fd = open("crash", O_RDWR | O_CREAT, 0644);
  if (fd < 0 || ftruncate(fd, sizeof *present) < 0) return 2;
  present = mmap(NULL, sizeof *present, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (present == MAP_FAILED) return 2;
  t->begin();
  run_corpus(t, corpus);
  static uint8_t data[INPUT_MOST];
  unsigned long runs = 0;
  for (time_t end = time(NULL) + atoi(argv[3]); time(NULL) < end;)
    for (int i = 0; i < 200; i++, runs++) run(t, data, mutate(data));
  size_t points = 0;
  for (size_t i = 0; i < MAP; i++) points += known[i];
  unlink("crash");
  fprintf(stderr, "%s: no failure in %lu runs (%zu inputs, %zu points)\n", t->name, runs,
          kept_count, points);
  return 0;
}
