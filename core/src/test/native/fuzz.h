// What can be fuzzed of the launcher (fuzz-targets.c).
#ifndef BERTH_FUZZ_H
#define BERTH_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct target {
  const char *name;
  void (*begin)(void);  // in a directory of its own
  void (*run)(const uint8_t *data, size_t size);
};

extern const struct target targets[];  // ended by one without a name

#endif
