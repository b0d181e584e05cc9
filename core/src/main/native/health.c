// Health checks, as Docker defines them: a command is run in the container now and then, and after
// so many failures in a row the container is unhealthy. The result is in the file "health".
#define _GNU_SOURCE
#include "monitor.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEPT = 5, OUTPUT = 4096 };

static struct check {
  char start[32], end[32], output[OUTPUT];
  size_t size;
  int code;
} checks[KEPT];
static int count;  // of finished ones; the next is written behind them

static void write_result(const struct monitor *m) {
  static char text[KEPT * (6 * OUTPUT + 200) + 200];
  size_t n = (size_t)sprintf(text, "{\"Status\":\"%s\",\"FailingStreak\":%u,\"Log\":[",
                             m->health.status, m->health.streak);
  for (int i = 0; i < count; i++) {
    n += (size_t)sprintf(text + n, "%s{\"Start\":\"%s\",\"End\":\"%s\",\"ExitCode\":%d,\"Output\":\"",
                         i > 0 ? "," : "", checks[i].start, checks[i].end, checks[i].code);
    n += json_escape(text + n, checks[i].output, checks[i].size);
    n += (size_t)sprintf(text + n, "\"}");
  }
  n += (size_t)sprintf(text + n, "]}\n");
  int fd = open("health.tmp", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0) return;
  bool whole = write_full(fd, text, n);
  close(fd);
  if (whole) rename("health.tmp", "health");
}

static uint64_t pause_before_next(const struct health *h) {
  bool starting = h->status[0] == 's' && now_ms() - h->started < (long long)h->start_period;
  return starting ? h->start_interval : h->interval;
}

void health_start(struct monitor *m) {
  struct health *h = &m->health;
  struct record r;
  *h = (struct health){.output = -1, .next = -1, .status = "starting"};
  if (!spec_find(&m->spec, TAG_HEALTH, &r)) return;
  h->wanted = true;
  h->interval = record_u64(&r, 0);
  h->timeout = record_u64(&r, 8);
  h->start_period = record_u64(&r, 16);
  h->start_interval = record_u64(&r, 24);
  h->retries = record_u32(&r, 32);
  h->started = now_ms();
  h->next = h->started + (long long)pause_before_next(h);
  count = 0;
  write_result(m);
}

// The check is born in the container's pid namespace, so a process in between enters that first.
// It dies with the monitor, and the check with it.
static void run_check(struct monitor *m, int output) {
  die_with(m->self);
  int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
  int container = (int)syscall(SYS_pidfd_open, m->pid, 0);
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (self < 0 || container < 0 || null < 0 || setns(container, CLONE_NEWPID) < 0) _exit(125);
  pid_t pid = fork();
  if (pid == 0) {
    char procs[4096];
    const char *cgroup = spec_string(&m->spec, TAG_CGROUP_INTO);
    if (cgroup != NULL) {
      snprintf(procs, sizeof procs, "%s/cgroup.procs", cgroup);
      write_text(procs, "0");
    }
    struct launch launch = {.spec = &m->spec,
                            .args = TAG_HEALTH_ARG,
                            .container = container,
                            .in = null,
                            .out = output,
                            .err = output,
                            .report = null,
                            .console = -1,
                            .parent = self,
                            .joined = -1};
    init_run(&launch);
  }
  close(output);
  int status;
  if (pid < 0 || waitpid(pid, &status, 0) < 0) _exit(125);
  _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

static void begin_check(struct monitor *m) {
  struct health *h = &m->health;
  if (count == KEPT) memmove(checks, checks + 1, sizeof *checks * --count);
  checks[count] = (struct check){.code = -1};
  json_time(checks[count].start);
  int pipe_fds[2];
  h->next = -1;
  h->began = now_ms();
  if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) < 0) return;
  pid_t pid = fork();
  if (pid == 0) {
    fcntl(pipe_fds[1], F_SETFL, 0);
    run_check(m, pipe_fds[1]);
  }
  close(pipe_fds[1]);
  h->output = pipe_fds[0];
  h->probe = pid > 0 ? pid : 0;
}

void health_read(struct monitor *m) {
  struct health *h = &m->health;
  if (h->output < 0) return;
  struct check *now = &checks[count];
  char rest[OUTPUT];
  for (ssize_t n; (n = read(h->output, rest, sizeof rest)) > 0;) {
    size_t keep = OUTPUT - now->size;
    if ((size_t)n < keep) keep = (size_t)n;
    memcpy(now->output + now->size, rest, keep);
    now->size += keep;
  }
}

static void conclude(struct monitor *m, int code) {
  struct health *h = &m->health;
  health_read(m);
  if (h->output >= 0) close(h->output);
  h->output = -1;
  h->probe = 0;
  json_time(checks[count].end);
  checks[count++].code = code;
  const char *before = h->status;
  bool grace = before[0] == 's' && now_ms() - h->started < (long long)h->start_period;
  if (code == 0) {
    h->streak = 0;
    h->status = "healthy";
  } else if (!grace && ++h->streak >= h->retries) {
    h->status = "unhealthy";
  }
  write_result(m);
  if (h->status != before) {
    char action[64];
    snprintf(action, sizeof action, "health_status: %s", h->status);
    state_event(m, action, "");
  }
  h->next = now_ms() + (long long)pause_before_next(h);
}

void health_ended(struct monitor *m, int status) {
  conclude(m, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

long long health_deadline(const struct monitor *m) {
  const struct health *h = &m->health;
  if (!h->wanted || m->exited || m->paused) return -1;
  return h->probe > 0 ? h->began + (long long)h->timeout : h->next;
}

void health_tick(struct monitor *m) {
  struct health *h = &m->health;
  long long deadline = health_deadline(m);
  if (deadline < 0 || now_ms() < deadline) return;
  if (h->probe == 0) {
    begin_check(m);
    return;
  }
  kill(h->probe, SIGKILL);
  waitpid(h->probe, NULL, 0);
  char text[96];
  struct check *now = &checks[count];
  health_read(m);
  int n = snprintf(text, sizeof text, "Health check exceeded timeout (%llums)",
                   (unsigned long long)h->timeout);
  size_t keep = OUTPUT - now->size < (size_t)n ? OUTPUT - now->size : (size_t)n;
  memcpy(now->output + now->size, text, keep);
  now->size += keep;
  conclude(m, -1);
}

void health_stop(struct monitor *m) {
  struct health *h = &m->health;
  if (h->probe > 0) {
    kill(h->probe, SIGKILL);
    waitpid(h->probe, NULL, 0);
  }
  if (h->output >= 0) close(h->output);
  h->output = -1;
  h->probe = 0;
  h->wanted = false;
}
