// The user namespace of an ordinary user's engines. All engines of one data directory share it, so
// that each can enter the containers of the others, and it lasts as long as one of its members: the
// spawners of engines, and the monitors of containers. Who they are is told by a lock that each
// holds on a file, since the kernel says which process holds it, and forgets those that are gone.
#define _GNU_SOURCE
#include "berth.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS_REC 16384
#define MS_SLAVE (1 << 19)
int mount(const char *, const char *, const char *, unsigned long, const void *);

// The two bytes of the lock file: held while the namespace is made or joined, and by its members.
enum { ENTRY = 0, MEMBERS = 1 };

static int lock_fd = -1;

static struct flock part(short type, int which) {
  return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = which, .l_len = 1};
}

static bool lock(short type, int which) {
  struct flock wanted = part(type, which);
  int result;
  do result = fcntl(lock_fd, F_SETLKW, &wanted);
  while (result < 0 && errno == EINTR);
  return result == 0;
}

// A lock is of one process: a monitor, forked from a member, takes its own.
bool userns_stay(void) { return lock_fd < 0 || lock(F_RDLCK, MEMBERS); }

static pid_t find_member(void) {
  struct flock found = part(F_WRLCK, MEMBERS);
  if (fcntl(lock_fd, F_GETLK, &found) < 0) fail("look for the user namespace", NULL);
  return found.l_type == F_UNLCK ? 0 : found.l_pid;
}

static bool join(pid_t member) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/user", member);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool joined = setns(fd, CLONE_NEWUSER) == 0;
  int saved = errno;
  close(fd);
  errno = saved;
  return joined;
}

// Runs newuidmap or newgidmap, which may give the ids that are the user's by /etc/subuid and
// /etc/subgid: PROGRAM PID INSIDE OUTSIDE COUNT...
static pid_t start_mapper(const char *program, pid_t target, const char *map, int errors) {
  pid_t pid = fork();
  if (pid != 0) return pid;
  char number[16], *words = strdup(map), *args[64] = {(char *)program, number};
  snprintf(number, sizeof number, "%d", target);
  size_t count = 2;
  for (char *word = strtok(words, " "); word != NULL && count < 63; word = strtok(NULL, " "))
    args[count++] = word;
  dup2(errors, 2);
  execv(program, args);
  _exit(127);
}

// In a process that has stayed outside, since those programs look at the namespace from there.
static void map_from_outside(const struct userns *u, pid_t target, int ready, int errors) {
  char byte;
  if (read(ready, &byte, 1) != 1) _exit(1);
  pid_t uids = start_mapper(u->uid_program, target, u->uids, errors);
  pid_t gids = start_mapper(u->gid_program, target, u->gids, errors);
  int status = 0;
  bool mapped = waitpid(uids, &status, 0) == uids && status == 0;
  mapped &= waitpid(gids, &status, 0) == gids && status == 0;
  _exit(mapped ? 0 : 1);
}

// What those programs said is the reason to tell.
static void fail_mapping(int errors) {
  char text[512];
  ssize_t n = read(errors, text, sizeof text - 1);
  text[n > 0 ? n : 0] = 0;
  text[strcspn(text, "\n")] = 0;
  errno = EPERM;
  fail("map ids", text);
}

static void make_with_range(const struct userns *u) {
  int ready[2], errors[2];
  if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(errors, O_CLOEXEC | O_NONBLOCK) < 0)
    fail("make pipe", NULL);
  pid_t self = getpid(), mapper = fork();
  if (mapper < 0) fail("fork", NULL);
  if (mapper == 0) map_from_outside(u, self, ready[0], errors[1]);
  if (unshare(CLONE_NEWUSER) < 0) {
    int saved = errno;
    close(ready[1]);
    waitpid(mapper, NULL, 0);
    errno = saved;
    fail("make user namespace", NULL);
  }
  int status = 0;
  if (write(ready[1], "", 1) != 1 || waitpid(mapper, &status, 0) < 0 || status != 0)
    fail_mapping(errors[0]);
  for (int i = 0; i < 2; i++) {
    close(ready[i]);
    close(errors[i]);
  }
}

// One id needs no help. Groups may not be dropped then (user_namespaces(7)).
static void make_with_one(const struct userns *u) {
  if (unshare(CLONE_NEWUSER) < 0) fail("make user namespace", NULL);
  if (!write_text("/proc/self/setgroups", "deny")) fail("map ids", "setgroups");
  if (!write_text("/proc/self/uid_map", u->uids)) fail("map ids", u->uids);
  if (!write_text("/proc/self/gid_map", u->gids)) fail("map ids", u->gids);
}

// Enters the namespace that others are in, or a new one, as its root and with mounts of its own. The
// lock's descriptor is to stay open for good: closing it would let the lock go.
int userns_enter(const struct userns *u) {
  lock_fd = open(u->lock, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
  if (lock_fd < 0 || !lock(F_WRLCK, ENTRY)) fail("lock", u->lock);
  pid_t member;
  while ((member = find_member()) != 0 && !join(member))
    if (find_member() == member) fail("join user namespace", u->lock);
  if (member == 0) {
    if (*u->uid_program != 0)
      make_with_range(u);
    else
      make_with_one(u);
  }
  if (!userns_stay() || !lock(F_UNLCK, ENTRY)) fail("lock", u->lock);
  if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0) fail("become root", "user namespace");
  // With one id this is refused; the groups stay, and show as nobody's.
  setgroups(0, NULL);
  if (unshare(CLONE_NEWNS) < 0) fail("unshare", "mount namespace");
  if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) fail("isolate mounts", "/");
  return lock_fd;
}

// After an exec.
void userns_resume(int lock) {
  lock_fd = lock;
  fcntl(lock, F_SETFD, FD_CLOEXEC);
}

// The ids of the namespace, as /proc/PID/uid_map and gid_map have them: it may be older than what
// was asked for.
void userns_tell(int engine) {
  char text[8192];
  size_t size = 0;
  const char *files[] = {"/proc/self/uid_map", "/proc/self/gid_map"};
  for (int i = 0; i < 2; i++) {
    int fd = open(files[i], O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text + size, sizeof text / 2 - 1);
    if (n < 0) fail("read", files[i]);
    close(fd);
    size += (size_t)n;
    text[size++] = 0;
  }
  send_frame(engine, FRAME_MAPPED, text, (uint32_t)size);
}
