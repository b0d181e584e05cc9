// The uplink of an ordinary user's bridges. They are in a network namespace of their user namespace,
// as his may not be on the host; this process keeps it, and runs the program that connects it to
// the host (pasta or slirp4netns), so that both outlast the engine. It ends with the last that holds
// the fifo "alive" for writing: engines, and monitors of containers. What there is is in "uplink":
//
//   PID HOLDER INODE  this process, the one that is in the namespace, the namespace's number
//   TEXT              why it is not connected to the host; empty when it is
#define _GNU_SOURCE
#include "berth.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS_MOST = 4, LOOK = 5, PATIENCE = 10000, LONG_LIFE = 10000, LEAST_DELAY = 1000 };
enum { MOST_DELAY = 60000, NAME_ROOM = 64 };

struct uplink {
  int engine;  // that started this; -1 when it has gone
  int alive, signals, self;
  pid_t holder, program;  // 0: none
  unsigned long inode;    // of the namespace
  int errors;             // what the program says, -1: nothing
  char said[1024];
  size_t said_size;
  char **commands[COMMANDS_MOST];
  int count, chosen;
  bool connected;
  long long started, next, delay;  // milliseconds; next -1: no start to come
};

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

// ---- What the engine wants ----------------------------------------------------------------------

static const char *receive_wish(struct uplink *u) {
  struct frame head;
  if (!read_full(u->engine, &head, sizeof head)) _exit(125);
  errno = EPROTO;
  if (head.type != FRAME_KEEP || head.length == 0 || head.length > MAX_SPEC)
    fail("read what to connect", NULL);
  char *data = malloc(head.length);
  if (data == NULL) fail("allocate", NULL);
  if (!read_full(u->engine, data, head.length)) _exit(125);
  data[head.length - 1] = 0;
  char *at = data + strlen(data) + 1;
  while (at < data + head.length && u->count < COMMANDS_MOST) {
    char **words = calloc(NAME_ROOM, sizeof *words);
    if (words == NULL) fail("allocate", NULL);
    for (int i = 0; at < data + head.length && *at != 0; at += strlen(at) + 1)
      if (i < NAME_ROOM - 1) words[i++] = at;
    at++;
    u->commands[u->count++] = words;
  }
  return data;
}

// The file by which a program finds the namespace has to be of a process with no more rights than it
// has itself after giving up its own, as pasta does first of all.
static void hold(struct uplink *u, int namespace) {
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) < 0) fail("make pipe", NULL);
  u->holder = fork();
  if (u->holder < 0) fail("fork", NULL);
  if (u->holder == 0) {
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0}};
    die_with(u->self);
    if (setns(namespace, CLONE_NEWNET) < 0 || syscall(SYS_capset, &head, none) < 0 ||
        write(ready[1], "", 1) != 1)
      _exit(125);
    syscall(SYS_close_range, 0, ~0U, 0);
    while (true) pause();
  }
  close(ready[1]);
  char byte;
  if (!read_full(ready[0], &byte, 1)) fail("enter network", NULL);
  close(ready[0]);
  struct stat status;
  if (fstat(namespace, &status) < 0) fail("look at network", NULL);
  u->inode = (unsigned long)status.st_ino;
  close(namespace);
}

static void write_state(const struct uplink *u, const char *text) {
  FILE *file = fopen("uplink.new", "we");
  if (file == NULL) return;
  fprintf(file, "%d %d %lu\n%s\n", getpid(), u->holder, u->inode, text);
  if (fclose(file) == 0) rename("uplink.new", "uplink");
}

static void tell(struct uplink *u, const char *text) {
  write_state(u, text);
  if (u->engine >= 0) send_frame(u->engine, FRAME_UPLINK, text, (uint32_t)strlen(text) + 1);
}

// ---- The program --------------------------------------------------------------------------------

// Process 1 of a pid namespace, so that what the program forks ends with it, and all with the uplink.
static void run_program(const struct uplink *u, int errors) {
  die_with(u->self);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  char path[64], *args[NAME_ROOM];
  snprintf(path, sizeof path, "/proc/%d/ns/net", u->holder);
  size_t n = 0;
  for (char **word = u->commands[u->chosen]; *word != NULL; word++)
    args[n++] = strcmp(*word, "NAMESPACE") == 0 ? path : *word;
  args[n] = NULL;
  pid_t program = fork();
  if (program == 0) {
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    dup2(errors, 2);
    syscall(SYS_close_range, 3, ~0U, 0);
    signal(SIGPIPE, SIG_DFL);
    execv(args[0], args);
    _exit(127);
  }
  syscall(SYS_close_range, 0, ~0U, 0);
  int status = 0;
  pid_t ended;
  while (program > 0 && ((ended = wait(&status)) != program))
    if (ended < 0 && errno != EINTR) break;
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128);
}

static void start_program(struct uplink *u) {
  int errors[2];
  u->next = -1;
  if (pipe2(errors, O_CLOEXEC) < 0) return;
  struct clone_args how = {.flags = CLONE_NEWPID, .exit_signal = SIGCHLD};
  u->program = (pid_t)syscall(SYS_clone3, &how, sizeof how);
  if (u->program == 0) run_program(u, errors[1]);
  close(errors[1]);
  u->errors = errors[0];
  fcntl(errors[0], F_SETFL, O_NONBLOCK);
  u->said_size = 0;
  u->started = now();
  u->connected = false;
  if (u->program > 0) return;
  u->program = 0;
  u->next = now() + MOST_DELAY;
}

// The end of what it says is the reason why it ends.
static void listen_to_program(struct uplink *u) {
  char more[512];
  ssize_t n = read(u->errors, more, sizeof more);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    close(u->errors);
    u->errors = -1;
    return;
  }
  size_t most = sizeof u->said - 1, size = (size_t)n;
  size_t old = u->said_size + size > most ? most - size : u->said_size;
  memmove(u->said, u->said + u->said_size - old, old);
  memcpy(u->said + old, more, size);
  u->said_size = old + size;
}

// The last line, but for complaints that there is no syslog.
static const char *reason(struct uplink *u) {
  const char *last = "it ended at once";
  u->said[u->said_size] = 0;
  for (char *line = strtok(u->said, "\n"); line != NULL; line = strtok(NULL, "\n"))
    if (strncmp(line, "Failed to send", 14) != 0) last = line;
  return last;
}

static void program_ended(struct uplink *u) {
  while (u->errors >= 0) {  // nobody writes to it any more
    size_t before = u->said_size;
    listen_to_program(u);
    if (u->errors >= 0 && u->said_size == before) break;
  }
  if (u->errors >= 0) close(u->errors);
  u->errors = -1;
  u->program = 0;
  bool lived = u->connected && now() - u->started >= LONG_LIFE;
  if (lived || (u->connected && u->delay == 0)) {
    u->delay = lived ? 0 : LEAST_DELAY;
    start_program(u);
    return;
  }
  char text[NAME_ROOM + sizeof u->said], **command = u->commands[u->chosen];
  const char *name = strrchr(command[0], '/');
  snprintf(text, sizeof text, "%s: %s", name == NULL ? command[0] : name + 1, reason(u));
  if (++u->chosen < u->count) {
    start_program(u);
    return;
  }
  tell(u, text);
  u->chosen = 0;
  u->delay = u->delay * 2 < LEAST_DELAY ? LEAST_DELAY : u->delay * 2;
  if (u->delay > MOST_DELAY) u->delay = MOST_DELAY;
  u->next = now() + u->delay;
}

// Whether a file of routes has one that leads everywhere.
static bool leads_out(const struct uplink *u, const char *name, int column, const char *everywhere) {
  char path[64], line[512], words[10][40];
  snprintf(path, sizeof path, "/proc/%d/net/%s", u->holder, name);
  FILE *file = fopen(path, "re");
  bool found = false;
  while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
    int n = sscanf(line, "%39s %39s %39s %39s %39s %39s %39s %39s %39s %39s", words[0], words[1],
                   words[2], words[3], words[4], words[5], words[6], words[7], words[8], words[9]);
    int device = column == 1 ? 0 : 9;
    found = n > device && strcmp(words[column], everywhere) == 0 &&
            (column == 1 || strcmp(words[1], "00") == 0) && strcmp(words[device], "lo") != 0;
  }
  if (file != NULL) fclose(file);
  return found;
}

static void look(struct uplink *u) {
  if (leads_out(u, "route", 1, "00000000") ||
      leads_out(u, "ipv6_route", 0, "00000000000000000000000000000000")) {
    u->connected = true;
    tell(u, "");
  } else if (now() - u->started > PATIENCE) {
    kill(u->program, SIGKILL);
  }
}

// ---- Life ---------------------------------------------------------------------------------------

static bool is_wanted(const struct uplink *u) {
  char ignored[64];
  ssize_t n;
  while ((n = read(u->alive, ignored, sizeof ignored)) > 0) {
  }
  return n < 0;
}

// Under the lock, so that no engine counts on it meanwhile.
static void end_if_unwanted(const struct uplink *u) {
  if (is_wanted(u)) return;
  int lock = open("lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW);  // gone with its directory, perhaps
  while (lock >= 0 && flock(lock, LOCK_EX) < 0 && errno == EINTR) {
  }
  if (!is_wanted(u)) {
    unlink("uplink");
    _exit(0);
  }
  close(lock);
}

static void reap(struct uplink *u) {
  struct signalfd_siginfo ignored;
  while (read(u->signals, &ignored, sizeof ignored) > 0) {
  }
  for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;) {
    if (pid == u->program) program_ended(u);
    if (pid == u->holder) _exit(125);  // whoever needs the namespace starts another of this
  }
}

static int time_left(const struct uplink *u) {
  if (u->program > 0 && !u->connected) return LOOK;
  if (u->next < 0) return -1;
  long long left = u->next - now();
  return left > 0 ? (int)left : 0;
}

static void turn(struct uplink *u) {
  struct pollfd polls[] = {
      {u->signals, POLLIN, 0}, {u->alive, 0, 0}, {u->engine, POLLIN, 0}, {u->errors, POLLIN, 0}};
  if (poll(polls, 4, time_left(u)) < 0) return;
  if (polls[3].revents) listen_to_program(u);
  if (polls[0].revents) reap(u);
  if (u->program > 0 && !u->connected) look(u);
  if (u->next >= 0 && u->next <= now()) start_program(u);
  if (polls[2].revents) {
    // It has opened the fifo by now, or died.
    close(u->engine);
    u->engine = -1;
    end_if_unwanted(u);
  }
  if (polls[1].revents && u->engine < 0) end_if_unwanted(u);
}

void uplink_run(int engine) {
  static struct uplink u = {.errors = -1, .next = -1};
  u.engine = engine;
  report_to(engine);
  setsid();
  prctl(PR_SET_NAME, "berth-uplink");
  set_title("berth-uplink", "");
  signal(SIGPIPE, SIG_IGN);
  signal(SIGCHLD, SIG_DFL);
  const char *directory = receive_wish(&u);
  char byte;
  int namespace = receive_descriptor(engine, &byte);
  if (namespace < 0) fail("receive network", NULL);
  if (!userns_stay()) fail("stay in the user namespace", NULL);
  if (chdir(directory) < 0) fail("enter", directory);
  u.self = (int)syscall(SYS_pidfd_open, getpid(), 0);
  if (mkfifo("alive", 0600) < 0 && errno != EEXIST) fail("make", "alive");
  u.alive = open("alive", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
  if (u.self < 0 || u.alive < 0) fail("open", "alive");
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  u.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  if (u.signals < 0) fail("make signalfd", NULL);
  hold(&u, namespace);
  write_state(&u, "it is being connected");
  int32_t pid = getpid();
  send_frame(engine, FRAME_STARTED, &pid, sizeof pid);
  if (u.count > 0)
    start_program(&u);
  else
    tell(&u, "no program for that is installed");
  while (true) turn(&u);
}
