// The helper's life: what it waits for, and what it gives up before it listens to anybody.
#define _GNU_SOURCE
#include "helper.h"

#include "monitor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS_MOST = 4096, RESOLVER_PORT = 65053, DNS_PORT = 53 };

static struct slot **slots;
static int count, room;

long long clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

socklen_t address_size(const union address *a) {
  return a->any.sa_family == AF_INET ? sizeof a->v4 : sizeof a->v6;
}

bool address_parse(const char *text, uint16_t port, union address *out) {
  memset(out, 0, sizeof *out);
  char bare[64];
  size_t length = strcspn(text, "%");
  if (length >= sizeof bare) return false;
  memcpy(bare, text, length);
  bare[length] = 0;
  if (inet_pton(AF_INET, bare, &out->v4.sin_addr) == 1) {
    out->v4.sin_family = AF_INET;
    out->v4.sin_port = htons(port);
    return true;
  }
  if (inet_pton(AF_INET6, bare, &out->v6.sin6_addr) != 1) return false;
  out->v6.sin6_family = AF_INET6;
  out->v6.sin6_port = htons(port);
  if (text[length] == '%') out->v6.sin6_scope_id = if_nametoindex(text + length + 1);
  return true;
}

struct slot *slot_add(int fd, short events, void (*ready)(struct slot *, short), void *data) {
  if (count == SLOTS_MOST) return NULL;
  if (count == room) {
    int more = room == 0 ? 32 : 2 * room;
    struct slot **grown = realloc(slots, (size_t)more * sizeof *slots);
    if (grown == NULL) return NULL;
    slots = grown;
    room = more;
  }
  struct slot *s = malloc(sizeof *s);
  if (s == NULL) return NULL;
  *s = (struct slot){fd, events, -1, ready, data};
  slots[count++] = s;
  return s;
}

void slot_remove(struct slot *s) {
  for (int i = 0; i < count; i++) {
    if (slots[i] != s) continue;
    slots[i] = slots[--count];
    close(s->fd);
    free(s->data);
    free(s);
    return;
  }
}

static bool is_there(const struct slot *s) {
  for (int i = 0; i < count; i++)
    if (slots[i] == s) return true;
  return false;
}

static int time_left(void) {
  long long left = -1, now = clock_ms();
  for (int i = 0; i < count; i++) {
    if (slots[i]->deadline < 0) continue;
    long long wait = slots[i]->deadline > now ? slots[i]->deadline - now : 0;
    if (left < 0 || wait < left) left = wait;
  }
  return (int)left;
}

static void turn(void) {
  static struct pollfd polls[SLOTS_MOST];
  static struct slot *who[SLOTS_MOST];
  int n = count;
  for (int i = 0; i < n; i++) {
    who[i] = slots[i];
    polls[i] = (struct pollfd){who[i]->fd, who[i]->events, 0};
  }
  if (poll(polls, (nfds_t)n, time_left()) < 0) return;
  long long now = clock_ms();
  for (int i = 0; i < n; i++) {
    // One that was dealt with before may have removed this.
    if (polls[i].revents != 0 && is_there(who[i])) {
      who[i]->ready(who[i], polls[i].revents);
    } else if (polls[i].revents == 0 && is_there(who[i]) && who[i]->deadline >= 0 &&
               who[i]->deadline <= now) {
      who[i]->ready(who[i], 0);
    }
  }
}

// ---- Giving up ----------------------------------------------------------------------------------

static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static void close_all_but(int *kept, size_t n) {
  qsort(kept, n, sizeof *kept, compare);
  unsigned from = 0;
  for (size_t i = 0; i < n; i++) {
    if (kept[i] < 0 || (unsigned)kept[i] < from) continue;
    if ((unsigned)kept[i] > from) syscall(SYS_close_range, from, (unsigned)kept[i] - 1, 0);
    from = (unsigned)kept[i] + 1;
  }
  syscall(SYS_close_range, from, ~0U, 0);
}

#define ALLOW(name) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif
#ifdef SYS_open
#define OPEN SYS_open
#else
#define OPEN ~0U  // there is openat alone
#endif

// Reading files, sockets, memory, time. Files are opened for nothing but reading.
static bool confine(void) {
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      ALLOW(read), ALLOW(write), ALLOW(readv), ALLOW(writev), ALLOW(close), ALLOW(lseek),
      ALLOW(recvfrom), ALLOW(recvmsg), ALLOW(sendto), ALLOW(sendmsg), ALLOW(ppoll),
      ALLOW(accept4), ALLOW(connect), ALLOW(shutdown), ALLOW(getsockopt),
      ALLOW(setsockopt), ALLOW(getsockname), ALLOW(fcntl), ALLOW(dup), ALLOW(ioctl),
      ALLOW(getdents64), ALLOW(fstat), ALLOW(newfstatat), ALLOW(statx), ALLOW(brk), ALLOW(mmap),
      ALLOW(munmap), ALLOW(mremap), ALLOW(madvise), ALLOW(clock_gettime), ALLOW(getrandom),
      ALLOW(exit_group), ALLOW(exit), ALLOW(rt_sigreturn), ALLOW(rt_sigprocmask),
#ifdef SYS_poll
      ALLOW(poll),
#endif
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 10, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 9, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OPEN, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JA, 4, 0, 0),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
      BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof program / sizeof *program, program};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// Without rights of its own it would be anybody's to trace who is the same user and sees it: a
// container with the host's processes.
static void give_up_rights(void) {
  prctl(PR_SET_DUMPABLE, 0);
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0}};
  for (int cap = 0; cap < 64; cap++) prctl(PR_CAPBSET_DROP, cap);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(SYS_capset, &head, none) < 0 ||
      !confine())
    fail("confine the network helper", NULL);
}

// ---- Start --------------------------------------------------------------------------------------

static int bound(int type, uint16_t port) {
  union address at;
  address_parse("127.0.0.11", port, &at);
  int fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int on = 1;
  if (type == SOCK_STREAM) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (fd < 0 || bind(fd, &at.any, sizeof at.v4) < 0 || (type == SOCK_STREAM && listen(fd, 64) < 0))
    fail("listen at 127.0.0.11", type == SOCK_STREAM ? "tcp" : "udp");
  return fd;
}

static void enter(int namespace) {
  if (setns(namespace, CLONE_NEWNET) < 0) fail("enter network", NULL);
}

// Sockets at which the container asks for names: UDP, TCP. This process stays in the host's
// namespace, where it asks others.
static void listen_inside(const struct network *n, int sockets[2]) {
  uint16_t port = n->flags & NETWORK_DIRECT ? DNS_PORT : RESOLVER_PORT;
  if (n->bridges < 0) {
    int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (own < 0) fail("enter network", NULL);
    enter(n->namespace);
    sockets[0] = bound(SOCK_DGRAM, port);
    sockets[1] = bound(SOCK_STREAM, port);
    enter(own);
    return;
  }
  // The root of a user namespace could not come back to the host's, so another goes.
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) fail("make socket", NULL);
  pid_t child = fork();
  if (child < 0) fail("fork", NULL);
  if (child == 0) {
    enter(n->namespace);
    bool sent = send_descriptor(pair[1], bound(SOCK_DGRAM, port)) &&
                send_descriptor(pair[1], bound(SOCK_STREAM, port));
    _exit(sent ? 0 : 125);
  }
  close(pair[1]);
  char byte;
  for (int i = 0; i < 2; i++)
    if ((sockets[i] = receive_descriptor(pair[0], &byte)) < 0) _exit(125);  // it has said why
  waitpid(child, NULL, 0);
}

// Does not return. The byte that it writes says that it listens.
void helper_run(const struct network *network, int duties, const char *id, int report, int told,
                int monitor) {
  report_to(report);
  die_with(monitor);
  prctl(PR_SET_NAME, "berth-net");
  set_title("berth-net", id);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGCHLD, SIG_DFL);
  signal(SIGPIPE, SIG_IGN);
  int listening[2] = {-1, -1};
  uint32_t count = duties & HELPER_PORTS ? network->count : 0;
  if (duties & HELPER_NAMES) listen_inside(network, listening);
  if (count > 0 && network->bridges >= 0) enter(network->bridges);
  int *kept = calloc(count + 4, sizeof *kept);
  if (kept == NULL) fail("allocate", NULL);
  for (uint32_t i = 0; i < count; i++) kept[i] = network->sockets[i];
  memcpy(kept + count, (int[]){listening[0], listening[1], told, report}, 4 * sizeof *kept);
  close_all_but(kept, count + 4);
  free(kept);
  for (uint32_t i = 0; i < count; i++) fcntl(network->sockets[i], F_SETFL, O_NONBLOCK);
  srand((unsigned)(clock_ms() ^ getpid()));
  give_up_rights();
  if (listening[0] >= 0) resolver_start(listening[0], listening[1]);
  proxy_start(network->sockets, count);
  close(report);
  report_to(-1);
  if (write(told, "", 1) != 1) _exit(125);
  close(told);
  while (true) turn();
}
