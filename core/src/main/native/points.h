// Mount points in the container's root (points.c), which must be the root of this process.
#ifndef BERTH_POINTS_H
#define BERTH_POINTS_H

#include <stdbool.h>

void points_hold_descriptors(void);
void points_enter_root(void);
int point_find(const char *path, int flags);
int point_hold(const char *target, bool directory);
const char *point_path(int fd);
void points_leave(void);

#endif
