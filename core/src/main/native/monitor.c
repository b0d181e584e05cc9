// The process that stays with a container: starts its init, holds its stdio, writes its log,
// passes signals and input from the engines that connect, checks its health, starts it again, and
// keeps the exit code. It needs no JVM.
#define _GNU_SOURCE
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LEAST_DELAY = 100, MOST_DELAY = 60000, LONG_RUN = 10000 };

// ---- Start --------------------------------------------------------------------------------------

static void refuse(int engine, const char *stage) {
  report_to(engine);
  fail(stage, NULL);
}

static void read_spec(struct monitor *m, int engine) {
  struct frame head;
  if (!read_full(engine, &head, sizeof head)) _exit(125);
  errno = EPROTO;
  bool view = head.type == FRAME_VIEW;
  if ((head.type != FRAME_SPEC && !view) || head.length > MAX_SPEC) refuse(engine, "read spec");
  char *data = malloc(head.length + 1);
  if (data == NULL) refuse(engine, "read spec");
  if (!read_full(engine, data, head.length)) _exit(125);
  m->spec = (struct spec){data, head.length};
  errno = EPROTO;
  if (!(view ? spec_valid_view : spec_valid)(&m->spec)) refuse(engine, "read spec");
  report_to(engine);
  if (view) view_run(engine, &m->spec);
  m->flags = spec_u32(&m->spec, TAG_FLAGS, 0);
  struct record r;
  if (!spec_find(&m->spec, TAG_RESTART, &r)) return;
  m->policy = record_u32(&r, 0);
  m->max_restarts = record_u32(&r, 4);
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

static void watch_children(struct monitor *m) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  signal(SIGCHLD, SIG_DFL);
  m->signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  if (m->signals < 0) fail("make signalfd", NULL);
}

// ---- Life ---------------------------------------------------------------------------------------

// Passes on what a stream has now; true when there may be more.
static bool pump(struct monitor *m, int stream) {
  static char buffer[CHUNK];
  ssize_t n = read(m->streams[stream], buffer, sizeof buffer);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (n <= 0) {  // a terminal ends with EIO
    if (m->streams[stream] == m->terminal) {
      input_end(m);
      m->terminal = -1;
    }
    close(m->streams[stream]);
    m->streams[stream] = -1;
    return false;
  }
  if (m->logging) log_write(&m->log, stream, buffer, (size_t)n);
  clients_tell(m, stream == 0 ? FRAME_STDOUT : FRAME_STDERR, buffer, (uint32_t)n, true);
  return true;
}

static void reap(struct monitor *m) {
  struct signalfd_siginfo ignored;
  while (read(m->signals, &ignored, sizeof ignored) > 0) {
  }
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == m->pid) {
      m->status = status;
      m->exited = true;
    } else if (pid == m->health.probe) {
      health_ended(m, status);
    } else {
      network_helper_ended(m, pid);
    }
  }
}

static int time_left(const struct monitor *m, long long until) {
  long long deadlines[] = {until, m->exited ? -1 : m->stop_deadline, health_deadline(m)};
  long long left = -1, now = now_ms();
  for (int i = 0; i < 3; i++) {
    if (deadlines[i] < 0) continue;
    long long wait = deadlines[i] > now ? deadlines[i] - now : 0;
    if (left < 0 || wait < left) left = wait;
  }
  return left > 1 << 30 ? 1 << 30 : (int)left;
}

// Waits for something and deals with it; until a time, unless that is -1.
static void turn(struct monitor *m, long long until) {
  struct pollfd polls[MAX_CLIENTS + 6];
  struct client *who[MAX_CLIENTS + 6];
  bool blocked = clients_block_output(m);
  int n = 0;
  polls[n++] = (struct pollfd){m->signals, POLLIN, 0};
  polls[n++] = (struct pollfd){m->listener, POLLIN, 0};
  polls[n++] = (struct pollfd){m->input.size > 0 ? m->input.fd : -1, POLLOUT, 0};
  for (int i = 0; i < 2; i++)
    polls[n++] = (struct pollfd){blocked ? -1 : m->streams[i], POLLIN, 0};
  polls[n++] = (struct pollfd){m->health.output, POLLIN, 0};
  int first = n;
  for (int i = 0; i < MAX_CLIENTS; i++) {
    struct client *c = &m->clients[i];
    if (c->fd < 0) continue;
    // Input that the container does not take must not pile up here.
    short events = (short)(m->input.size < INPUT_LIMIT ? POLLIN : 0);
    who[n] = c;
    polls[n++] = (struct pollfd){c->fd, (short)(events | (c->out_size > 0 ? POLLOUT : 0)), 0};
  }
  if (poll(polls, (nfds_t)n, time_left(m, until)) < 0) return;
  for (int i = first; i < n; i++) {
    if (polls[i].revents & POLLOUT) client_flush(m, who[i]);
    if (who[i]->fd >= 0 && polls[i].revents & (POLLIN | POLLHUP | POLLERR)) client_read(m, who[i]);
  }
  if (polls[2].revents) input_feed(m);
  for (int i = 0; i < 2; i++)
    if (polls[3 + i].revents && m->streams[i] >= 0) pump(m, i);
  if (polls[5].revents & POLLIN) {
    health_read(m);
  } else if (polls[5].revents) {  // its end; the check itself ends now too
    close(m->health.output);
    m->health.output = -1;
  }
  if (polls[1].revents) {
    int fd = accept4(m->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0) client_add(m, fd);
  }
  if (polls[0].revents) reap(m);
  if (m->stop_deadline >= 0 && now_ms() >= m->stop_deadline && m->pid > 0 && !m->exited) {
    m->stop_deadline = -1;
    kill(m->pid, SIGKILL);
  }
  health_tick(m);
}

// Until init has ended and its output is through. All of a container's processes end with its
// init, so their output ends too; where they do not (a shared pid namespace) they are killed.
static void live(struct monitor *m) {
  struct record r;
  while (!m->exited) turn(m, -1);
  health_stop(m);
  if (!spec_find(&m->spec, TAG_EXEC, &r) &&
      !(spec_u32(&m->spec, TAG_CLONE_FLAGS, 0) & CLONE_NEWPID))
    state_kill_processes(m);
  while (true) {
    for (int i = 0; i < 2; i++)
      while (m->streams[i] >= 0 && !clients_block_output(m) && pump(m, i)) {
      }
    if (!clients_block_output(m)) break;
    turn(m, -1);
  }
  input_end(m);
  for (int i = 0; i < 2; i++) {
    if (m->streams[i] >= 0) close(m->streams[i]);
    m->streams[i] = -1;
  }
  m->terminal = -1;
  if (runtime_wanted(m)) runtime_delete(m);
}

// ---- End, and start again -----------------------------------------------------------------------

static int32_t exit_code(const struct monitor *m) {
  return WIFSIGNALED(m->status) ? 128 + WTERMSIG(m->status) : WEXITSTATUS(m->status);
}

static bool tell_end(struct monitor *m) {
  int32_t code = exit_code(m);
  bool oom = state_oom_kills(m) > m->oom_kills, exec = spec_string(&m->spec, TAG_EXEC) != NULL;
  bool again = !m->stopping && (m->policy == RESTART_ALWAYS || m->policy == RESTART_UNLESS_STOPPED ||
                                (m->policy == RESTART_ON_FAILURE && code != 0 &&
                                 (m->max_restarts == 0 || m->restarts < m->max_restarts)));
  if (m->logging) log_end(&m->log);
  if (again) {  // first, so that nobody takes the exit that is written next for the last one
    m->pid = 0;
    m->restarts++;
    state_write_identity(m, 0);
  }
  state_keep_exit(m, code, oom);
  char attributes[64];
  snprintf(attributes, sizeof attributes, ",\"exitCode\":\"%d\"", code);
  if (oom) state_event(m, "oom", "");
  state_event(m, exec ? "exec_die" : "die", attributes);
  int32_t payload[2] = {code, oom};
  clients_tell(m, again ? FRAME_RESTARTING : FRAME_EXITED, payload, sizeof payload, false);
  return again;
}

// False when it was told to stop meanwhile.
static bool start_again(struct monitor *m) {
  if (now_ms() - m->started >= LONG_RUN || m->delay == 0)
    m->delay = LEAST_DELAY;
  else
    m->delay = m->delay * 2 > MOST_DELAY ? MOST_DELAY : m->delay * 2;
  long long until = now_ms() + m->delay;
  while (!m->stopping && now_ms() < until) turn(m, until);
  if (m->stopping) {
    state_write_identity(m, -1);
    int32_t payload[2] = {exit_code(m), false};
    clients_tell(m, FRAME_EXITED, payload, sizeof payload, false);
    return false;
  }
  m->exited = false;
  state_forget_exit();
  report_to(-1);
  start_init(m);
  if (start_hear(m, -1)) {
    health_start(m);
    state_event(m, "start", "");
    live(m);
  } else {
    m->started = now_ms();
    m->exited = true;
  }
  return tell_end(m);
}

void monitor_run(int engine) {
  setsid();
  prctl(PR_SET_NAME, "berth-monitor");
  signal(SIGPIPE, SIG_IGN);
  static struct monitor m = {.streams = {-1, -1},
                             .terminal = -1,
                             .input = {.fd = -1},
                             .health = {.output = -1},
                             .network = {.namespace = -1, .bridges = -1},
                             .stop_deadline = -1};
  clients_init(&m);
  report_to(engine);
  m.self = (int)syscall(SYS_pidfd_open, getpid(), 0);
  if (m.self < 0) fail("hold own process", NULL);
  if (!userns_stay()) fail("stay in the user namespace", NULL);
  // So far it has been started ahead of time; the engine may never need it.
  read_spec(&m, engine);
  set_title("berth-monitor", spec_string(&m.spec, TAG_ID));

  const char *directory = spec_string(&m.spec, TAG_DIRECTORY);
  if (chdir(directory) < 0) fail("enter", directory);
  struct record r;
  m.transient = m.flags & FLAG_OWNED && spec_find(&m.spec, TAG_EXEC, &r);
  m.listener = -1;
  if (!m.transient) state_take_identity(&m);
  // Nothing else finds the processes of a container without cgroups and pid namespace of its own.
  if (!spec_find(&m.spec, TAG_EXEC, &r) && !spec_find(&m.spec, TAG_CGROUP_REMOVE, &r) &&
      !(spec_u32(&m.spec, TAG_CLONE_FLAGS, 0) & CLONE_NEWPID) &&
      prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
    fail("adopt processes", NULL);
  watch_children(&m);
  network_receive(&m, engine);
  start_prepare(&m);
  network_start(&m, engine);
  start_init(&m);
  // While init sets the container up, on another processor perhaps. A failure here kills it.
  state_actions(&m);
  state_reserve_exit(&m);
  if (spec_find(&m.spec, TAG_LOG, &r)) {
    if (!log_open(&m.log, &r)) fail("open log", "log.json");
    m.logging = true;
  }
  if (!m.transient) listen_for_engines(&m);
  if (!start_hear(&m, engine)) {
    state_remove_cgroups(&m);
    if (!m.transient) unlink("control.sock");
    state_leave(&m);
    _exit(125);
  }
  struct client *owner = client_add(&m, engine);
  owner->owner = true;
  owner->attached = m.flags & FLAG_ATTACH;
  health_start(&m);
  int32_t pid = m.pid;
  client_tell(&m, owner, FRAME_STARTED, &pid, sizeof pid);
  if (!spec_find(&m.spec, TAG_EXEC, &r)) state_event(&m, "start", "");
  live(&m);
  for (bool again = tell_end(&m); again;) again = start_again(&m);
  clients_drain(&m);
  // The engine goes on meanwhile; it waits for the end of this process before it says "removed".
  if (!m.transient) unlink("control.sock");
  network_end(&m);
  state_remove_cgroups(&m);
  state_leave(&m);
  _exit(0);
}
