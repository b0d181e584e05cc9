// What a container's mounts are taken from, before its root changes: each becomes a detached mount
// (open_tree, fsmount), which mounts.c then attaches inside the root.
#define _GNU_SOURCE
#include "sources.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MS_REC  // <sys/mount.h> and <linux/mount.h> clash in some C libraries
#define MS_REC 16384
#endif
#ifndef MS_SHARED
#define MS_SHARED (1 << 20)
#endif

int mount(const char *, const char *, const char *, unsigned long, const void *);
int umount2(const char *, int);

static int *prepared;  // detached mounts that programs serve, in the order of the records
static int *sources;  // detached mounts, in the order of the records that need one

// A type that begins with a slash is a program that mounts.
bool source_by_program(const struct record *r) {
  if (r->tag == TAG_ROOT) return *record_string(r, 0, 1) == '/';
  return r->tag == TAG_MOUNT && record_u32(r, 8) == MOUNT_TREE && *record_string(r, 12, 0) == '/';
}

static void run_mounter(const char *base, const char *program, const char *options,
                        const char *target) {
  pid_t pid = fork();
  if (pid < 0) fail("fork", NULL);
  if (pid == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGCHLD, SIG_DFL);
    if (chdir(base) < 0) _exit(126);
    execl(program, program, "-o", options, target, (char *)NULL);
    _exit(127);
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) {
    errno = EIO;
    fail("mount file system", program);
  }
}

// In the monitor: a program that serves a file system must not be one of the container's processes.
// The mount is taken from where it was made, in a mount namespace that goes with the monitor, and so
// does the program, when the container has gone as well.
void sources_prepare(const struct spec *s) {
  size_t cursor = 0, count = 0;
  struct record r, root;
  while (spec_next(s, &cursor, &r)) count += source_by_program(&r);
  if (count == 0) return;
  if (prepared == NULL) {
    if ((prepared = calloc(count, sizeof *prepared)) == NULL) fail("allocate", NULL);
    if (unshare(CLONE_NEWNS) < 0) fail("unshare", "mount namespace");
    mounts_isolate();
  } else {
    for (size_t i = 0; i < count; i++) close(prepared[i]);
  }
  spec_find(s, TAG_ROOT, &root);
  const char *base = record_string(&root, 0, 0), *point = record_string(&root, 0, 3);
  cursor = count = 0;
  while (spec_next(s, &cursor, &r)) {
    if (!source_by_program(&r)) continue;
    size_t fixed = r.tag == TAG_ROOT ? 0 : 12;
    const char *program = record_string(&r, fixed, r.tag == TAG_ROOT ? 1 : 0);
    run_mounter(base, program, record_string(&r, fixed, r.tag == TAG_ROOT ? 4 : 3), point);
    int fd = (int)syscall(SYS_open_tree, AT_FDCWD, point, OPEN_TREE_CLONE | O_CLOEXEC);
    if (fd < 0 || umount2(point, 2 /* MNT_DETACH */) < 0) fail("mount file system", point);
    prepared[count++] = fd;
  }
}

// The prepared mount of a record.
int source_prepared(const struct spec *s, const struct record *wanted) {
  size_t cursor = 0, count = 0;
  struct record r;
  while (spec_next(s, &cursor, &r) && r.data != wanted->data) count += source_by_program(&r);
  return prepared[count];
}

static bool is_bind(const struct record *r) { return record_u32(r, 8) != MOUNT_DIRECTORY; }

bool source_shows_kernel(const struct record *r) {
  const char *type = record_string(r, 12, 0);
  return !is_bind(r) && (strcmp(type, "proc") == 0 || strcmp(type, "sysfs") == 0);
}

// A path in a snapshot, as a mount of its own. No link in the snapshot leads out of it. An overlay
// is mounted where the root will be, and taken away again: what was cloned from it stays.
static int open_tree_in(const struct spec *s, const struct record *r) {
  struct record root;
  spec_find(s, TAG_ROOT, &root);
  const char *base = record_string(&root, 0, 0), *point = record_string(&root, 0, 3);
  const char *type = record_string(r, 12, 0), *source = record_string(r, 12, 1);
  const char *data = record_string(r, 12, 3);
  bool program = source_by_program(r), overlay = program || strcmp(type, "overlay") == 0;
  if (program) {
    int fd = source_prepared(s, r);
    if (syscall(SYS_move_mount, fd, "", AT_FDCWD, point, MOVE_MOUNT_F_EMPTY_PATH) < 0)
      fail("mount snapshot", data);
  } else if (overlay) {
    if (chdir(base) < 0) fail("enter", base);
    if (mount("overlay", point, "overlay", 0, data) < 0) fail("mount snapshot", data);
  }
  const char *top = overlay ? point : data;
  int directory = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) fail("open mount source", top);
  struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
  int path = (int)syscall(SYS_openat2, directory, source, &how, sizeof how);
  if (path < 0) fail("open mount source", source);
  int fd = (int)syscall(SYS_open_tree, path, "", OPEN_TREE_CLONE | AT_EMPTY_PATH | O_CLOEXEC);
  if (fd < 0) fail("open mount source", source);
  close(path);
  close(directory);
  if (overlay && umount2(point, 2 /* MNT_DETACH */) < 0) fail("unmount snapshot", point);
  return fd;
}

static int open_source(const struct record *r) {
  const char *source = record_string(r, 12, 1);
  unsigned flags = OPEN_TREE_CLONE | O_CLOEXEC;
  if (record_u64(r, 0) & MS_REC) flags |= AT_RECURSIVE;
  int fd = (int)syscall(SYS_open_tree, AT_FDCWD, source, flags);
  if (fd < 0) fail("open mount source", source);
  return fd;
}

// Those that share mounts with the host must be taken before the rest is isolated from it.
void sources_open_shared(const struct spec *s) {
  size_t cursor = 0, count = 0;
  struct record r;
  while (spec_next(s, &cursor, &r))
    count += r.tag == TAG_MOUNT && (is_bind(&r) || source_shows_kernel(&r));
  sources = calloc(count + 1, sizeof *sources);
  if (sources == NULL) fail("allocate", NULL);
  cursor = count = 0;
  while (spec_next(s, &cursor, &r)) {
    if (r.tag != TAG_MOUNT || !(is_bind(&r) || source_shows_kernel(&r))) continue;
    bool shared = is_bind(&r) && record_u64(&r, 0) & MS_SHARED && record_u32(&r, 8) != MOUNT_TREE;
    sources[count++] = shared ? open_source(&r) : -1;
  }
}

// Sources of bind mounts are paths of the host, so they are taken before the root changes.
void sources_open(const struct spec *s) {
  size_t cursor, count;
  struct record r;
  cursor = count = 0;
  while (spec_next(s, &cursor, &r)) {
    if (r.tag != TAG_MOUNT) continue;
    if (source_shows_kernel(&r)) count++;  // not yet
    if (!is_bind(&r)) continue;
    if (record_u32(&r, 8) == MOUNT_TREE) {
      sources[count++] = open_tree_in(s, &r);
      continue;
    }
    if (sources[count] < 0) sources[count] = open_source(&r);
    count++;
  }
}

// The kernel lets the root of a user namespace mount /proc and /sys only where all of others' can be
// seen: before the root changes, but in the namespaces that they are to show.
void sources_make_kernel(const struct spec *s) {
  size_t cursor = 0, count = 0;
  struct record r;
  while (spec_next(s, &cursor, &r)) {
    if (r.tag != TAG_MOUNT) continue;
    if (is_bind(&r)) count++;
    if (!source_shows_kernel(&r)) continue;
    const char *type = record_string(&r, 12, 0);
    int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
    if (context < 0 || syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
      fail("mount", record_string(&r, 12, 2));
    // MS_RDONLY, MS_NOSUID, MS_NODEV and MS_NOEXEC are the same numbers as MOUNT_ATTR_….
    int fd = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, record_u64(&r, 0) & 0xf);
    if (fd < 0) fail("mount", record_string(&r, 12, 2));
    close(context);
    sources[count++] = fd;
  }
}

int source_taken(size_t place) { return sources[place]; }
