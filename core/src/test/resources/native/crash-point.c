// Kills a process right before the Nth change that it makes below a directory.
//
//   crash-point PID N DIRECTORY
//
// Attaches to all threads of PID, prints "ready", and then a line for each system call with which
// they change something below DIRECTORY: its name and the path. Before the Nth is made the process
// is killed with SIGKILL; N = 0 kills never. Ends with the process. What the process starts is not
// watched. Linux 5.3, x86_64 and aarch64.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum what { FILE_OF, PATH, AT, AT_SECOND, OPEN, OPENAT, OPENAT2, TARGET };

// Which argument tells what is changed: a descriptor, a path, or a directory's descriptor and a path.
static const struct change {
  long number;
  const char *name;
  enum what what;
  int argument;
} changes[] = {
#ifdef SYS_open
    {SYS_open, "open", OPEN, 0},
    {SYS_creat, "creat", PATH, 0},
    {SYS_rename, "rename", PATH, 1},
    {SYS_mkdir, "mkdir", PATH, 0},
    {SYS_rmdir, "rmdir", PATH, 0},
    {SYS_unlink, "unlink", PATH, 0},
    {SYS_link, "link", PATH, 1},
    {SYS_symlink, "symlink", PATH, 1},
    {SYS_mknod, "mknod", PATH, 0},
    {SYS_chmod, "chmod", PATH, 0},
    {SYS_chown, "chown", PATH, 0},
    {SYS_lchown, "lchown", PATH, 0},
#endif
#ifdef SYS_renameat
    {SYS_renameat, "rename", AT_SECOND, 2},
#endif
    {SYS_openat, "open", OPENAT, 0},
    {SYS_openat2, "open", OPENAT2, 0},
    {SYS_renameat2, "rename", AT_SECOND, 2},
    {SYS_mkdirat, "mkdir", AT, 0},
    {SYS_unlinkat, "unlink", AT, 0},
    {SYS_linkat, "link", AT_SECOND, 2},
    {SYS_symlinkat, "symlink", AT, 1},
    {SYS_mknodat, "mknod", AT, 0},
    {SYS_fchmodat, "chmod", AT, 0},
    {SYS_fchownat, "chown", AT, 0},
    {SYS_fchmod, "chmod", FILE_OF, 0},
    {SYS_fchown, "chown", FILE_OF, 0},
    {SYS_utimensat, "utimens", AT, 0},
    {SYS_truncate, "truncate", PATH, 0},
    {SYS_ftruncate, "truncate", FILE_OF, 0},
    {SYS_fallocate, "allocate", FILE_OF, 0},
    {SYS_write, "write", FILE_OF, 0},
    {SYS_writev, "write", FILE_OF, 0},
    {SYS_pwrite64, "write", FILE_OF, 0},
    {SYS_pwritev, "write", FILE_OF, 0},
    {SYS_copy_file_range, "copy", FILE_OF, 2},
    {SYS_sendfile, "copy", FILE_OF, 0},
    {SYS_splice, "copy", FILE_OF, 2},
    {SYS_ioctl, "clone", FILE_OF, 0},
    {SYS_setxattr, "xattr", PATH, 0},
    {SYS_lsetxattr, "xattr", PATH, 0},
    {SYS_fsetxattr, "xattr", FILE_OF, 0},
    {SYS_removexattr, "xattr", PATH, 0},
    {SYS_mount, "mount", PATH, 1},
    {SYS_umount2, "umount", PATH, 0},
    {SYS_move_mount, "mount", AT_SECOND, 2},
    {SYS_fsync, "sync", FILE_OF, 0},
    {SYS_fdatasync, "sync", FILE_OF, 0},
};

static pid_t process;
static const char *directory;

static void fail(const char *what) {
  fprintf(stderr, "crash-point: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void read_text(pid_t thread, unsigned long address, char *text, size_t size) {
  // To the end of the page first: the next one may not be there.
  size_t length = 0;
  while (length + 1 < size) {
    size_t step = 4096 - (address + length) % 4096;
    if (step > size - 1 - length) step = size - 1 - length;
    struct iovec to = {text + length, step}, from = {(void *)(address + length), step};
    if (process_vm_readv(thread, &to, 1, &from, 1, 0) != (ssize_t)step) break;
    if (memchr(text + length, 0, step)) return;
    length += step;
  }
  text[length] = 0;
}

static void read_link(const char *kind, long number, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, number == AT_FDCWD ? "/proc/%d/cwd" : "/proc/%d/%s/%ld", process, kind, number);
  ssize_t length = readlink(link, path, size - 1);
  path[length < 0 ? 0 : length] = 0;
}

static void path_at(pid_t thread, long at, unsigned long address, char *path, size_t size) {
  char name[4096];
  read_text(thread, address, name, sizeof name);
  if (name[0] == '/') {
    snprintf(path, size, "%s", name);
    return;
  }
  read_link("fd", (int)at, path, size);
  size_t length = strlen(path);
  if (name[0]) snprintf(path + length, size - length, "/%s", name);
}

// Whether the call changes something below the directory; then `path` says what.
static const char *change_of(pid_t thread, const struct __ptrace_syscall_info *info, char *path,
                             size_t size) {
  const __uint64_t *args = info->entry.args;
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    const struct change *c = &changes[i];
    if (c->number != (long)info->entry.nr) continue;
    unsigned long flags = O_CREAT;
    switch (c->what) {
      case FILE_OF:
        // FICLONE alone, of all that ioctl does.
        if (c->number == SYS_ioctl && args[1] != 0x40049409) return NULL;
        read_link("fd", (int)args[c->argument], path, size);
        break;
      case OPEN:
        flags = args[1];
        path_at(thread, AT_FDCWD, args[0], path, size);
        break;
      case OPENAT:
        flags = args[2];
        path_at(thread, (int)args[0], args[1], path, size);
        break;
      case OPENAT2: {
        __uint64_t how = 0;
        struct iovec to = {&how, sizeof how}, from = {(void *)args[2], sizeof how};
        process_vm_readv(thread, &to, 1, &from, 1, 0);
        flags = how;
        path_at(thread, (int)args[0], args[1], path, size);
        break;
      }
      case AT:
      case AT_SECOND:
        path_at(thread, (int)args[c->argument], args[c->argument + 1], path, size);
        break;
      default:
        path_at(thread, AT_FDCWD, args[c->argument], path, size);
    }
    if (!(flags & (O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY)))) return NULL;
    return strncmp(path, directory, strlen(directory)) == 0 ? c->name : NULL;
  }
  return NULL;
}

static void attach(void) {
  char tasks[64];
  snprintf(tasks, sizeof tasks, "/proc/%d/task", process);
  // Until a round finds no thread that is new: one may start another meanwhile.
  for (int found = 1; found;) {
    found = 0;
    DIR *all = opendir(tasks);
    if (!all) fail(tasks);
    for (struct dirent *entry; (entry = readdir(all));) {
      pid_t thread = atoi(entry->d_name);
      if (thread > 0 &&
          ptrace(PTRACE_SEIZE, thread, 0, PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD) == 0) {
        ptrace(PTRACE_INTERRUPT, thread, 0, 0);
        found = 1;
      }
    }
    closedir(all);
  }
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: crash-point PID N DIRECTORY\n");
    return 2;
  }
  process = atoi(argv[1]);
  long wanted = atol(argv[2]), count = 0;
  directory = argv[3];
  setvbuf(stdout, NULL, _IOLBF, 0);
  attach();
  puts("ready");
  for (;;) {
    int status;
    pid_t thread = waitpid(-1, &status, __WALL);
    if (thread < 0) {
      if (errno == EINTR) continue;
      return 0; // all have ended
    }
    if (!WIFSTOPPED(status)) continue;
    int signal = WSTOPSIG(status), event = status >> 16, pass = 0;
    if (signal == (SIGTRAP | 0x80)) {
      struct __ptrace_syscall_info info;
      char path[8192];
      if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) > 0 &&
          info.op == PTRACE_SYSCALL_INFO_ENTRY) {
        const char *name = change_of(thread, &info, path, sizeof path);
        if (name) {
          printf("%s %s\n", name, path);
          if (++count == wanted) kill(process, SIGKILL);
        }
      }
    } else if (event == 0) {
      pass = signal;
    } else if (event == PTRACE_EVENT_STOP && (signal == SIGSTOP || signal == SIGTSTP)) {
      ptrace(PTRACE_LISTEN, thread, 0, 0);
      continue;
    }
    ptrace(PTRACE_SYSCALL, thread, 0, pass);
  }
}
