// The first process of a container, from its birth in new namespaces to exec.
#define _GNU_SOURCE
#include "berth.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void take_stdio(struct stdio stdio) {
  int fds[] = {stdio.in, stdio.out, stdio.err};
  for (int i = 0; i < 3; i++)
    if (dup2(fds[i], i) < 0) fail("set up stdio", NULL);
}

static void join_cgroups(const struct spec *s) {
  size_t cursor = 0;
  struct record r;
  while (spec_next(s, &cursor, &r))
    if (r.tag == TAG_CGROUP_JOIN && !write_text(r.data, "0")) fail("join cgroup", r.data);
  // The cgroup namespace takes its root from where the process is now.
  if (spec_u32(s, TAG_CLONE_FLAGS, 0) & CLONE_NEWCGROUP && unshare(CLONE_NEWCGROUP) < 0)
    fail("unshare", "cgroup namespace");
}

static void loopback_up(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0) fail("bring up loopback", "lo");
  close(fd);
}

// The host's session keyring is not the container's: without seccomp it could be read.
static void leave_keyring(void) {
  if (syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, NULL) < 0 && errno != ENOSYS)
    warn("make session keyring", NULL);
}

static void set_names(const struct spec *s) {
  const char *host = spec_string(s, TAG_HOSTNAME), *domain = spec_string(s, TAG_DOMAINNAME);
  if (host != NULL && sethostname(host, strlen(host)) < 0) fail("set hostname", host);
  if (domain != NULL && setdomainname(domain, strlen(domain)) < 0) fail("set domainname", domain);
}

static void make_directories(const char *path) {
  char part[PATH_MAX];
  if (strlen(path) >= sizeof part) return;
  strcpy(part, path);
  for (char *at = part + 1;; at++) {
    if (*at != '/' && *at != 0) continue;
    bool last = *at == 0;
    *at = 0;
    mkdir(part, 0755);
    if (last) return;
    *at = '/';
  }
}

static void enter_directory(const char *cwd) {
  char now[PATH_MAX];
  if (chdir(cwd) < 0) fail("enter working directory", cwd);
  // A working directory outside of the root shows as "(unreachable)" (CVE-2024-21626).
  if (syscall(SYS_getcwd, now, sizeof now) < 0 || now[0] != '/') {
    if (now[0] != '/') errno = ENOENT;
    fail("check working directory", cwd);
  }
}

// execvp with the container's PATH. A name that is there but may not be run is told apart from one
// that is nowhere, as a shell does with 126 and 127.
static void execute(char **args, char **env) {
  if (strchr(args[0], '/') != NULL) {
    execve(args[0], args, env);
    fail("exec", args[0]);
  }
  const char *search = "";
  for (char **e = env; *e != NULL; e++)
    if (strncmp(*e, "PATH=", 5) == 0) search = *e + 5;
  int worst = ENOENT;
  char path[PATH_MAX];
  while (true) {
    size_t length = strcspn(search, ":");
    if (length > 0 && (size_t)snprintf(path, sizeof path, "%.*s/%s", (int)length, search, args[0]) <
                          sizeof path) {
      struct stat st;
      if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
        execve(path, args, env);
        if (errno != EACCES) fail("exec", path);  // found: this is the error to tell
        worst = EACCES;
      }
    }
    if (search[length] == 0) break;
    search += length + 1;
  }
  errno = worst;
  fail("exec", args[0]);
}

static void reset_signals(void) {
  for (int i = 1; i < NSIG; i++) signal(i, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

void init_run(const struct spec *s, struct stdio stdio, int report_fd) {
  report_to(report_fd);
  // No container without its monitor: nobody would keep its output or its exit code.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("set parent death signal", NULL);
  reset_signals();
  setsid();
  take_stdio(stdio);
  char **args = spec_strings(s, TAG_ARG), **env = spec_strings(s, TAG_ENV);
  if (args == NULL || env == NULL) fail("allocate", NULL);

  join_cgroups(s);
  mounts_isolate();
  mounts_open_sources(s);
  mounts_enter_root(s);
  leave_keyring();
  set_names(s);
  mounts_set_up(s);
  if (spec_u32(s, TAG_FLAGS, 0) & FLAG_LOOPBACK) loopback_up();
  const char *cwd = spec_string(s, TAG_CWD);
  if (cwd == NULL) cwd = "/";
  if (access(cwd, F_OK) < 0) make_directories(cwd);
  mounts_seal_root(s);
  security_limits(s);

  // Only stdio and the report pipe stay open, and that one closes at exec.
  if (dup3(report_fd, 3, O_CLOEXEC) < 0 && report_fd != 3) fail("close descriptors", NULL);
  report_to(3);
  if (syscall(SYS_close_range, 4, ~0U, 0) < 0) fail("close descriptors", NULL);
  security_drop(s);
  // The change of user clears the death signal.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("set parent death signal", NULL);
  enter_directory(cwd);
  execute(args, env);
  _exit(125);
}
