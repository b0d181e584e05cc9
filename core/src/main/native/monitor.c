// The process that stays with a container: starts its init, holds its stdio, writes its log,
// passes signals and input from the engines that connect, and keeps the exit code. It needs no JVM.
#define _GNU_SOURCE
#include "berth.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CLIENTS = 16, INPUT = 32 << 10 };

struct client {
  int fd;  // -1: free
  bool attached;
  bool owner;  // it started the container, and output waits for it; others must keep up
  char *in;    // a frame that has not arrived whole, at most INPUT bytes
  size_t in_size;
  char *out;  // what its socket would not take yet
  size_t out_size;
};

struct monitor {
  struct spec spec;
  uint32_t flags;
  pid_t pid;
  int streams[2];  // the read ends of stdout and stderr, -1 when ended
  int stdin_fd;
  char *stdin_wait;  // input that the container has not taken yet
  size_t stdin_size;
  bool stdin_ending;
  int listener, signals, identity;
  struct log log;
  bool logging;
  struct client clients[MAX_CLIENTS];
  bool exited;
  int status;
};

// ---- Clients ------------------------------------------------------------------------------------

static void drop_client(struct monitor *m, struct client *c) {
  close(c->fd);
  free(c->in);
  free(c->out);
  bool owner = c->owner;
  *c = (struct client){.fd = -1};
  if (owner && (m->flags & FLAG_OWNED) && !m->exited) kill(m->pid, SIGKILL);
}

static void flush_client(struct monitor *m, struct client *c) {
  while (c->out_size > 0) {
    ssize_t n = send(c->fd, c->out, c->out_size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      if (errno != EAGAIN) drop_client(m, c);
      return;
    }
    c->out_size -= (size_t)n;
    memmove(c->out, c->out + n, c->out_size);
  }
  free(c->out);
  c->out = NULL;
}

static void tell(struct monitor *m, struct client *c, uint32_t type, const void *payload,
                 uint32_t length) {
  struct frame head = {type, length};
  char *grown = realloc(c->out, c->out_size + sizeof head + length);
  if (grown == NULL) {
    drop_client(m, c);
    return;
  }
  c->out = grown;
  memcpy(c->out + c->out_size, &head, sizeof head);
  if (length > 0) memcpy(c->out + c->out_size + sizeof head, payload, length);
  bool waiting = c->out_size > 0;
  c->out_size += sizeof head + length;
  // One that is not the owner and leaves two chunks unread is cut off; the container goes on.
  if (waiting && !c->owner && c->out_size > 2 * CHUNK)
    drop_client(m, c);
  else
    flush_client(m, c);
}

static void tell_all(struct monitor *m, uint32_t type, const void *payload, uint32_t length,
                     bool only_attached) {
  for (int i = 0; i < MAX_CLIENTS; i++) {
    struct client *c = &m->clients[i];
    if (c->fd >= 0 && (c->attached || !only_attached)) tell(m, c, type, payload, length);
  }
}

static struct client *add_client(struct monitor *m, int fd) {
  for (int i = 0; i < MAX_CLIENTS; i++) {
    struct client *c = &m->clients[i];
    if (c->fd >= 0) continue;
    *c = (struct client){.fd = fd};
    return c;
  }
  close(fd);
  return NULL;
}

static bool output_blocked(const struct monitor *m) {
  for (int i = 0; i < MAX_CLIENTS; i++)
    if (m->clients[i].fd >= 0 && m->clients[i].owner && m->clients[i].out_size > 0) return true;
  return false;
}

// ---- Input --------------------------------------------------------------------------------------

static void end_stdin(struct monitor *m) {
  if (m->stdin_fd >= 0) close(m->stdin_fd);
  m->stdin_fd = -1;
  free(m->stdin_wait);
  m->stdin_wait = NULL;
  m->stdin_size = 0;
}

static void feed_stdin(struct monitor *m) {
  while (m->stdin_fd >= 0 && m->stdin_size > 0) {
    ssize_t n = write(m->stdin_fd, m->stdin_wait, m->stdin_size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      if (errno != EAGAIN) end_stdin(m);
      return;
    }
    m->stdin_size -= (size_t)n;
    memmove(m->stdin_wait, m->stdin_wait + n, m->stdin_size);
  }
  if (m->stdin_ending) end_stdin(m);
}

static void handle_frame(struct monitor *m, struct client *c, uint32_t type, const char *data,
                         uint32_t length) {
  int32_t number;
  switch (type) {
    case FRAME_STDIN: {
      if (m->stdin_fd < 0 || m->stdin_ending || length == 0) return;
      char *grown = realloc(m->stdin_wait, m->stdin_size + length);
      if (grown == NULL) return;
      memcpy(grown + m->stdin_size, data, length);
      m->stdin_wait = grown;
      m->stdin_size += length;
      feed_stdin(m);
      return;
    }
    case FRAME_STDIN_CLOSE:
      m->stdin_ending = true;
      feed_stdin(m);
      return;
    case FRAME_SIGNAL:
      if (length != sizeof number || m->exited) return;
      memcpy(&number, data, sizeof number);
      kill(m->pid, number);
      return;
    case FRAME_ATTACH:
      c->attached = true;
      return;
    default:
      drop_client(m, c);
  }
}

static void read_client(struct monitor *m, struct client *c) {
  if (c->in == NULL && (c->in = malloc(INPUT)) == NULL) {
    drop_client(m, c);
    return;
  }
  ssize_t n = recv(c->fd, c->in + c->in_size, INPUT - c->in_size, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    drop_client(m, c);
    return;
  }
  c->in_size += (size_t)n;
  struct frame head;
  while (c->in_size >= sizeof head) {
    memcpy(&head, c->in, sizeof head);
    if (head.length > INPUT - sizeof head) {
      drop_client(m, c);
      return;
    }
    size_t whole = sizeof head + head.length;
    if (c->in_size < whole) return;
    handle_frame(m, c, head.type, c->in + sizeof head, head.length);
    if (c->fd < 0) return;
    c->in_size -= whole;
    memmove(c->in, c->in + whole, c->in_size);
  }
}

// ---- Output -------------------------------------------------------------------------------------

// Passes on what a stream has now; true when there may be more.
static bool pump(struct monitor *m, int stream) {
  static char buffer[CHUNK];
  ssize_t n = read(m->streams[stream], buffer, sizeof buffer);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (n <= 0) {
    close(m->streams[stream]);
    m->streams[stream] = -1;
    return false;
  }
  if (m->logging) log_write(&m->log, stream, buffer, (size_t)n);
  tell_all(m, stream == 0 ? FRAME_STDOUT : FRAME_STDERR, buffer, (uint32_t)n, true);
  return true;
}

// ---- Start --------------------------------------------------------------------------------------

static void refuse(int engine, const char *stage) {
  report_to(engine);
  fail(stage, NULL);
}

static void read_spec(struct monitor *m, int engine) {
  struct frame head;
  if (!read_full(engine, &head, sizeof head)) _exit(125);
  errno = EPROTO;
  if (head.type != FRAME_SPEC || head.length > MAX_SPEC) refuse(engine, "read spec");
  char *data = malloc(head.length + 1);
  if (data == NULL) refuse(engine, "read spec");
  if (!read_full(engine, data, head.length)) _exit(125);
  m->spec = (struct spec){data, head.length};
  errno = EPROTO;
  if (!spec_valid(&m->spec)) refuse(engine, "read spec");
  m->flags = spec_u32(&m->spec, TAG_FLAGS, 0);
}

static void listen_for_engines(struct monitor *m) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "control.sock"};
  unlink(address.sun_path);
  m->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  mode_t before = umask(0077);
  bool up = m->listener >= 0 && bind(m->listener, (void *)&address, sizeof address) == 0 &&
            listen(m->listener, 16) == 0;
  umask(before);
  if (!up) fail("make control socket", address.sun_path);
}

// The file "monitor" says who runs the container; the lock on it says whether they still do.
static void take_identity(struct monitor *m) {
  m->identity = open("monitor", O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (m->identity < 0) fail("make monitor file", "monitor");
  // An engine that looks whether the lock is held has it for an instant.
  for (int tries = 0; flock(m->identity, LOCK_EX | LOCK_NB) < 0; tries++) {
    if (errno != EWOULDBLOCK || tries == 100) fail("lock monitor file", "monitor");
    nanosleep(&(struct timespec){0, 1000000}, NULL);
  }
}

static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void write_identity(const struct monitor *m) {
  char text[96];
  int n = snprintf(text, sizeof text, "%d %d %lld\n", getpid(), m->pid, now_ms());
  if (ftruncate(m->identity, 0) < 0 || pwrite(m->identity, text, (size_t)n, 0) < 0)
    warn("write monitor file", "monitor");
}

static void start_init(struct monitor *m, int report_fds[2]) {
  int in[2] = {-1, -1}, out[2], err[2];
  if (m->flags & FLAG_STDIN) {
    if (pipe2(in, O_CLOEXEC) < 0) fail("make pipe", NULL);
  } else if ((in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0) {
    fail("open", "/dev/null");
  }
  if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0 || pipe2(report_fds, O_CLOEXEC) < 0)
    fail("make pipe", NULL);

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
  m->pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
  if (m->pid < 0) fail("clone", cgroup);
  if (m->pid == 0) init_run(&m->spec, (struct stdio){in[0], out[1], err[1]}, report_fds[1]);
  if (cgroup_fd >= 0) close(cgroup_fd);
  close(in[0]);
  close(out[1]);
  close(err[1]);
  close(report_fds[1]);
  m->stdin_fd = in[1];
  m->streams[0] = out[0];
  m->streams[1] = err[0];
  int nonblocking[] = {in[1], out[0], err[0]};
  for (int i = 0; i < 3; i++)
    if (nonblocking[i] >= 0) fcntl(nonblocking[i], F_SETFL, O_NONBLOCK);
}

// Passes on init's frames until exec closes its end. False when the container never ran.
static bool hear_init(int report, int engine) {
  struct frame head;
  char payload[8192];
  bool started = true;
  while (read_full(report, &head, sizeof head)) {
    if (head.length > sizeof payload || !read_full(report, payload, head.length)) break;
    send_frame(engine, head.type, payload, head.length);
    if (head.type == FRAME_FAILED) started = false;
  }
  close(report);
  return started;
}

// ---- End ----------------------------------------------------------------------------------------

static void remove_cgroups(const struct monitor *m) {
  size_t cursor = 0;
  struct record r;
  while (spec_next(&m->spec, &cursor, &r)) {
    if (r.tag != TAG_CGROUP_REMOVE) continue;
    // A process that is being reaped elsewhere keeps its cgroup busy for a moment.
    for (int tries = 0; rmdir(r.data) < 0 && errno == EBUSY && tries < 100; tries++)
      nanosleep(&(struct timespec){0, 1000000}, NULL);
  }
}

static bool oom_killed(const struct monitor *m) {
  const char *path = spec_string(&m->spec, TAG_OOM_EVENTS);
  if (path == NULL) return false;
  char text[512] = "";
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  if (n > 0) text[n] = 0;
  const char *line = strstr(text, "oom_kill ");
  return line != NULL && atoi(line + strlen("oom_kill ")) > 0;
}

// Written to another name and renamed: a reader sees the whole of it or nothing.
static void keep_exit(int32_t code, bool oom) {
  char text[96];
  int n = snprintf(text, sizeof text, "%d %d %lld\n", code, oom, now_ms());
  int fd = open("exit.tmp", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0) return;
  bool whole = write_full(fd, text, (size_t)n);
  close(fd);
  if (whole) rename("exit.tmp", "exit");
}

static void finish(struct monitor *m) {
  int32_t code = WIFSIGNALED(m->status) ? 128 + WTERMSIG(m->status) : WEXITSTATUS(m->status);
  bool oom = oom_killed(m);
  if (m->logging) log_flush(&m->log);
  keep_exit(code, oom);
  int32_t payload[2] = {code, oom};
  for (int i = 0; i < MAX_CLIENTS; i++) {
    struct client *c = &m->clients[i];
    if (c->fd < 0) continue;
    tell(m, c, FRAME_EXITED, payload, sizeof payload);
    // The engine waits for this one: a socket that is full is waited for, a moment.
    for (int tries = 0; c->fd >= 0 && c->out_size > 0 && tries < 50; tries++) {
      poll(&(struct pollfd){c->fd, POLLOUT, 0}, 1, 100);
      flush_client(m, c);
    }
  }
  // The engine goes on meanwhile; it waits for the end of this process before it says "removed".
  unlink("control.sock");
  remove_cgroups(m);
}

// ---- Life ---------------------------------------------------------------------------------------

static void reap(struct monitor *m) {
  struct signalfd_siginfo ignored;
  while (read(m->signals, &ignored, sizeof ignored) > 0) {
  }
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid != m->pid) continue;
    m->status = status;
    m->exited = true;
  }
}

static void watch(struct monitor *m) {
  struct pollfd polls[MAX_CLIENTS + 5];
  struct client *who[MAX_CLIENTS + 5];
  while (true) {
    int n = 0;
    bool blocked = output_blocked(m);
    // All of a container's processes end with its init, so their output ends too. Where they do
    // not (a shared pid namespace), what is there now is the rest.
    if (m->exited && !blocked) {
      for (int i = 0; i < 2; i++)
        while (m->streams[i] >= 0 && !output_blocked(m) && pump(m, i)) {
        }
      if (!output_blocked(m)) return;
      continue;
    }
    polls[n++] = (struct pollfd){m->signals, POLLIN, 0};
    polls[n++] = (struct pollfd){m->listener, POLLIN, 0};
    polls[n++] = (struct pollfd){m->stdin_size > 0 ? m->stdin_fd : -1, POLLOUT, 0};
    for (int i = 0; i < 2; i++)
      polls[n++] = (struct pollfd){blocked ? -1 : m->streams[i], POLLIN, 0};
    for (int i = 0; i < MAX_CLIENTS; i++) {
      struct client *c = &m->clients[i];
      if (c->fd < 0) continue;
      // Input that the container does not take must not pile up here.
      short events = (short)(m->stdin_size < CHUNK ? POLLIN : 0);
      who[n] = c;
      polls[n++] = (struct pollfd){c->fd, (short)(events | (c->out_size > 0 ? POLLOUT : 0)), 0};
    }
    if (poll(polls, (nfds_t)n, -1) < 0) continue;
    for (int i = 5; i < n; i++) {
      if (polls[i].revents & POLLOUT) flush_client(m, who[i]);
      if (who[i]->fd >= 0 && polls[i].revents & (POLLIN | POLLHUP | POLLERR)) read_client(m, who[i]);
    }
    if (polls[2].revents) feed_stdin(m);
    for (int i = 0; i < 2; i++)
      if (polls[3 + i].revents) pump(m, i);
    if (polls[1].revents) {
      int fd = accept4(m->listener, NULL, NULL, SOCK_CLOEXEC);
      if (fd >= 0) add_client(m, fd);
    }
    if (polls[0].revents) reap(m);
  }
}

void monitor_run(int engine) {
  setsid();
  prctl(PR_SET_NAME, "berth-monitor");
  signal(SIGPIPE, SIG_IGN);
  static struct monitor m;
  for (int i = 0; i < MAX_CLIENTS; i++) m.clients[i].fd = -1;
  read_spec(&m, engine);
  report_to(engine);
  set_title("berth-monitor", spec_string(&m.spec, TAG_ID));

  const char *directory = spec_string(&m.spec, TAG_DIRECTORY);
  if (chdir(directory) < 0) fail("enter", directory);
  take_identity(&m);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  signal(SIGCHLD, SIG_DFL);
  m.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  if (m.signals < 0) fail("make signalfd", NULL);

  int report[2];
  start_init(&m, report);
  // While init sets the container up, on another processor perhaps. A failure here kills it.
  struct record r;
  if (spec_find(&m.spec, TAG_LOG, &r)) {
    if (!log_open(&m.log, &r)) fail("open log", "log.json");
    m.logging = true;
  }
  listen_for_engines(&m);
  if (!hear_init(report[0], engine)) {
    waitpid(m.pid, NULL, 0);
    remove_cgroups(&m);
    unlink("control.sock");
    _exit(125);
  }
  write_identity(&m);
  struct client *owner = add_client(&m, engine);
  owner->owner = true;
  owner->attached = m.flags & FLAG_ATTACH;
  int32_t pid = m.pid;
  tell(&m, owner, FRAME_STARTED, &pid, sizeof pid);
  watch(&m);
  finish(&m);
  _exit(0);
}
