// Connections to published ports that no rule of the kernel's leads to the container: to ::1, to an
// address of IPv6 where the container has none, and all where rules may not be written. Where they
// go is read from net/ports for each, as it changes with the container's networks.
#define _GNU_SOURCE
#include "helper.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FLOWS_MOST = 256, FLOW_IDLE = 90000 };

struct port {
  bool tcp;
  union address host;
};

static bool same_address(const union address *a, const union address *b) {
  if (a->any.sa_family != b->any.sa_family) return false;
  if (a->any.sa_family == AF_INET)
    return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
  return a->v6.sin6_port == b->v6.sin6_port &&
         memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) == 0;
}

// Where a port leads now.
static bool find_target(const struct port *port, union address *target) {
  FILE *file = fopen("net/ports", "re");
  if (file == NULL) return false;
  char line[256], protocol[8], host[64], to[64];
  unsigned host_port, port_there;
  bool found = false;
  while (!found && fgets(line, sizeof line, file) != NULL) {
    union address at;
    found = sscanf(line, "%7s %63s %u %63s %u", protocol, host, &host_port, to, &port_there) == 5 &&
            (strcmp(protocol, "tcp") == 0) == port->tcp &&
            address_parse(host, (uint16_t)host_port, &at) && same_address(&at, &port->host) &&
            address_parse(to, (uint16_t)port_there, target);
  }
  fclose(file);
  return found;
}

static void tcp_ready(struct slot *s, short events) {
  (void)events;
  int client = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  union address target;
  int server = find_target(s->data, &target) ? relay_connect(&target) : -1;
  if (server < 0) {
    // A reset rather than an end, so that the client sees that nobody is there.
    struct linger now = {1, 0};
    setsockopt(client, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(client);
    return;
  }
  relay_start(client, server, NULL, 0, false);
}

// ---- UDP: a client's datagrams, and the answers to it --------------------------------------------

struct flow {
  int port_socket;
  union address client;
};

static struct slot *flows[FLOWS_MOST];
static char datagram[65536];

static void flow_end(struct slot *s) {
  for (int i = 0; i < FLOWS_MOST; i++)
    if (flows[i] == s) flows[i] = NULL;
  slot_remove(s);
}

static void flow_ready(struct slot *s, short events) {
  struct flow *f = s->data;
  ssize_t n = events == 0 ? -1 : recv(s->fd, datagram, sizeof datagram, MSG_DONTWAIT);
  if (n < 0 && events != 0 && (errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED)) return;
  if (n < 0) {
    flow_end(s);
    return;
  }
  sendto(f->port_socket, datagram, (size_t)n, MSG_DONTWAIT, &f->client.any, address_size(&f->client));
  s->deadline = clock_ms() + FLOW_IDLE;
}

static struct slot *flow_of(struct slot *port, const union address *client) {
  int free_place = -1;
  for (int i = 0; i < FLOWS_MOST; i++) {
    struct flow *f = flows[i] == NULL ? NULL : flows[i]->data;
    if (f == NULL)
      free_place = i;
    else if (f->port_socket == port->fd && same_address(&f->client, client))
      return flows[i];
  }
  union address target;
  if (free_place < 0 || !find_target(port->data, &target)) return NULL;
  int fd = socket(target.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return NULL;
  struct flow *f = malloc(sizeof *f);
  struct slot *s = NULL;
  if (f != NULL && connect(fd, &target.any, address_size(&target)) == 0)
    s = slot_add(fd, POLLIN, flow_ready, f);
  if (s == NULL) {
    free(f);
    close(fd);
    return NULL;
  }
  *f = (struct flow){port->fd, *client};
  flows[free_place] = s;
  return s;
}

static void udp_ready(struct slot *s, short events) {
  (void)events;
  union address client;
  socklen_t length = sizeof client;
  ssize_t n = recvfrom(s->fd, datagram, sizeof datagram, MSG_DONTWAIT, &client.any, &length);
  if (n < 0) return;
  struct slot *flow = flow_of(s, &client);
  if (flow == NULL) return;
  flow->deadline = clock_ms() + FLOW_IDLE;
  send(flow->fd, datagram, (size_t)n, MSG_DONTWAIT);
}

void proxy_start(const int *sockets, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    int type, protocol;
    socklen_t size = sizeof type;
    struct port *port = malloc(sizeof *port);
    socklen_t length = sizeof port->host;
    if (port == NULL || getsockopt(sockets[i], SOL_SOCKET, SO_TYPE, &type, &size) < 0 ||
        getsockopt(sockets[i], SOL_SOCKET, SO_PROTOCOL, &protocol, &size) < 0 ||
        (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) ||  // what just reserves a port
        getsockname(sockets[i], &port->host.any, &length) < 0) {
      free(port);
      continue;
    }
    port->tcp = type == SOCK_STREAM;
    slot_add(sockets[i], POLLIN, port->tcp ? tcp_ready : udp_ready, port);
  }
}
