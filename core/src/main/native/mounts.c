// The container's file system: the root is mounted and entered first, and everything else is
// mounted from inside it. So every path is resolved in the new root, as in a chroot, and no
// symbolic link of an image can lead a mount out of it.
#define _GNU_SOURCE
#include "berth.h"
#include "points.h"
#include "sources.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/stat.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
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

// Nothing that is mounted here is to reach the host; what the host mounts later may come in.
void mounts_isolate(void) {
  if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) fail("isolate mounts", "/");
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
  if (source_by_program(&r)) {
    if (syscall(SYS_move_mount, source_prepared(s, &r), "", AT_FDCWD, target,
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
  if (source_shows_kernel(r) && lstat(target, &st) == 0 && !S_ISDIR(st.st_mode)) {
    errno = ENOTDIR;
    fail("mount", target);
  }
  bool directory = kind != MOUNT_BIND_FILE;
  if (kind == MOUNT_TREE) directory = fstat(source_taken(*taken), &st) == 0 && S_ISDIR(st.st_mode);
  int point = point_hold(target, directory);
  if (!source_shows_kernel(r)) refuse_in_proc(point, target);
  unsigned long below = own & ONLY_TOP_PROPAGATES ? 0 : MS_REC;
  unsigned long propagation = (flags & PROPAGATION) | (flags & below);
  if (kind == MOUNT_DIRECTORY && !source_shows_kernel(r)) {
    if (mount(source, point_path(point), type, flags & ~(unsigned long)PROPAGATION,
              *data ? data : NULL) < 0)
      fail("mount", target);
    points_leave();
    close(point);
    if (!(flags & PROPAGATION)) return;
    if (mount(NULL, target, NULL, propagation, NULL) < 0) fail("set mount propagation", target);
    return;
  }
  int fd = source_taken((*taken)++);
  if (!source_shows_kernel(r)) all_read_only(fd, own, target);
  if (syscall(SYS_move_mount, fd, "", point, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) <
      0)
    fail("mount", target);
  close(point);
  unsigned long changes = flags & ~(unsigned long)(MS_BIND | MS_REC | PROPAGATION);
  if (!source_shows_kernel(r) && changes != 0) remount(fd, target, changes);
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
