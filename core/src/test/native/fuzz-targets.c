// The launcher's parsers of what others send: questions of containers, frames of engines, specs.
#define _GNU_SOURCE
#include "fuzz.h"

#include "../../main/native/helper.h"
#include "../../main/native/monitor.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

// ---- Questions for names: names.c --------------------------------------------------------------

static void file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) abort();
  close(fd);
}

static void names_begin(void) {
  const char *directories[] = {"net", "net/links", "net/names", "net/names/back",
                               "net/names/back/names", "net/names/back/names/web",
                               "net/names/back/addresses"};
  for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) mkdir(directories[i], 0755);
  file("net/links/db", "web\n");
  file("net/names/back/names/web/172.18.0.2", "");
  file("net/names/back/names/web/fd00::2", "");
  file("net/names/back/addresses/172.18.0.2", "id\nweb.back\n");
  file("net/names/back/addresses/fd00::2", "id\nweb.back\n");
}

static void check_answer(size_t size, size_t room, const uint8_t *query, const uint8_t *answer) {
  if (size == 0) return;
  if (size < DNS_HEADER || size > room) abort();
  if (memcmp(query, answer, 2) != 0 || !(answer[2] & 0x80)) abort();
}

static void names_run(const uint8_t *data, size_t size) {
  const size_t rooms[] = {DNS_UDP, 64, 16 << 10};
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
    uint8_t *answer = malloc(rooms[i]);
    check_answer(names_answer(data, size, answer, rooms[i]), rooms[i], data, answer);
    check_answer(names_refuse(data, size, answer, rooms[i], 3), rooms[i], data, answer);
    free(answer);
  }
}

// ---- Specs: spec.c -----------------------------------------------------------------------------

static void nothing(void) {}

static void spec_run(const uint8_t *data, size_t size) {
  struct spec s = {malloc(size + 1), size};
  memcpy(s.data, data, size);
  if (spec_valid(&s)) {
    size_t cursor = 0;
    struct record r;
    while (spec_next(&s, &cursor, &r))
      if (r.tag == TAG_ROOT) (void)strlen(record_string(&r, 0, 4));
    free(spec_strings(&s, TAG_ARG));
    (void)spec_u32(&s, TAG_FLAGS, 0);
  }
  (void)spec_valid_view(&s);
  size_t half = size / 2;
  spec_add(&s, (const char *)data, half);
  free(s.data);
}

// ---- Frames of an engine: client.c --------------------------------------------------------------

void terminal_resize(int fd, uint32_t rows, uint32_t columns) {
  (void)fd;
  (void)rows;
  (void)columns;
}

void network_changed(struct monitor *m, uint32_t flags) { m->network.flags = flags; }

long long now_ms(void) { return 1; }

static void frames_run(const uint8_t *data, size_t size) {
  struct monitor *m = calloc(1, sizeof *m);
  m->streams[0] = m->streams[1] = m->terminal = -1;
  m->input.fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
  clients_init(m);
  int pair[2];
  if (m->input.fd < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0) abort();
  struct client *c = client_add(m, pair[0]);
  for (size_t at = 0; at < size && c->fd >= 0;) {
    size_t n = size - at < 700 ? size - at : 700;
    ssize_t sent = send(pair[1], data + at, n, MSG_NOSIGNAL);
    if (sent <= 0) break;
    at += (size_t)sent;
    client_read(m, c);
    char heard[8192];
    while (recv(pair[1], heard, sizeof heard, MSG_DONTWAIT) > 0) {
    }
  }
  close(pair[1]);
  if (c->fd >= 0) client_read(m, c);
  if (c->fd >= 0) close(c->fd);
  free(c->in);
  free(c->out);
  input_end(m);
  free(m->spec.data);
  free(m);
}

const struct target targets[] = {{"dns", names_begin, names_run},
                                 {"spec", nothing, spec_run},
                                 {"frames", nothing, frames_run},
                                 {NULL, NULL, NULL}};
