// What mounts and the root are taken from (sources.c): paths of the host, snapshots, programs that
// serve a file system, and the kernel's own file systems.
#ifndef BERTH_SOURCES_H
#define BERTH_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "berth.h"

// Whether a program mounts it; the prepared mount is detached then.
bool source_by_program(const struct record *r);
int source_prepared(const struct spec *s, const struct record *wanted);

// Whether it shows the kernel's own state: /proc and /sys.
bool source_shows_kernel(const struct record *r);

// The detached mount of a TAG_MOUNT record, by its place among those that have one.
int source_taken(size_t place);

#endif
