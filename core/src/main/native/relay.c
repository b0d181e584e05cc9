// Two connected sockets, each of which gets what the other sends.
#define _GNU_SOURCE
#include "helper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 64 << 10, CONNECT_PATIENCE = 10000 };

struct side {
  struct slot *slot;
  char *wait;  // for this socket, from the other
  size_t size;
  bool ended;  // it sends no more
  bool shut;   // the other's end was passed on to it
};

struct relay {
  struct side sides[2];  // client, server
  bool connecting;
  bool one_answer;    // a DNS server's: two bytes of length, and as much
  size_t answered;
  uint8_t length[2];
};

static void ready(struct slot *s, short events);

int relay_connect(const union address *to) {
  int fd = socket(to->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  if (connect(fd, &to->any, address_size(to)) == 0 || errno == EINPROGRESS) return fd;
  close(fd);
  return -1;
}

static void end(struct relay *r) {
  for (int i = 0; i < 2; i++) {
    free(r->sides[i].wait);
    r->sides[i].slot->data = NULL;
    slot_remove(r->sides[i].slot);
  }
  free(r);
}

// Where a connection broke or was never made, the other side is to see that, and not an end that it
// would take for that of a whole answer.
static void reset(struct relay *r) {
  struct linger now = {1, 0};
  for (int i = 0; i < 2; i++)
    setsockopt(r->sides[i].slot->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

// Waits for what can go on: reading stops while the other side does not take what there is.
static void want(struct relay *r) {
  for (int i = 0; i < 2; i++) {
    struct side *me = &r->sides[i], *other = &r->sides[1 - i];
    short events = 0;
    if (!me->ended && other->size == 0 && !r->connecting) events |= POLLIN;
    if (me->size > 0 || (r->connecting && i == 1)) events |= POLLOUT;
    me->slot->events = events;
  }
}

static bool keep(struct side *to, const char *data, size_t size) {
  to->wait = malloc(size);
  if (to->wait == NULL) return false;
  memcpy(to->wait, data, size);
  to->size = size;
  return true;
}

// False when the connection has broken.
static bool flush_side(struct side *to) {
  while (to->size > 0) {
    ssize_t n = send(to->slot->fd, to->wait, to->size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN;
    to->size -= (size_t)n;
    memmove(to->wait, to->wait + n, to->size);
  }
  free(to->wait);
  to->wait = NULL;
  return true;
}

static bool answer_is_whole(struct relay *r, const char *data, size_t size) {
  for (size_t i = 0; i < size && r->answered + i < 2; i++)
    r->length[r->answered + i] = (uint8_t)data[i];
  r->answered += size;
  return r->answered >= 2 && r->answered >= 2u + (size_t)(r->length[0] << 8 | r->length[1]);
}

// False when the connection is over.
static bool move(struct relay *r, int from) {
  static char buffer[ROOM];
  struct side *me = &r->sides[from], *other = &r->sides[1 - from];
  ssize_t n = recv(me->slot->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  if (n == 0) {
    me->ended = true;
    return true;
  }
  size_t done = 0;
  while (done < (size_t)n) {
    ssize_t sent = send(other->slot->fd, buffer + done, (size_t)n - done, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      if (errno != EAGAIN || !keep(other, buffer + done, (size_t)n - done)) return false;
      break;
    }
    done += (size_t)sent;
  }
  return !(r->one_answer && from == 1 && answer_is_whole(r, buffer, (size_t)n));
}

static void ready(struct slot *s, short events) {
  struct relay *r = s->data;
  int i = s == r->sides[1].slot;
  struct side *me = &r->sides[i], *other = &r->sides[1 - i];
  bool go_on = events != 0;
  if (go_on && r->connecting && i == 1) {
    int error = 0;
    socklen_t size = sizeof error;
    go_on = getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
    r->connecting = false;
    if (!r->one_answer) s->deadline = -1;
  }
  if (go_on && events & POLLOUT) go_on = flush_side(me);
  if (go_on && events & (POLLIN | POLLHUP | POLLERR) && !me->ended && other->size == 0)
    go_on = move(r, i);
  for (int k = 0; go_on && k < 2; k++) {
    struct side *from = &r->sides[k], *to = &r->sides[1 - k];
    if (!from->ended || to->size > 0 || to->shut) continue;
    shutdown(to->slot->fd, SHUT_WR);
    to->shut = true;
  }
  if (!go_on && !r->one_answer) reset(r);
  if (!go_on || (me->ended && other->ended && me->size == 0 && other->size == 0))
    end(r);
  else
    want(r);
}

// Takes over both sockets; the second may still be connecting.
void relay_start(int a, int b, const char *first, size_t size, bool one_answer) {
  struct relay *r = calloc(1, sizeof *r);
  struct slot *client = r == NULL ? NULL : slot_add(a, 0, ready, r);
  struct slot *server = client == NULL ? NULL : slot_add(b, POLLOUT, ready, r);
  if (server == NULL || (size > 0 && !keep(&r->sides[1], first, size))) {
    if (client != NULL) {
      client->data = NULL;
      slot_remove(client);
    } else {
      close(a);
    }
    if (server != NULL) {
      server->data = NULL;
      slot_remove(server);
    } else {
      close(b);
    }
    free(r);
    return;
  }
  r->connecting = true;
  r->one_answer = one_answer;
  r->sides[0].slot = client;
  r->sides[1].slot = server;
  server->deadline = clock_ms() + CONNECT_PATIENCE;
}
