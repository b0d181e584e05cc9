// Starting a container's init, or a process in a container that runs.
#define _GNU_SOURCE
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// What is done once, however often init is started: the namespaces are held from now on, so that
// they last as long as the container.
void start_prepare(struct monitor *m) {
  // A runtime joins them by their names.
  bool runtime = runtime_wanted(m);
  if (runtime) runtime_prepare(m);
  size_t cursor = 0, held = 0, room = sizeof m->namespaces / sizeof *m->namespaces - 1;
  struct record r;
  while (spec_next(&m->spec, &cursor, &r)) {
    if (r.tag != TAG_JOIN) continue;
    const char *path = record_string(&r, 4, 0);
    // Without a path it came from the engine, whose files a user namespace does not reach.
    int fd = *path == 0 ? m->network.namespace : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || held == room) fail("join namespace", path);
    if (record_u32(&r, 0) == CLONE_NEWNET) m->network.namespace = fd;
    if (runtime) continue;
    // Of a pid namespace a process's children are members, not the process itself.
    if (record_u32(&r, 0) != CLONE_NEWPID)
      m->namespaces[held++] = fd;
    else if (setns(fd, CLONE_NEWPID) < 0)
      fail("join namespace", path);
  }
  m->namespaces[held] = -1;
}

// The init to run beside. Its number could be another process's by now, so the file that its
// monitor keeps is read once more when the process is held.
static int hold_container(const struct monitor *m, const struct record *r) {
  pid_t pid = (pid_t)record_u32(r, 0), monitor = 0, init = 0;
  int fd = (int)syscall(SYS_pidfd_open, pid, 0);
  if (fd < 0) fail("find container", NULL);
  FILE *file = fopen(m->transient ? "monitor" : "../monitor", "re");
  if (file != NULL) {
    if (fscanf(file, "%d %d", &monitor, &init) < 2) init = 0;
    fclose(file);
  }
  if (init != pid) {
    errno = ESRCH;
    fail("find container", NULL);
  }
  // The host's may not be entered by the root of a user namespace, but it is in there.
  if (setns(fd, CLONE_NEWPID) < 0 && (errno != EPERM || !same_namespace(pid, "pid")))
    fail("enter container", "pid");
  return fd;
}

void start_make_stdio(const struct monitor *m, int in[2], int out[2], int err[2]) {
  if (m->flags & FLAG_TTY) return;
  if (m->flags & FLAG_STDIN) {
    if (pipe2(in, O_CLOEXEC) < 0) fail("make pipe", NULL);
  } else if ((in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0) {
    fail("open", "/dev/null");
  }
  if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0) fail("make pipe", NULL);
}

static void shut(int fd) {
  if (fd >= 0) close(fd);
}

// Passes on init's frames until exec closes its end. The errno, where the command never ran.
static int hear_init(int report, int engine) {
  struct frame head;
  char payload[8192];
  int32_t error = 0;
  while (read_full(report, &head, sizeof head)) {
    if (head.length > sizeof payload || !read_full(report, payload, head.length)) break;
    if (engine >= 0) send_frame(engine, head.type, payload, head.length);
    if (head.type == FRAME_FAILED) memcpy(&error, payload, sizeof error);
  }
  close(report);
  return error;
}

void start_init(struct monitor *m) {
  if (runtime_wanted(m)) {
    runtime_start(m);
    return;
  }
  int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, console[2] = {-1, -1}, report[2];
  int join[2];
  start_make_stdio(m, in, out, err);
  if (pipe2(report, O_CLOEXEC) < 0 || pipe2(join, O_CLOEXEC) < 0) fail("make pipe", NULL);
  bool tty = m->flags & FLAG_TTY;
  if (tty && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, console) < 0)
    fail("make socket", NULL);

  if (!runtime_wanted(m)) sources_prepare(&m->spec);
  struct record r;
  int container = spec_find(&m->spec, TAG_EXEC, &r) ? hold_container(m, &r) : -1;
  // CLONE_NEWCGROUP waits until init is in its cgroup.
  struct clone_args args = {
      .flags = spec_u32(&m->spec, TAG_CLONE_FLAGS, 0) & ~(uint64_t)CLONE_NEWCGROUP,
      .exit_signal = SIGCHLD};
  const char *cgroup = spec_string(&m->spec, TAG_CGROUP_INTO);
  int cgroup_fd = -1;
  if (cgroup != NULL) {
    cgroup_fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cgroup_fd < 0) fail("open cgroup", cgroup);
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = (uint64_t)cgroup_fd;
  }
  struct launch launch = {.spec = &m->spec,
                          .args = TAG_ARG,
                          .container = container,
                          .namespaces = m->namespaces,
                          .in = in[0],
                          .out = out[1],
                          .err = err[1],
                          .report = report[1],
                          .console = console[1],
                          .parent = m->self,
                          .joined = join[0]};
  m->pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
  if (m->pid < 0) fail("clone", cgroup);
  if (m->pid == 0) {
    close(join[1]);  // or this process would wait for itself
    // A directory of the host: no link in the container may lead through it.
    shut(cgroup_fd);
    init_run(&launch);
  }
  struct joined joined = cgroups_join(&m->spec, m->pid);
  write_full(join[1], &joined, sizeof joined);
  close(join[0]);
  close(join[1]);
  shut(cgroup_fd);
  shut(container);
  shut(in[0]);
  shut(out[1]);
  shut(err[1]);
  shut(report[1]);
  shut(console[1]);
  m->streams[0] = out[0];
  m->streams[1] = err[0];
  m->input.fd = in[1];

  m->report = report[0];
  m->console = console[0];
}

// Waits until the command has been executed. With an engine of -1, when the restart policy starts
// it, nobody hears of a failure; it has then ended with the exit code that a shell would give.
bool start_hear(struct monitor *m, int engine) {
  int error = hear_init(m->report, engine);
  if (error == 0 && runtime_wanted(m)) runtime_take(m);
  if (m->console >= 0 && error == 0) {
    char byte;
    m->terminal = receive_descriptor(m->console, &byte);
    m->streams[0] = m->terminal;
    m->input.fd = m->terminal;
  }
  shut(m->console);
  if (error != 0) {
    waitpid(m->pid, NULL, 0);
    m->pid = 0;
    m->status = (error == ENOENT ? 127 : error == EACCES ? 126 : 125) << 8;
    input_end(m);
    for (int i = 0; i < 2; i++) {
      shut(m->streams[i]);
      m->streams[i] = -1;
    }
    return false;
  }
  int nonblocking[] = {m->input.fd, m->streams[0], m->streams[1]};
  for (int i = 0; i < 3; i++)
    if (nonblocking[i] >= 0) fcntl(nonblocking[i], F_SETFL, O_NONBLOCK);
  m->started = now_ms();
  m->oom_kills = state_oom_kills(m);
  state_write_identity(m, m->pid);
  return true;
}
