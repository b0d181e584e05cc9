// The agent of an ordinary user's engine: does single system calls for it as the root of the user
// namespace, where the engine itself, a JVM, cannot enter. It decides nothing: the call's number
// and arguments come from the engine, whose own user could do the same by entering the namespace.
// A thread of the engine has a connection, and so an agent, to itself while it asks.
#define _GNU_SOURCE
#include "berth.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_FDS = 3, MAX_ARGS = 6, MAX_DATA = 160 << 10, MAX_OUT = 80 << 10 };

enum kind {
  VALUE,      // a number
  FD,         // the index of a descriptor that came along, -1 for AT_FDCWD
  IN,         // the offset of bytes in the data
  OUT,        // a buffer for the answer
  FD_PATH,    // a path through a descriptor: its index, and in "more" the offset of the rest
};

enum { RESULT_IS_FD = 1 };

enum { RUN = -1 };  // not a system call: runs a program, strings in the data, to its end

// io.berth.linux.AgentCall writes it.
struct request {
  int64_t number;
  uint32_t flags, out_size;
  int32_t directory;  // index of the descriptor to be in, -1 for the root
  uint32_t count;     // of words, for RUN
  struct argument {
    uint32_t kind, more;
    int64_t value;
  } args[MAX_ARGS];
};

static struct {
  struct request head;
  char data[MAX_DATA];
} in;
static struct {
  int64_t result;
  char data[MAX_OUT];
} out;
static int fds[MAX_FDS];
static size_t fd_count, data_size;

static bool receive(int engine) {
  char control[CMSG_SPACE(sizeof fds)];
  struct iovec part = {&in, sizeof in};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t n;
  do n = recvmsg(engine, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n < (ssize_t)sizeof in.head || message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) return false;
  data_size = (size_t)n - sizeof in.head;
  fd_count = 0;
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head != NULL && head->cmsg_type == SCM_RIGHTS) {
    fd_count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(fds, CMSG_DATA(head), fd_count * sizeof(int));
  }
  return data_size < MAX_DATA && in.head.out_size <= MAX_OUT;
}

static int descriptor(int64_t index) {
  return index >= 0 && (uint64_t)index < fd_count ? fds[index] : AT_FDCWD;
}

static long call(void) {
  static char paths[MAX_ARGS][4200];
  long args[MAX_ARGS];
  for (int i = 0; i < MAX_ARGS; i++) {
    const struct argument *a = &in.head.args[i];
    args[i] = (long)a->value;
    if (a->kind == FD) args[i] = descriptor(a->value);
    if (a->kind == IN) args[i] = (long)(in.data + a->value);
    if (a->kind == OUT) args[i] = (long)out.data;
    if (a->kind == FD_PATH) {
      snprintf(paths[i], sizeof paths[i], "/proc/self/fd/%d%s", descriptor(a->value), in.data + a->more);
      args[i] = (long)paths[i];
    }
  }
  long result = syscall((long)in.head.number, args[0], args[1], args[2], args[3], args[4], args[5]);
  return result < 0 ? -errno : result;
}

// The exit code of a program; what it said on stderr is the answer's data.
static long run(void) {
  char *args[64] = {NULL};
  const char *at = in.data;
  for (uint32_t i = 0; i < in.head.count && i < 63; i++, at += strlen(at) + 1) args[i] = (char *)at;
  int errors[2];
  if (args[0] == NULL || pipe2(errors, O_CLOEXEC) < 0) return -EINVAL;
  signal(SIGCHLD, SIG_DFL);
  pid_t pid = fork();
  if (pid == 0) {
    dup2(errors[1], 2);
    execv(args[0], args);
    _exit(127);
  }
  close(errors[1]);
  int status = -1;
  if (pid < 0 || waitpid(pid, &status, 0) < 0) status = -1;
  // A program that goes on in the background may keep its stderr: what is there now is enough.
  fcntl(errors[0], F_SETFL, O_NONBLOCK);
  ssize_t n = read(errors[0], out.data, in.head.out_size);
  out.data[n > 0 ? n : 0] = 0;
  close(errors[0]);
  signal(SIGCHLD, SIG_IGN);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static bool answer(int engine, int fd) {
  char control[CMSG_SPACE(sizeof fd)] = "";
  size_t size = out.result >= 0 ? in.head.out_size : 0;
  struct iovec part = {&out, sizeof out.result + size};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(head), &fd, sizeof fd);
  }
  return sendmsg(engine, &message, MSG_NOSIGNAL) >= 0;
}

void agent_run(int engine) {
  prctl(PR_SET_NAME, "berth-agent");
  set_title("berth-agent", "");
  umask(0);
  while (receive(engine)) {
    in.data[data_size] = 0;
    int home = descriptor(in.head.directory);
    if ((home >= 0 ? fchdir(home) : chdir("/")) < 0)
      out.result = -errno;
    else
      out.result = in.head.number == RUN ? run() : call();
    bool opened = in.head.flags & RESULT_IS_FD && out.result >= 0;
    bool told = answer(engine, opened ? (int)out.result : -1);
    if (opened) close((int)out.result);
    for (size_t i = 0; i < fd_count; i++) close(fds[i]);
    if (!told) break;
  }
  _exit(0);
}
