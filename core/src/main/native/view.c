// A look at a container's files from outside: a mount namespace of its own, which the engine holds by
// two descriptors, its root directory and the namespace. No process stays. Of a container that runs
// it is a copy of the container's own mounts, so that what its processes mount or unmount later
// changes nothing here; this program runs nothing of the container's and is in none of its other
// namespaces, so that they have no way to it (CVE-2019-14271, CVE-2018-15664).
#define _GNU_SOURCE
#include "berth.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The init whose mounts are wanted. Its number could be another process's by now, so the file that
// its monitor keeps is read once more when the process is held.
static int hold_init(pid_t wanted) {
  pid_t monitor = 0, init = 0;
  int fd = (int)syscall(SYS_pidfd_open, wanted, 0);
  if (fd < 0) fail("find container", NULL);
  FILE *file = fopen("monitor", "re");
  if (file != NULL) {
    if (fscanf(file, "%d %d", &monitor, &init) < 2) init = 0;
    fclose(file);
  }
  errno = ESRCH;
  if (init != wanted) fail("find container", NULL);
  return fd;
}

static void copy_mounts(pid_t init) {
  int fd = hold_init(init);
  if (setns(fd, CLONE_NEWNS) < 0) fail("enter container", "mounts");
  close(fd);
  if (unshare(CLONE_NEWNS) < 0) fail("unshare", "mount namespace");
  // First: an unmount must not travel back to the container, nor anything of its to here.
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("isolate mounts", "/");
  // What the kernel makes up is nothing to copy; docker does not show it either.
  const char *kernel[] = {"/proc", "/sys", "/dev"};
  for (int i = 0; i < 3; i++) umount2(kernel[i], MNT_DETACH | UMOUNT_NOFOLLOW);
}

static void make_mounts(const struct spec *s) {
  sources_prepare(s);
  if (unshare(CLONE_NEWNS) < 0) fail("unshare", "mount namespace");
  sources_open_shared(s);
  mounts_isolate();
  sources_open(s);
  mounts_enter_root(s);
  mounts_set_up(s);
  mounts_seal_root(s);
}

void view_run(int engine, const struct spec *s) {
  prctl(PR_SET_DUMPABLE, 0);
  const char *directory = spec_string(s, TAG_DIRECTORY);
  if (chdir(directory) < 0) fail("enter", directory);
  int namespaces = open("/proc/self/ns", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (namespaces < 0) fail("open", "/proc/self/ns");
  struct record r;
  if (spec_find(s, TAG_EXEC, &r))
    copy_mounts((pid_t)record_u32(&r, 0));
  else
    make_mounts(s);
  int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int own = openat(namespaces, "mnt", O_RDONLY | O_CLOEXEC);
  if (root < 0 || own < 0) fail("open", "mount namespace");
  int32_t none = 0;
  send_frame(engine, FRAME_STARTED, &none, sizeof none);
  send_descriptor(engine, root);
  send_descriptor(engine, own);
  _exit(0);
}
