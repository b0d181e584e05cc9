// What is mounted on: paths of the container, resolved so that nothing in it can lead out, held by
// descriptors so that nobody can swap them, and made where they are missing.
#define _GNU_SOURCE
#include "points.h"

#include "berth.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LINKS_MOST = 40 };

static dev_t root_device;
static int descriptors = -1;  // /proc/self/fd, taken before the container's /proc takes its place

// While the root is still the host's.
void points_hold_descriptors(void) {
  descriptors = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (descriptors < 0) fail("open", "/proc/self/fd");
}

void points_enter_root(void) {
  struct stat st;
  if (stat("/", &st) < 0) fail("stat", "/");
  root_device = st.st_dev;
}

// What a path of the container leads to, by no link of /proc: those lead to where the kernel says, and
// that may be out of the root, while this process has rights and descriptors that the container lacks.
int point_find(const char *path, int flags) {
  struct open_how how = {.flags = (unsigned)flags | O_PATH | O_CLOEXEC,
                         .resolve = RESOLVE_NO_MAGICLINKS};
  return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

// Makes a missing file or directory to mount on. The directory that it is made in keeps its times,
// and the engine is told, so that an image built here does not hold what only a mount needed.
static void make_stub(int parent, const char *path, bool directory) {
  const char *name = strrchr(path, '/') + 1;
  struct stat st;
  if (fstat(parent, &st) < 0) fail("make mount point", path);
  if (directory) {
    if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST) fail("make mount point", path);
  } else {
    struct open_how how = {
        .flags = O_CREAT | O_WRONLY | O_CLOEXEC, .mode = 0644, .resolve = RESOLVE_NO_MAGICLINKS};
    int fd = (int)syscall(SYS_openat2, parent, name, &how, sizeof how);
    if (fd < 0) fail("make mount point", path);
    close(fd);
  }
  if (st.st_dev != root_device) return;
  struct timespec times[2] = {st.st_atim, st.st_mtim};
  char self[32];
  snprintf(self, sizeof self, "%d", parent);
  utimensat(descriptors, self, times, 0);
  report_stub(path);
}

static int hold(const char *target, bool directory, int links);

// A link that leads to nothing yet stands in the way: what it names is made, in this root.
static int hold_linked(int parent, const char *path, const char *rest, bool directory, int links) {
  char link[PATH_MAX], whole[PATH_MAX];
  const char *name = strrchr(path, '/') + 1;
  ssize_t n = readlinkat(parent, name, link, sizeof link - 1);
  if (n <= 0 || links == LINKS_MOST) fail("make mount point", path);
  link[n] = 0;
  const int before = *link == '/' ? 0 : (int)(name - path);
  if (snprintf(whole, sizeof whole, "%.*s%s%s", before, path, link, rest) >= (int)sizeof whole) {
    errno = ENAMETOOLONG;
    fail("make mount point", path);
  }
  close(parent);
  return hold(whole, directory, links + 1);
}

static int hold(const char *target, bool directory, int links) {
  int fd = point_find(target, 0);
  if (fd >= 0) return fd;
  char path[PATH_MAX];
  if (errno != ENOENT || strlen(target) >= sizeof path) {
    if (errno == ENOENT) errno = ENAMETOOLONG;
    fail("make mount point", target);
  }
  strcpy(path, target);
  int parent = point_find("/", O_DIRECTORY);
  for (char *at = path + 1;; at++) {
    if (*at != '/' && *at != 0) continue;
    bool last = *at == 0;
    *at = 0;
    if ((fd = point_find(path, 0)) < 0 && errno == ENOENT) {
      make_stub(parent, path, directory || !last);
      fd = point_find(path, 0);
      if (fd < 0 && errno == ENOENT)
        return hold_linked(parent, path, target + (at - path), directory, links);
    }
    if (fd < 0) fail("make mount point", target);
    close(parent);
    if (last) return fd;
    parent = fd;
    *at = '/';
  }
}

// Holds what is to be mounted on, made where it is missing.
int point_hold(const char *target, bool directory) { return hold(target, directory, 0); }

// The working directory of a container, where its image lacks it.
void mounts_make_directory(const char *path) {
  char part[PATH_MAX];
  if (strlen(path) >= sizeof part) return;
  strcpy(part, path);
  int parent = point_find("/", O_DIRECTORY);
  for (char *at = part + 1; parent >= 0; at++) {
    if (*at != '/' && *at != 0) continue;
    bool last = *at == 0;
    *at = 0;
    mkdirat(parent, strrchr(part, '/') + 1, 0755);
    close(parent);
    if (last) return;
    parent = point_find(part, O_DIRECTORY);
    *at = '/';
  }
}

// A path to what a descriptor holds, for calls that take paths alone: relative to "descriptors".
const char *point_path(int fd) {
  static char name[16];
  snprintf(name, sizeof name, "%d", fd);
  if (fchdir(descriptors) < 0) fail("enter", "/proc/self/fd");
  return name;
}

void points_leave(void) {
  if (chdir("/") < 0) fail("enter", "/");
}
