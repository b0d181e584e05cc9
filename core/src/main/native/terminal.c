// A container's terminal. It is made inside the container, from its own devpts, so that it has a
// name there; the monitor gets the master end.
#define _GNU_SOURCE
#include "berth.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

static void show_as_console(int terminal) {
  int file = open("/dev/console", O_CREAT | O_CLOEXEC | O_WRONLY | O_NOFOLLOW, 0600);
  if (file < 0) fail("make console", "/dev/console");
  int tree = (int)syscall(SYS_open_tree, terminal, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | O_CLOEXEC);
  if (tree < 0 || syscall(SYS_move_mount, tree, "", file, "",
                          MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
    fail("make console", "/dev/console");
  close(tree);
  close(file);
}

// Makes the calling process's stdio a new terminal and returns the master end.
int terminal_open(const struct spec *s, bool new_container) {
  int master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);
  if (master < 0) fail("open terminal", "/dev/pts/ptmx");
  struct statfs fs;
  if (fstatfs(master, &fs) < 0 || fs.f_type != DEVPTS_SUPER_MAGIC) {
    errno = ENOTTY;
    fail("open terminal", "/dev/pts/ptmx");
  }
  int unlocked = 0;
  if (ioctl(master, TIOCSPTLCK, &unlocked) < 0) fail("unlock terminal", NULL);
  int terminal = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) fail("open terminal", NULL);
  struct record user;
  if (spec_find(s, TAG_USER, &user) && fchown(terminal, record_u32(&user, 0), (gid_t)-1) < 0)
    warn("give terminal to the user", NULL);
  if (new_container) show_as_console(terminal);
  if (ioctl(terminal, TIOCSCTTY, 0) < 0) fail("take terminal", NULL);
  for (int i = 0; i < 3; i++)
    if (dup2(terminal, i) < 0) fail("set up stdio", NULL);
  return master;
}

void terminal_resize(int fd, uint32_t rows, uint32_t columns) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  ioctl(fd, TIOCSWINSZ, &size);
}
