// The engines that are connected to a monitor, and the container's standard input, which is theirs.
#define _GNU_SOURCE
#include "monitor.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FRAME_LIMIT = 32 << 10, BACKLOG = 1 << 20 };

void clients_init(struct monitor *m) {
  for (int i = 0; i < MAX_CLIENTS; i++) m->clients[i].fd = -1;
}

static void drop(struct monitor *m, struct client *c) {
  close(c->fd);
  free(c->in);
  free(c->out);
  bool owner = c->owner;
  *c = (struct client){.fd = -1};
  if (!owner || !(m->flags & FLAG_OWNED)) return;
  m->stopping = true;
  if (m->pid > 0 && !m->exited) kill(m->pid, SIGKILL);
}

void client_flush(struct monitor *m, struct client *c) {
  while (c->out_size > 0) {
    ssize_t n = send(c->fd, c->out, c->out_size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      if (errno != EAGAIN) drop(m, c);
      return;
    }
    c->out_size -= (size_t)n;
    memmove(c->out, c->out + n, c->out_size);
  }
  free(c->out);
  c->out = NULL;
}

void client_tell(struct monitor *m, struct client *c, uint32_t type, const void *payload,
                 uint32_t length) {
  struct frame head = {type, length};
  char *grown = realloc(c->out, c->out_size + sizeof head + length);
  if (grown == NULL) {
    drop(m, c);
    return;
  }
  c->out = grown;
  memcpy(c->out + c->out_size, &head, sizeof head);
  if (length > 0) memcpy(c->out + c->out_size + sizeof head, payload, length);
  c->out_size += sizeof head + length;
  client_flush(m, c);
  // One that is not the owner and does not read is cut off; the container goes on.
  if (c->fd >= 0 && !c->owner && c->out_size > BACKLOG) drop(m, c);
}

void clients_tell(struct monitor *m, uint32_t type, const void *payload, uint32_t length,
                  bool only_attached) {
  for (int i = 0; i < MAX_CLIENTS; i++) {
    struct client *c = &m->clients[i];
    if (c->fd >= 0 && (c->attached || !only_attached)) client_tell(m, c, type, payload, length);
  }
}

// At the end: a socket that is full is waited for, a moment.
void clients_drain(struct monitor *m) {
  for (int i = 0; i < MAX_CLIENTS; i++) {
    struct client *c = &m->clients[i];
    for (int tries = 0; c->fd >= 0 && c->out_size > 0 && tries < 50; tries++) {
      poll(&(struct pollfd){c->fd, POLLOUT, 0}, 1, 100);
      client_flush(m, c);
    }
  }
}

struct client *client_add(struct monitor *m, int fd) {
  for (int i = 0; i < MAX_CLIENTS; i++) {
    struct client *c = &m->clients[i];
    if (c->fd >= 0) continue;
    *c = (struct client){.fd = fd};
    return c;
  }
  close(fd);
  return NULL;
}

bool clients_block_output(const struct monitor *m) {
  for (int i = 0; i < MAX_CLIENTS; i++)
    if (m->clients[i].fd >= 0 && m->clients[i].owner && m->clients[i].out_size > 0) return true;
  return false;
}

// ---- Input --------------------------------------------------------------------------------------

void input_end(struct monitor *m) {
  if (m->input.fd >= 0 && m->input.fd != m->terminal) close(m->input.fd);
  free(m->input.wait);
  m->input = (struct input){.fd = -1};
}

void input_feed(struct monitor *m) {
  struct input *in = &m->input;
  while (in->fd >= 0 && in->size > 0) {
    ssize_t n = write(in->fd, in->wait, in->size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      if (errno != EAGAIN) input_end(m);
      return;
    }
    in->size -= (size_t)n;
    memmove(in->wait, in->wait + n, in->size);
  }
  if (in->ending && in->fd >= 0) input_end(m);
}

static void take_input(struct monitor *m, const char *data, uint32_t length) {
  struct input *in = &m->input;
  if (in->fd < 0 || in->ending || length == 0) return;
  char *grown = realloc(in->wait, in->size + length);
  if (grown == NULL) return;
  memcpy(grown + in->size, data, length);
  in->wait = grown;
  in->size += length;
  input_feed(m);
}

// A terminal has no end of its own; its end is the character that the line discipline takes for it.
static void finish_input(struct monitor *m) {
  if (m->terminal >= 0) {
    take_input(m, "\004", 1);
    return;
  }
  m->input.ending = true;
  input_feed(m);
}

static void stop(struct monitor *m, int32_t number, int32_t timeout) {
  m->stopping = true;
  if (timeout >= 0) m->stop_deadline = now_ms() + timeout;
  if (m->pid > 0 && !m->exited) kill(m->pid, number);
}

// A client that wants what was before reads the log up to here; lines that are not whole are not in
// it yet.
static void attach(struct monitor *m, struct client *c, bool replay) {
  c->attached = true;
  struct stat st;
  if (!replay) return;
  uint64_t mark[2] = {0};
  if (m->logging && fstat(m->log.fd, &st) == 0) {
    mark[0] = (uint64_t)st.st_ino;
    mark[1] = (uint64_t)st.st_size;
  }
  client_tell(m, c, FRAME_ATTACHED, mark, sizeof mark);
  for (int i = 0; i < 2; i++)
    if (c->fd >= 0 && m->log.lines[i].length > 0)
      client_tell(m, c, i == 0 ? FRAME_STDOUT : FRAME_STDERR, m->log.lines[i].text,
                  (uint32_t)m->log.lines[i].length);
}

static void handle(struct monitor *m, struct client *c, uint32_t type, const char *data,
                   uint32_t length) {
  int32_t numbers[2] = {0};
  memcpy(numbers, data, length < sizeof numbers ? length : sizeof numbers);
  bool two = length == sizeof numbers;
  switch (type) {
    case FRAME_STDIN:
      take_input(m, data, length);
      return;
    case FRAME_STDIN_CLOSE:
      finish_input(m);
      return;
    case FRAME_SIGNAL:
      if (m->pid > 0 && !m->exited) kill(m->pid, numbers[0]);
      return;
    case FRAME_ATTACH:
      attach(m, c, numbers[0] != 0);
      return;
    case FRAME_RESIZE:
      if (two && m->terminal >= 0)
        terminal_resize(m->terminal, (uint32_t)numbers[0], (uint32_t)numbers[1]);
      return;
    case FRAME_STOP:
      if (two) stop(m, numbers[0], numbers[1]);
      return;
    case FRAME_PAUSED:
      m->paused = numbers[0] != 0;
      return;
    case FRAME_ADD:
      spec_add(&m->spec, data, length);
      return;
    case FRAME_NETWORK:
      network_changed(m, (uint32_t)numbers[0]);
      client_tell(m, c, FRAME_NETWORK, NULL, 0);
      return;
    case FRAME_POLICY:
      if (!two) return;
      m->policy = (uint32_t)numbers[0];
      m->max_restarts = (uint32_t)numbers[1];
      return;
    default:
      drop(m, c);
  }
}

void client_read(struct monitor *m, struct client *c) {
  if (c->in == NULL && (c->in = malloc(FRAME_LIMIT)) == NULL) {
    drop(m, c);
    return;
  }
  ssize_t n = recv(c->fd, c->in + c->in_size, FRAME_LIMIT - c->in_size, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    drop(m, c);
    return;
  }
  c->in_size += (size_t)n;
  struct frame head;
  while (c->in_size >= sizeof head) {
    memcpy(&head, c->in, sizeof head);
    if (head.length > FRAME_LIMIT - sizeof head) {
      drop(m, c);
      return;
    }
    size_t whole = sizeof head + head.length;
    if (c->in_size < whole) return;
    handle(m, c, head.type, c->in + sizeof head, head.length);
    if (c->fd < 0) return;
    c->in_size -= whole;
    memmove(c->in, c->in + whole, c->in_size);
  }
}
