// The helper of a monitor: a process that resolves names for the container and passes on the
// connections to its published ports that the kernel does not lead there by a rule. It reads what
// containers and strangers send, so it is not the monitor, and has given up all it does not need.
#ifndef BERTH_HELPER_H
#define BERTH_HELPER_H

#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

// Something that is waited for.
struct slot {
  int fd;
  short events;
  long long deadline;  // milliseconds of a clock that only runs; -1: none
  void (*ready)(struct slot *s, short events);  // events 0: the deadline has passed
  void *data;
};

// helper.c
struct slot *slot_add(int fd, short events, void (*ready)(struct slot *, short), void *data);
void slot_remove(struct slot *s);  // closes its descriptor and frees its data
long long clock_ms(void);
socklen_t address_size(const union address *a);
bool address_parse(const char *text, uint16_t port, union address *out);

// relay.c: two connected sockets, each of which gets what the other sends.
struct relay;
void relay_start(int a, int b, const char *first, size_t size, bool one_answer);
int relay_connect(const union address *to);

// resolver.c
void resolver_start(int udp, int tcp);

// names.c: an answer to a query, from the names of the container's networks; 0: ask others.
enum { DNS_HEADER = 12, DNS_UDP = 512, DNS_MOST = 65535 };
size_t names_answer(const uint8_t *query, size_t size, uint8_t *answer, size_t room);
size_t names_refuse(const uint8_t *query, size_t size, uint8_t *answer, size_t room, int code);

// proxy.c
void proxy_start(const int *sockets, uint32_t count);

#endif
