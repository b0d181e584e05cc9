// The container's file system: the root is mounted and entered first, and everything else is
// mounted from inside it. So every path is resolved in the new root, as in a chroot, and no
// symbolic link of an image can lead a mount out of it.
#define _GNU_SOURCE
#include "berth.h"
#include "points.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MS_BIND  // <sys/mount.h> and <linux/mount.h> clash in some C libraries
#define MS_RDONLY 1
#define MS_REMOUNT 32
#define MS_BIND 4096
#define MS_REC 16384
#define MS_PRIVATE (1 << 18)
#define MS_SLAVE (1 << 19)
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef MS_SHARED
#define MS_SHARED (1 << 20)
#endif
// Flags of our own, above those of mount(2).
#define ALL_READ_ONLY_IF_POSSIBLE (1ULL << 40)  // also what is mounted below
#define ALL_READ_ONLY (1ULL << 41)
#define ONLY_TOP_PROPAGATES (1ULL << 42)
#define OWN_FLAGS (ALL_READ_ONLY_IF_POSSIBLE | ALL_READ_ONLY | ONLY_TOP_PROPAGATES)
#define PROPAGATION (MS_PRIVATE | MS_SLAVE | (1 << 17) | (1 << 20))

int mount(const char *, const char *, const char *, unsigned long, const void *);
int umount2(const char *, int);

static int *prepared;  // detached mounts that programs serve, in the order of the records
static int *sources;  // detached mounts, in the order of the records that need one

// A type that begins with a slash is a program that mounts.
static bool by_program(const struct record *r) {
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
void mounts_prepare(const struct spec *s) {
  size_t cursor = 0, count = 0;
  struct record r, root;
  while (spec_next(s, &cursor, &r)) count += by_program(&r);
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
    if (!by_program(&r)) continue;
    size_t fixed = r.tag == TAG_ROOT ? 0 : 12;
    const char *program = record_string(&r, fixed, r.tag == TAG_ROOT ? 1 : 0);
    run_mounter(base, program, record_string(&r, fixed, r.tag == TAG_ROOT ? 4 : 3), point);
    int fd = (int)syscall(SYS_open_tree, AT_FDCWD, point, OPEN_TREE_CLONE | O_CLOEXEC);
    if (fd < 0 || umount2(point, 2 /* MNT_DETACH */) < 0) fail("mount file system", point);
    prepared[count++] = fd;
  }
}

// The prepared mount of a record.
static int prepared_for(const struct spec *s, const struct record *wanted) {
  size_t cursor = 0, count = 0;
  struct record r;
  while (spec_next(s, &cursor, &r) && r.data != wanted->data) count += by_program(&r);
  return prepared[count];
}

// Nothing that is mounted here is to reach the host; what the host mounts later may come in.
void mounts_isolate(void) {
  if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) fail("isolate mounts", "/");
}

static bool is_bind(const struct record *r) { return record_u32(r, 8) != MOUNT_DIRECTORY; }

static bool shows_kernel(const struct record *r) {
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
  bool program = by_program(r), overlay = program || strcmp(type, "overlay") == 0;
  if (program) {
    int fd = prepared_for(s, r);
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
void mounts_open_shared(const struct spec *s) {
  size_t cursor = 0, count = 0;
  struct record r;
  while (spec_next(s, &cursor, &r)) count += r.tag == TAG_MOUNT && (is_bind(&r) || shows_kernel(&r));
  sources = calloc(count + 1, sizeof *sources);
  if (sources == NULL) fail("allocate", NULL);
  cursor = count = 0;
  while (spec_next(s, &cursor, &r)) {
    if (r.tag != TAG_MOUNT || !(is_bind(&r) || shows_kernel(&r))) continue;
    bool shared = is_bind(&r) && record_u64(&r, 0) & MS_SHARED && record_u32(&r, 8) != MOUNT_TREE;
    sources[count++] = shared ? open_source(&r) : -1;
  }
}

// Sources of bind mounts are paths of the host, so they are taken before the root changes.
void mounts_open_sources(const struct spec *s) {
  size_t cursor, count;
  struct record r;
  cursor = count = 0;
  while (spec_next(s, &cursor, &r)) {
    if (r.tag != TAG_MOUNT) continue;
    if (shows_kernel(&r)) count++;  // not yet
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
void mounts_make_kernel(const struct spec *s) {
  size_t cursor = 0, count = 0;
  struct record r;
  while (spec_next(s, &cursor, &r)) {
    if (r.tag != TAG_MOUNT) continue;
    if (is_bind(&r)) count++;
    if (!shows_kernel(&r)) continue;
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

// On the detached mount, before anybody can write through it.
static void all_read_only(int fd, uint64_t flags, const char *target) {
  if (!(flags & (ALL_READ_ONLY | ALL_READ_ONLY_IF_POSSIBLE))) return;
  struct {
    uint64_t set, clear, propagation, userns;
  } attributes = {.set = 1 /* MOUNT_ATTR_RDONLY */};
  if (syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
              sizeof attributes) < 0 &&
      flags & ALL_READ_ONLY)
    fail("make mounts below read-only", target);
}

// The working directory is the base afterwards.
void mounts_attach_root(const struct spec *s) {
  struct record r;
  spec_find(s, TAG_ROOT, &r);
  const char *base = record_string(&r, 0, 0), *type = record_string(&r, 0, 1);
  const char *source = record_string(&r, 0, 2), *target = record_string(&r, 0, 3);
  const char *data = record_string(&r, 0, 4);
  // Paths in the options are relative to the base, which keeps many layers within one page.
  if (chdir(base) < 0) fail("enter", base);
  bool bind = strcmp(type, "bind") == 0;
  if (by_program(&r)) {
    if (syscall(SYS_move_mount, prepared_for(s, &r), "", AT_FDCWD, target,
                MOVE_MOUNT_F_EMPTY_PATH) < 0)
      fail("mount root file system", target);
  } else if (mount(source, target, type, bind ? MS_BIND | MS_REC : 0, *data ? data : NULL) < 0) {
    fail("mount root file system", bind ? source : data);
  }
}

void mounts_enter_root(const struct spec *s) {
  struct record r;
  points_hold_descriptors();
  spec_find(s, TAG_ROOT, &r);
  const char *target = record_string(&r, 0, 3);
  mounts_attach_root(s);
  if (chdir(target) < 0) fail("enter root file system", target);
  // With the old root stacked on the new one no directory is needed for it.
  if (syscall(SYS_pivot_root, ".", ".") < 0) fail("pivot_root", target);
  if (umount2(".", 2 /* MNT_DETACH */) < 0) fail("leave the old root", "/");
  if (chdir("/") < 0) fail("enter", "/");
  points_enter_root();
}

// mount(2) with MS_BIND ignores all other flags; a second call sets them.
static void remount(int fd, const char *target, unsigned long flags) {
  struct statvfs now;
  unsigned long kept = 0;
  if (fstatvfs(fd, &now) == 0)
    kept = now.f_flag & (ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC | ST_NOATIME | ST_NODIRATIME |
                         ST_RELATIME);
  if (kept & ST_RELATIME) kept = (kept & ~(unsigned long)ST_RELATIME) | (1UL << 21);
  if (mount(NULL, point_path(fd), NULL, MS_BIND | MS_REMOUNT | kept | flags, NULL) < 0)
    fail("set mount flags", target);
  points_leave();
}

// Nothing but the files that runc lets be covered may be mounted in /proc: a volume there, by a link
// of the image, would be taken for the kernel's files, and lie over the masks (CVE-2019-19921).
static void refuse_in_proc(int fd, const char *target) {
  static const char *const files[] = {"cpuinfo", "diskstats", "meminfo", "stat", "swaps", "uptime",
                                      "loadavg", "slabinfo", "sys/kernel/ns_last_pid",
                                      "sys/crypto/fips_enabled"};
  struct statfs fs;
  if (fstatfs(fd, &fs) < 0) fail("mount", target);
  if (fs.f_type != PROC_SUPER_MAGIC) return;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    if (strncmp(target, "/proc/", 6) == 0 && strcmp(target + 6, files[i]) == 0) return;
  errno = EPERM;
  fail("mount in /proc", target);
}

static void mount_one(const struct record *r, size_t *taken) {
  uint64_t own = record_u64(r, 0) & OWN_FLAGS;
  unsigned long flags = record_u64(r, 0) & ~OWN_FLAGS;
  uint32_t kind = record_u32(r, 8);
  const char *type = record_string(r, 12, 0), *source = record_string(r, 12, 1);
  const char *target = record_string(r, 12, 2), *data = record_string(r, 12, 3);
  struct stat st;
  // A link at /proc or /sys would put the real one elsewhere, out of the masks' reach.
  if (shows_kernel(r) && lstat(target, &st) == 0 && !S_ISDIR(st.st_mode)) {
    errno = ENOTDIR;
    fail("mount", target);
  }
  bool directory = kind != MOUNT_BIND_FILE;
  if (kind == MOUNT_TREE) directory = fstat(sources[*taken], &st) == 0 && S_ISDIR(st.st_mode);
  int point = point_hold(target, directory);
  if (!shows_kernel(r)) refuse_in_proc(point, target);
  unsigned long below = own & ONLY_TOP_PROPAGATES ? 0 : MS_REC;
  unsigned long propagation = (flags & PROPAGATION) | (flags & below);
  if (kind == MOUNT_DIRECTORY && !shows_kernel(r)) {
    if (mount(source, point_path(point), type, flags & ~(unsigned long)PROPAGATION,
              *data ? data : NULL) < 0)
      fail("mount", target);
    points_leave();
    close(point);
    if (!(flags & PROPAGATION)) return;
    if (mount(NULL, target, NULL, propagation, NULL) < 0) fail("set mount propagation", target);
    return;
  }
  int fd = sources[(*taken)++];
  if (!shows_kernel(r)) all_read_only(fd, own, target);
  if (syscall(SYS_move_mount, fd, "", point, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) <
      0)
    fail("mount", target);
  close(point);
  unsigned long changes = flags & ~(unsigned long)(MS_BIND | MS_REC | PROPAGATION);
  if (!shows_kernel(r) && changes != 0) remount(fd, target, changes);
  if ((flags & PROPAGATION) != 0) {
    if (mount(NULL, point_path(fd), NULL, propagation, NULL) < 0) fail("set mount propagation", target);
    points_leave();
  }
  close(fd);
}

static void make_device(const struct record *r) {
  mode_t mode = record_u32(r, 0);
  const char *path = record_string(r, 20, 0), *name = strrchr(path, '/') + 1;
  char directory[PATH_MAX];
  snprintf(directory, sizeof directory, "%.*s", (int)(name - path), path);
  size_t length = strlen(directory);
  if (length > 1) directory[length - 1] = 0;
  int parent = point_hold(directory, true);
  // A device of the host takes the place of a default one.
  if (unlinkat(parent, name, 0) < 0 && errno != ENOENT) fail("make device", path);
  mode_t before = umask(0);
  if (mknodat(parent, name, mode, makedev(record_u32(r, 4), record_u32(r, 8))) < 0 ||
      fchownat(parent, name, record_u32(r, 12), record_u32(r, 16), AT_SYMLINK_NOFOLLOW) < 0)
    fail("make device", path);
  umask(before);
  close(parent);
}

// Another container may have replaced what is behind /dev, when they share it (CVE-2025-31133).
static int take_null(void) {
  struct stat st;
  int fd = (int)syscall(SYS_open_tree, AT_FDCWD, "/dev/null",
                        OPEN_TREE_CLONE | AT_SYMLINK_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &st) < 0) fail("open", "/dev/null");
  if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)) {
    errno = ENODEV;
    fail("open", "/dev/null");
  }
  return fd;
}

static void mask(const char *path) {
  struct stat st;
  if (stat(path, &st) < 0) return;
  if (S_ISDIR(st.st_mode)) {
    if (mount("tmpfs", path, "tmpfs", MS_RDONLY, "nr_blocks=1,nr_inodes=1") < 0) fail("mask", path);
    return;
  }
  int null = take_null();
  if (syscall(SYS_move_mount, null, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
    fail("mask", path);
  close(null);
}

static bool is_mount_point(const char *path) {
  struct statx st;
  return syscall(SYS_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &st) == 0 &&
         st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

static void read_only(const char *path) {
  if (!is_mount_point(path) && mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0) {
    if (errno == ENOENT) return;
    fail("make read-only", path);
  }
  int fd = point_find(path, 0);
  if (fd < 0) fail("make read-only", path);
  remount(fd, path, MS_RDONLY);
  close(fd);
}

static void set_sysctl(const struct record *r) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "/proc/sys/%s", record_string(r, 0, 0));
  if (!write_proc(path, record_string(r, 0, 1))) fail("set sysctl", path);
}

void mounts_set_up(const struct spec *s) {
  size_t cursor = 0, taken = 0;
  struct record r;
  while (spec_next(s, &cursor, &r)) {
    switch (r.tag) {
      case TAG_MOUNT:
        mount_one(&r, &taken);
        break;
      case TAG_DEVICE:
        make_device(&r);
        break;
      case TAG_SYMLINK:
        if (symlink(record_string(&r, 0, 0), record_string(&r, 0, 1)) < 0 && errno != EEXIST)
          fail("make link", record_string(&r, 0, 1));
        break;
      case TAG_MASK:
        mask(r.data);
        break;
      case TAG_READ_ONLY:
        read_only(r.data);
        break;
      case TAG_SYSCTL:
        set_sysctl(&r);
        break;
      default:
        break;
    }
  }
}

void mounts_seal_root(const struct spec *s) {
  if (!(spec_u32(s, TAG_FLAGS, 0) & FLAG_READ_ONLY_ROOT)) return;
  int root = point_find("/", 0);
  if (root < 0) fail("set mount flags", "/");
  remount(root, "/", MS_RDONLY);
  close(root);
}
