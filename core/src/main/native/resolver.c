// The container's name server: answers from its networks' names, and passes on all else to the
// resolvers in net/upstream. Those are asked from the host's namespace, so they may be on its
// loopback. The container asks over UDP or TCP.
#define _GNU_SOURCE
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { SERVERS = 3, PATIENCE = 2000, ROUNDS = 2, PENDING_MOST = 128, QUERY_MOST = 4096 };
enum { SERVER_FAILURE = 2, NAME_ERROR = 3, TCP_PATIENCE = 20000 };

static int udp_socket = -1;
static int pending;

// The resolvers that the container may ask; none when it is to reach nobody.
static int upstream(union address *servers) {
  FILE *file = fopen("net/upstream", "re");
  if (file == NULL) return 0;
  char line[256], text[128];
  int count = 0;
  while (count < SERVERS && fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, " nameserver %127s", text) == 1 && address_parse(text, 53, &servers[count]))
      count++;
  fclose(file);
  return count;
}

// ---- UDP ----------------------------------------------------------------------------------------

struct query {
  union address client;
  uint8_t id[2], sent_id[2];
  int attempt;
  size_t size;
  uint8_t data[];
};

static void reply(const union address *client, const uint8_t *data, size_t size) {
  sendto(udp_socket, data, size, MSG_DONTWAIT, &client->any, address_size(client));
}

static void give_up(struct query *q, int code) {
  uint8_t answer[DNS_UDP];
  memcpy(q->data, q->id, 2);
  size_t size = names_refuse(q->data, q->size, answer, sizeof answer, code);
  if (size > 0) reply(&q->client, answer, size);
}

static void upstream_ready(struct slot *s, short events);

// Asks the next resolver; each query has a socket of its own, so a port that is hard to guess.
static bool ask(struct query *q) {
  union address servers[SERVERS];
  int count = upstream(servers);
  for (; q->attempt < count * ROUNDS; q->attempt++) {
    const union address *to = &servers[q->attempt % count];
    int fd = socket(to->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) continue;
    if (getrandom(q->sent_id, 2, 0) != 2) memcpy(q->sent_id, q->id, 2);
    memcpy(q->data, q->sent_id, 2);
    struct slot *s = NULL;
    if (connect(fd, &to->any, address_size(to)) == 0 && send(fd, q->data, q->size, 0) >= 0)
      s = slot_add(fd, POLLIN, upstream_ready, q);
    if (s == NULL) {
      close(fd);
      continue;
    }
    s->deadline = clock_ms() + PATIENCE;
    q->attempt++;
    return true;
  }
  give_up(q, count == 0 ? NAME_ERROR : SERVER_FAILURE);
  return false;
}

static void drop(struct slot *s) {
  pending--;
  slot_remove(s);
}

static void upstream_ready(struct slot *s, short events) {
  struct query *q = s->data;
  static uint8_t answer[DNS_MOST];
  if (events != 0) {
    ssize_t n = recv(s->fd, answer, sizeof answer, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n >= DNS_HEADER && memcmp(answer, q->sent_id, 2) != 0) return;  // not for this query
    if (n >= DNS_HEADER) {
      memcpy(answer, q->id, 2);
      reply(&q->client, answer, (size_t)n);
      drop(s);
      return;
    }
  }
  // No answer, or nobody there: the next.
  s->data = NULL;
  slot_remove(s);
  if (ask(q)) return;
  pending--;
  free(q);
}

static void udp_ready(struct slot *s, short events) {
  static uint8_t data[QUERY_MOST], answer[DNS_UDP];
  (void)events;
  union address client;
  socklen_t length = sizeof client;
  ssize_t n = recvfrom(s->fd, data, sizeof data, MSG_DONTWAIT, &client.any, &length);
  if (n < DNS_HEADER || data[2] & 0x80) return;
  size_t size = names_answer(data, (size_t)n, answer, sizeof answer);
  if (size > 0) {
    reply(&client, answer, size);
    return;
  }
  struct query *q = pending < PENDING_MOST ? malloc(sizeof *q + (size_t)n) : NULL;
  if (q == NULL) {
    size = names_refuse(data, (size_t)n, answer, sizeof answer, SERVER_FAILURE);
    if (size > 0) reply(&client, answer, size);
    return;
  }
  *q = (struct query){.client = client, .size = (size_t)n};
  memcpy(q->data, data, (size_t)n);
  memcpy(q->id, data, 2);
  pending++;
  if (ask(q)) return;
  pending--;
  free(q);
}

// ---- TCP ----------------------------------------------------------------------------------------

struct conversation {
  size_t size;
  uint8_t data[2 + QUERY_MOST];
};

static void send_tcp(int fd, uint8_t *framed, size_t size) {
  framed[0] = (uint8_t)(size >> 8);
  framed[1] = (uint8_t)size;
  send(fd, framed, size + 2, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// One query is passed on with its connection, which ends with the answer: what the client asks then
// may be a name of ours again.
static bool pass_on(struct slot *s, struct conversation *c, size_t whole) {
  union address servers[SERVERS];
  int count = upstream(servers);
  for (int i = 0; i < count; i++) {
    int server = relay_connect(&servers[i]);
    if (server < 0) continue;
    int client = dup(s->fd);
    if (client < 0) {
      close(server);
      return false;
    }
    fcntl(client, F_SETFD, FD_CLOEXEC);
    relay_start(client, server, (const char *)c->data, whole, true);
    return true;
  }
  return false;
}

static void conversation_ready(struct slot *s, short events) {
  struct conversation *c = s->data;
  static uint8_t answer[2 + (16 << 10)];
  ssize_t n = events == 0 ? 0 : recv(s->fd, c->data + c->size, sizeof c->data - c->size, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    slot_remove(s);
    return;
  }
  c->size += (size_t)n;
  while (c->size >= 2) {
    size_t length = (size_t)(c->data[0] << 8 | c->data[1]), whole = length + 2;
    if (length < DNS_HEADER || whole > sizeof c->data) {
      slot_remove(s);
      return;
    }
    if (c->size < whole) return;
    size_t size = names_answer(c->data + 2, length, answer + 2, sizeof answer - 2);
    if (size == 0 && pass_on(s, c, whole)) {
      slot_remove(s);
      return;
    }
    if (size == 0) {
      union address servers[SERVERS];
      int code = upstream(servers) == 0 ? NAME_ERROR : SERVER_FAILURE;
      size = names_refuse(c->data + 2, length, answer + 2, sizeof answer - 2, code);
    }
    send_tcp(s->fd, answer, size);
    c->size -= whole;
    memmove(c->data, c->data + whole, c->size);
  }
}

static void tcp_ready(struct slot *s, short events) {
  (void)events;
  int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  struct conversation *c = malloc(sizeof *c);
  struct slot *conversation = c == NULL ? NULL : slot_add(fd, POLLIN, conversation_ready, c);
  if (conversation == NULL) {
    free(c);
    close(fd);
    return;
  }
  c->size = 0;
  conversation->deadline = clock_ms() + TCP_PATIENCE;
}

void resolver_start(int udp, int tcp) {
  udp_socket = udp;
  slot_add(udp, POLLIN, udp_ready, NULL);
  slot_add(tcp, POLLIN, tcp_ready, NULL);
}
