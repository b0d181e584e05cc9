// What a monitor keeps on disk for engines that come later, and the container's cgroups. The
// working directory is the container's.
#define _GNU_SOURCE
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_SIZE = 64 };

long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void moment(void) { nanosleep(&(struct timespec){0, 1000000}, NULL); }

// The file "monitor" says who runs the container; the lock on it says whether they still do.
void state_take_identity(struct monitor *m) {
  m->identity = open("monitor", O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (m->identity < 0) fail("make monitor file", "monitor");
  // An engine that looks whether the lock is held has it for an instant.
  for (int tries = 0; flock(m->identity, LOCK_EX | LOCK_NB) < 0; tries++) {
    if (errno != EWOULDBLOCK || tries == 100) fail("lock monitor file", "monitor");
    moment();
  }
}

// Before the engine's socket closes: who hears the end of it is not to find the lock still held.
void state_leave(const struct monitor *m) {
  if (!m->transient) close(m->identity);
}

// Its process, init's (0: none, it waits to restart; -1: it was stopped while it did so), when that
// started, how many restarts. Padded to one length, so that a reader never sees the end of an older
// line.
void state_write_identity(const struct monitor *m, pid_t init) {
  if (m->transient) return;
  char text[96];
  int n = snprintf(text, sizeof text, "%-10d %-10d %-20lld %-10u\n", getpid(), init, m->started,
                   m->restarts);
  if (pwrite(m->identity, text, (size_t)n, 0) < 0) warn("write monitor file", "monitor");
}

// Takes the room for the exit file while there is some: the disk may be full when init ends.
void state_reserve_exit(const struct monitor *m) {
  if (m->transient) return;
  char text[EXIT_SIZE];
  memset(text, ' ', sizeof text);
  int fd = open("exit.tmp", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0) return;
  write_full(fd, text, sizeof text);
  close(fd);
}

// Written to another name and renamed: a reader sees the whole of it or nothing.
void state_keep_exit(const struct monitor *m, int32_t code, bool oom) {
  if (m->transient) return;
  char text[EXIT_SIZE + 1], line[EXIT_SIZE];
  snprintf(line, sizeof line, "%d %d %lld", code, oom, now_ms());
  snprintf(text, sizeof text, "%-*s\n", EXIT_SIZE - 1, line);
  int fd = open("exit.tmp", O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) return;
  bool whole = write_full(fd, text, EXIT_SIZE);
  close(fd);
  if (whole) rename("exit.tmp", "exit");
}

// Its room is kept for the next one.
void state_forget_exit(void) { rename("exit", "exit.tmp"); }

long state_oom_kills(const struct monitor *m) {
  const char *path = spec_string(&m->spec, TAG_OOM_EVENTS);
  if (path == NULL) return 0;
  char text[512] = "";
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  if (n > 0) text[n] = 0;
  const char *line = strstr(text, "oom_kill ");
  return line == NULL ? 0 : atol(line + strlen("oom_kill "));
}

static bool kill_members(const char *cgroup) {
  char path[4096], number[16];
  snprintf(path, sizeof path, "%s/cgroup.procs", cgroup);
  FILE *file = fopen(path, "re");
  if (file == NULL) return false;
  bool any = false;
  while (fgets(number, sizeof number, file) != NULL) {
    pid_t pid = atoi(number);
    if (pid > 0) any |= kill(pid, SIGKILL) == 0;
  }
  fclose(file);
  return any;
}

// Those that init has left are children of the monitor, which made itself their reaper.
static bool kill_children(void) {
  char path[64];
  int pid;
  bool any = false;
  snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
  FILE *file = fopen(path, "re");
  if (file == NULL) return false;
  while (fscanf(file, "%d", &pid) == 1) {
    kill(pid, SIGKILL);
    any = true;
  }
  fclose(file);
  while (waitpid(-1, NULL, WNOHANG) > 0) {
  }
  return any;
}

// Where the pid namespace is not the container's own, its processes do not end with its init.
void state_kill_processes(const struct monitor *m) {
  size_t cursor = 0;
  struct record r;
  if (!spec_find(&m->spec, TAG_CGROUP_REMOVE, &r))
    for (int tries = 0; kill_children() && tries < 1000; tries++) moment();
  while (spec_next(&m->spec, &cursor, &r)) {
    if (r.tag != TAG_CGROUP_REMOVE) continue;
    for (int tries = 0; kill_members(r.data) && tries < 1000; tries++) moment();
  }
}

void state_remove_cgroups(const struct monitor *m) {
  size_t cursor = 0;
  struct record r;
  while (spec_next(&m->spec, &cursor, &r)) {
    if (r.tag != TAG_CGROUP_REMOVE) continue;
    // A process that is being reaped elsewhere keeps its cgroup busy for a moment.
    for (int tries = 0; rmdir(r.data) < 0 && errno == EBUSY && tries < 100; tries++) moment();
  }
}

enum { JOURNAL_SIZE = 1 << 20, JOURNAL_FILES = 4 };  // as in EventJournal.java

// Writers share the lock; who finds the journal too long takes it alone and rotates.
static void append_to_journal(const char *journal, const char *line, size_t size) {
  char path[4096];
  struct stat st = {0};
  snprintf(path, sizeof path, "%s.lock", journal);
  int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return;
  flock(lock, LOCK_SH);
  int fd = open(journal, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (fd >= 0) {
    write_full(fd, line, size);  // one write: lines of several processes do not mix
    fstat(fd, &st);
    close(fd);
  }
  if (st.st_size > JOURNAL_SIZE && flock(lock, LOCK_EX) == 0 && stat(journal, &st) == 0 &&
      st.st_size > JOURNAL_SIZE)
    rotate_files(journal, JOURNAL_FILES);
  close(lock);
}

void state_event(const struct monitor *m, const char *action, const char *attributes) {
  struct record r;
  if (!spec_find(&m->spec, TAG_EVENTS, &r)) return;
  const char *actor = record_string(&r, 0, 1);
  size_t room = strlen(actor) + strlen(action) + strlen(attributes) + 160;
  char *line = malloc(room);
  if (line == NULL) return;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  int n = snprintf(line, room,
                   "{\"Type\":\"container\",\"Action\":\"%s\",\"Actor\":%s%s}},\"scope\":\"local\","
                   "\"time\":%lld,\"timeNano\":%lld%09ld}\n",
                   action, actor, attributes, (long long)now.tv_sec, (long long)now.tv_sec,
                   now.tv_nsec);
  append_to_journal(r.data, line, (size_t)n);
  free(line);
}

// What the engine has done, written here, beside the start that it waits for.
void state_actions(const struct monitor *m) {
  size_t cursor = 0;
  struct record r;
  while (spec_next(&m->spec, &cursor, &r))
    if (r.tag == TAG_ACTION) state_event(m, r.data, "");
}
