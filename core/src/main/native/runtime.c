// Containers that runc or crun sets up. The root is mounted in a mount namespace of the monitor's,
// `create` and `start` are run by a child that reports as init does, and init, left behind by the
// runtime, becomes the monitor's child (PR_SET_CHILD_SUBREAPER).
#define _GNU_SOURCE
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOG "log.json"
#define PID_FILE "bundle/pid"
#define CONSOLE "console.sock"
#define CGROUPS "/sys/fs/cgroup"
#define HYBRID CGROUPS "/unified"  // where systemd and others have v2 beside v1

bool runtime_wanted(const struct monitor *m) {
  struct record r;
  return spec_find(&m->spec, TAG_RUNTIME, &r);
}

void runtime_prepare(const struct monitor *m) {
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) fail("adopt processes", NULL);
  if (unshare(CLONE_NEWNS) < 0) fail("unshare", "mount namespace");
  mounts_isolate();
  sources_prepare(&m->spec);
  mounts_attach_root(&m->spec);
  const char *directory = spec_string(&m->spec, TAG_DIRECTORY);
  if (chdir(directory) < 0) fail("enter", directory);
}

// Whether the cgroups are the engine's own, and the runtime is to leave them alone. (runc cannot.)
static bool engine_has_cgroups(const struct monitor *m) {
  struct record r;
  spec_find(&m->spec, TAG_RUNTIME, &r);
  return strcmp(record_string(&r, 0, 3), "engine") == 0;
}

// crun refuses to run where there are trees of both versions, so it is shown the one of v2 alone. A
// user namespace may not mount that anew.
static void show_one_cgroup_tree(const struct monitor *m) {
  struct record r;
  if (!engine_has_cgroups(m)) return;
  bool both =
      spec_find(&m->spec, TAG_CGROUP_JOIN, &r) && spec_find(&m->spec, TAG_CGROUP_INTO, &r);
  bool bound = !both && access(HYBRID "/cgroup.controllers", F_OK) == 0;
  if (!both && !bound) return;
  if (unshare(CLONE_NEWNS) < 0) _exit(125);
  if ((bound ? mount(HYBRID, CGROUPS, NULL, MS_BIND | MS_REC, NULL)
             : mount("cgroup2", CGROUPS, "cgroup2", 0, NULL)) < 0)
    _exit(125);
}

static void join_cgroups(const struct monitor *m) {
  size_t cursor = 0;
  struct record r;
  while (engine_has_cgroups(m) && spec_next(&m->spec, &cursor, &r))
    if (r.tag == TAG_CGROUP_JOIN && !write_text(r.data, "0")) fail("join cgroup", r.data);
  // A runtime that makes groups of v1 knows nothing of a v2 tree beside them, through which the
  // engine freezes.
  const char *group = spec_string(&m->spec, TAG_CGROUP_INTO);
  if (group == NULL) return;
  char procs[4096];
  snprintf(procs, sizeof procs, "%s/cgroup.procs", group);
  if (!write_text(procs, "0") && errno != ENOENT) fail("join cgroup", procs);
}

// Runs the runtime with some arguments, in the bundle; its exit code, or -1.
static int run(const struct monitor *m, const char *const *args, int in, int out, int err) {
  struct record r;
  spec_find(&m->spec, TAG_RUNTIME, &r);
  const char *program = record_string(&r, 0, 0), *state = record_string(&r, 0, 1);
  const char *bundle = record_string(&r, 0, 2);
  const char *all[20] = {program, "--root", state, "--log", LOG, "--log-format", "json"};
  size_t n = 7;
  if (engine_has_cgroups(m)) all[n++] = "--cgroup-manager=disabled";
  while (*args != NULL && n < 19) all[n++] = *args++;
  pid_t pid = fork();
  if (pid < 0) return -1;
  if (pid == 0) {
    // Without USER, runc takes it from the user namespace that it is run for an ordinary user.
    static char *env[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    int fds[] = {in, out, err};
    for (int i = 0; i < 3; i++)
      if (dup2(fds[i], i) < 0) _exit(125);
    show_one_cgroup_tree(m);
    // Joined here, as the file that led to it is gone when the container is started again.
    if (m->network.namespace >= 0 && setns(m->network.namespace, CLONE_NEWNET) < 0) _exit(125);
    if (chdir(bundle) < 0) _exit(125);
    execve(program, (char **)all, env);
    _exit(127);
  }
  int status;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void runtime_delete(const struct monitor *m) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  const char *id = spec_string(&m->spec, TAG_ID);
  run(m, (const char *const[]){"delete", "--force", id, NULL}, null, null, null);
  close(null);
}

static int listen_for_console(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "bundle/" CONSOLE};
  unlink(address.sun_path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  mode_t before = umask(0077);
  bool up = fd >= 0 && bind(fd, (void *)&address, sizeof address) == 0 && listen(fd, 1) == 0;
  umask(before);
  if (!up) fail("make console socket", address.sun_path);
  return fd;
}

static void create_and_start(const struct monitor *m, int in, int out, int err) {
  const char *id = spec_string(&m->spec, TAG_ID);
  join_cgroups(m);
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  bool tty = m->flags & FLAG_TTY;
  const char *create[] = {"create", "--bundle", ".", "--pid-file", "pid", id, NULL, NULL, NULL};
  if (tty) memcpy(create + 5, (const char *[]){"--console-socket", CONSOLE, id}, 3 * sizeof *create);
  const char *stage = NULL;
  if (run(m, create, tty ? null : in, tty ? null : out, tty ? null : err) != 0)
    stage = "run create";
  else if (run(m, (const char *const[]){"start", id, NULL}, null, null, null) != 0)
    stage = "run start";
  if (stage == NULL) return;
  // First, so that all is gone when the engine hears of it.
  runtime_delete(m);
  errno = EINVAL;
  fail(stage, NULL);
}

void runtime_start(struct monitor *m) {
  int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, report[2];
  start_make_stdio(m, in, out, err);
  if (pipe2(report, O_CLOEXEC) < 0) fail("make pipe", NULL);
  m->console = m->flags & FLAG_TTY ? listen_for_console() : -1;
  m->pid = fork();
  if (m->pid < 0) fail("fork", NULL);
  if (m->pid == 0) {
    report_to(report[1]);
    create_and_start(m, in[0], out[1], err[1]);
    _exit(0);
  }
  int theirs[] = {in[0], out[1], err[1], report[1]};
  for (int i = 0; i < 4; i++)
    if (theirs[i] >= 0) close(theirs[i]);
  m->streams[0] = out[0];
  m->streams[1] = err[0];
  m->input.fd = in[1];
  m->report = report[0];
}

// It runs: which process is its init, and where is its terminal?
void runtime_take(struct monitor *m) {
  FILE *file = fopen(PID_FILE, "re");
  int pid = 0;
  if (file != NULL) {
    if (fscanf(file, "%d", &pid) != 1) pid = 0;
    fclose(file);
  }
  m->pid = pid;
  if (m->console < 0) return;
  int connection = accept4(m->console, NULL, NULL, SOCK_CLOEXEC);
  close(m->console);
  m->console = connection;
}
