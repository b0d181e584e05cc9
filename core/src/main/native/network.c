// What the monitor does for a container's networks: it holds the ports of the host that lead to it,
// and takes back at the end what the engine set up: names, addresses, rules. The engine writes what
// that is to net/files and net/rules, and changes them while the container runs.
#define _GNU_SOURCE
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HELPER_LIFE = 1000 };

// The sockets come after the spec, each with one byte.
void network_receive(struct monitor *m, int engine) {
  struct record r;
  if (!spec_find(&m->spec, TAG_NETWORK, &r)) return;
  struct network *n = &m->network;
  n->flags = record_u32(&r, 0);
  uint32_t count = record_u32(&r, 4);
  n->sockets = calloc(count + 1, sizeof *n->sockets);
  if (n->sockets == NULL) fail("allocate", NULL);
  for (uint32_t i = 0; i < count; i++) {
    char byte;
    int fd = receive_descriptor(engine, &byte);
    if (fd < 0) fail("receive port", NULL);
    if (!(n->flags & NETWORK_WITHIN) || i >= 3)
      n->sockets[n->count++] = fd;
    else if (i == 0)
      n->namespace = fd;
    else if (i == 1)
      n->bridges = fd;
    // The third is just held: uplink.c sees when nobody does any more.
  }
}

// Starts a helper and waits until it listens: the container's first question must not come too
// early.
static void start_helper(struct monitor *m, struct helper *h, int report) {
  int told[2];
  if (pipe2(told, O_CLOEXEC) < 0) fail("make pipe", NULL);
  h->pid = fork();
  if (h->pid < 0) fail("fork", NULL);
  if (h->pid == 0)
    helper_run(&m->network, h->duties, spec_string(&m->spec, TAG_ID), report, told[1], m->self);
  close(told[1]);
  char byte;
  bool listens = read_full(told[0], &byte, 1);
  close(told[0]);
  h->started = now_ms();
  if (!listens && report >= 0) _exit(125);  // it has said why
}

// Starts the helpers, where there is something for them to do.
void network_start(struct monitor *m, int report) {
  struct network *n = &m->network;
  if (n->namespace < 0) return;
  int names = n->flags & NETWORK_RESOLVER ? HELPER_NAMES : 0;
  int ports = n->count > 0 ? HELPER_PORTS : 0;
  bool apart = n->bridges >= 0;
  n->helpers[0].duties = apart ? names : names | ports;
  n->helpers[1].duties = apart ? ports : 0;
  for (int i = 0; i < HELPERS; i++)
    if (n->helpers[i].duties != 0 && n->helpers[i].pid == 0) start_helper(m, &n->helpers[i], report);
}

static void stop_helper(struct helper *h) {
  if (h->pid <= 0) return;
  kill(h->pid, SIGKILL);
  waitpid(h->pid, NULL, 0);
  h->pid = 0;
}

// The engine has connected the container to a network, or taken it out of one.
void network_changed(struct monitor *m, uint32_t flags) {
  struct network *n = &m->network;
  // Once there is a resolver it stays: a container may have read its address.
  if ((flags & NETWORK_RESOLVER) == 0 || n->flags & NETWORK_RESOLVER) return;
  n->flags = flags | (n->flags & NETWORK_WITHIN);
  stop_helper(&n->helpers[0]);
  network_start(m, -1);
}

// It does not end by itself; when it does, there is another after a moment.
bool network_helper_ended(struct monitor *m, pid_t pid) {
  for (int i = 0; i < HELPERS; i++) {
    struct helper *h = &m->network.helpers[i];
    if (h->pid != pid) continue;
    h->pid = 0;
    if (now_ms() - h->started > HELPER_LIFE) network_start(m, -1);
    return true;
  }
  return false;
}

static void remove_files(void) {
  FILE *list = fopen("net/files", "re");
  if (list == NULL) return;
  char *line = NULL;
  size_t room = 0;
  for (ssize_t n; (n = getline(&line, &room, list)) > 0;) {
    if (line[n - 1] == '\n') line[n - 1] = 0;
    if (line[0] == '/') remove(line);  // a directory of names goes with its last one
  }
  free(line);
  fclose(list);
}

// One batch for nf_tables, which the kernel carries out as a whole.
static void remove_rules(void) {
  int fd = open("net/rules", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  off_t size = lseek(fd, 0, SEEK_END);
  char *batch = size > 0 ? malloc((size_t)size) : NULL;
  if (batch != NULL && pread(fd, batch, (size_t)size, 0) == size) {
    int kernel = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    if (kernel >= 0) {
      send(kernel, batch, (size_t)size, 0);
      close(kernel);
    }
  }
  free(batch);
  close(fd);
}

// Rules before addresses: nothing may lead to an address that another container gets.
void network_end(struct monitor *m) {
  for (int i = 0; i < HELPERS; i++) stop_helper(&m->network.helpers[i]);
  if (!spec_find(&m->spec, TAG_NETWORK, &(struct record){0})) return;
  remove_rules();
  remove_files();
}
