// The first process of a container, from its birth in new namespaces to exec.
#define _GNU_SOURCE
#include "berth.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <poll.h>
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
#include <sys/wait.h>
#include <unistd.h>

static void take_stdio(int in, int out, int err) {
  int fds[] = {in, out, err};
  for (int i = 0; i < 3; i++)
    if (dup2(fds[i], i) < 0) fail("set up stdio", NULL);
}

struct joined cgroups_join(const struct spec *s, pid_t pid) {
  char number[16];
  snprintf(number, sizeof number, "%d", pid);
  size_t cursor = 0;
  struct record r;
  while (spec_next(s, &cursor, &r))
    if (r.tag == TAG_CGROUP_JOIN && !write_text(r.data, number))
      return (struct joined){errno, (uint32_t)(r.data - s->data)};
  return (struct joined){0, 0};
}

// The monitor moves this process while it sets up: a move waits for the kernel's locks.
static void await_cgroups(int from, const struct spec *s) {
  struct joined joined;
  if (from < 0)
    joined = cgroups_join(s, 0);
  else if (!read_full(from, &joined, sizeof joined))
    _exit(125);
  errno = joined.error;
  if (joined.error != 0) fail("join cgroup", s->data + joined.at);
}

static void loopback_up(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0) fail("bring up loopback", "lo");
  close(fd);
}

// The monitor has joined the pid namespace, so this process is born in it.
static void join_namespaces(const int *namespaces) {
  for (int i = 0; namespaces[i] >= 0; i++)
    if (setns(namespaces[i], 0) < 0) fail("join namespace", NULL);
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

// The spawner has none but these that are not as they should be.
static void reset_signals(void) {
  signal(SIGPIPE, SIG_DFL);
  signal(SIGCHLD, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

// Process 1 of a container whose command may not reap: passes signals on, and ends with its child.
static void stay_as_init(pid_t child) {
  sigset_t all;
  sigfillset(&all);
  while (true) {
    int number = sigwaitinfo(&all, NULL);
    if (number < 0) continue;
    if (number != SIGCHLD) {
      kill(child, number);
      continue;
    }
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
      if (pid == child) _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  }
}

// The child goes on to exec; it is the leader of its own session, where there is a terminal.
static void split_from_init(bool tty) {
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t child = fork();
  if (child < 0) fail("fork", NULL);
  if (child > 0) {
    prctl(PR_SET_NAME, "berth-init");
    // The report pipe closes with the child's exec, not with this.
    syscall(SYS_close_range, 3, ~0U, 0);
    stay_as_init(child);
  }
  setpgid(0, 0);
  if (tty) tcsetpgrp(0, getpid());  // from the background: SIGTTOU is blocked still
  sigprocmask(SIG_SETMASK, &before, NULL);
}

// Whether this process is in the same namespace as another.
bool same_namespace(pid_t pid, const char *name) {
  char own[64], other[64];
  struct stat here, there;
  snprintf(own, sizeof own, "/proc/self/ns/%s", name);
  snprintf(other, sizeof other, "/proc/%d/ns/%s", pid, name);
  return stat(own, &here) == 0 && stat(other, &there) == 0 && here.st_ino == there.st_ino;
}

// The same for containers that another runtime sets up: process 1 is this program.
void init_main(char **args) {
  report_to(-1);
  split_from_init(isatty(0));
  execvp(args[0], args);
  _exit(errno == ENOENT ? 127 : 126);
}

// Enters a container that is there. Its processes may look at this one from now on, so nothing of
// the host's must be open or readable through it (CVE-2016-9962).
static void enter_container(const struct launch *l) {
  static const struct {
    const char *name;
    int type;
  } all[] = {{"uts", CLONE_NEWUTS},
             {"ipc", CLONE_NEWIPC},
             {"net", CLONE_NEWNET},
             {"cgroup", CLONE_NEWCGROUP},
             {"mnt", CLONE_NEWNS}};
  const int every = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;
  if (setns(l->container, every) == 0) return;
  if (errno != EPERM) fail("enter container", NULL);
  // One that is the host's may not be entered by the root of a user namespace, but it is in there.
  struct record r;
  spec_find(l->spec, TAG_EXEC, &r);
  int types = 0;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (!same_namespace((pid_t)record_u32(&r, 0), all[i].name)) types |= all[i].type;
  if (types != 0 && setns(l->container, types) < 0) fail("enter container", NULL);
}

static void set_up_container(const struct launch *l) {
  const struct spec *s = l->spec;
  sources_open_shared(s);
  mounts_isolate();
  sources_open(s);
  join_namespaces(l->namespaces);
  await_cgroups(l->joined, s);
  // The cgroup namespace takes its root from where the process is now.
  if (spec_u32(s, TAG_CLONE_FLAGS, 0) & CLONE_NEWCGROUP && unshare(CLONE_NEWCGROUP) < 0)
    fail("unshare", "cgroup namespace");
  sources_make_kernel(s);
  mounts_enter_root(s);
  set_names(s);
  if (spec_u32(s, TAG_FLAGS, 0) & FLAG_LOOPBACK) loopback_up();
  mounts_set_up(s);
}

// Asks to be killed at the parent's end. The kernel does that for ends to come alone, so it is looked
// whether it has ended already; its number tells nothing in another pid namespace.
void die_with(int parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("set parent death signal", NULL);
  if (poll(&(struct pollfd){parent, POLLIN, 0}, 1, 0) != 0) _exit(125);
}

// Only stdio stays open, and until exec what is behind these three.
enum { REPORT = 3, PARENT, JOINED };
static void close_others(int report, int parent, int joined) {
  report = fcntl(report, F_DUPFD_CLOEXEC, JOINED + 1);
  parent = fcntl(parent, F_DUPFD_CLOEXEC, JOINED + 1);
  joined = fcntl(joined, F_DUPFD_CLOEXEC, JOINED + 1);
  if (dup3(report, REPORT, O_CLOEXEC) < 0 || dup3(parent, PARENT, O_CLOEXEC) < 0 ||
      dup3(joined, JOINED, O_CLOEXEC) < 0 || syscall(SYS_close_range, JOINED + 1, ~0U, 0) < 0)
    fail("close descriptors", NULL);
  report_to(REPORT);
}

void init_run(const struct launch *l) {
  const struct spec *s = l->spec;
  bool new_container = l->container < 0;
  uint32_t flags = spec_u32(s, TAG_FLAGS, 0);
  bool tty = flags & FLAG_TTY && l->args == TAG_ARG;
  report_to(l->report);
  // No container without its monitor: nobody would keep its output or its exit code.
  die_with(l->parent);
  security_oom_score(s);
  prctl(PR_SET_DUMPABLE, 0);
  reset_signals();
  setsid();
  if (!tty) take_stdio(l->in, l->out, l->err);
  char **args = spec_strings(s, l->args), **env = spec_strings(s, TAG_ENV);
  if (args == NULL || env == NULL) fail("allocate", NULL);

  bool moved = !new_container && l->joined >= 0;
  if (!new_container && !moved) await_cgroups(-1, s);
  if (new_container)
    set_up_container(l);
  else
    enter_container(l);
  leave_keyring();
  if (tty) {
    int terminal = terminal_open(s, new_container);
    if (!send_descriptor(l->console, terminal)) fail("hand over terminal", NULL);
  }
  const char *cwd = spec_string(s, TAG_CWD);
  if (cwd == NULL) cwd = "/";
  if (access(cwd, F_OK) < 0) mounts_make_directory(cwd);
  if (new_container) mounts_seal_root(s);
  security_limits(s);

  close_others(l->report, l->parent, moved ? l->joined : l->parent);
  security_drop(s);
  if (moved) await_cgroups(JOINED, s);
  // The change of user clears the death signal.
  die_with(PARENT);
  enter_directory(cwd);
  if (flags & FLAG_INIT && new_container) split_from_init(tty);
  execute(args, env);
  _exit(125);
}
