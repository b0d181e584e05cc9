#include "berth.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

bool read_full(int fd, void *buffer, size_t size) {
  for (char *at = buffer; size > 0;) {
    ssize_t n = read(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    size -= (size_t)n;
  }
  return true;
}

bool write_full(int fd, const void *buffer, size_t size) {
  for (const char *at = buffer; size > 0;) {
    ssize_t n = write(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    at += n;
    size -= (size_t)n;
  }
  return true;
}

bool write_text(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool done = write(fd, text, strlen(text)) >= 0;
  int saved = errno;
  close(fd);
  errno = saved;
  return done;
}

// For small payloads on a blocking descriptor.
bool send_frame(int fd, uint32_t type, const void *payload, uint32_t length) {
  struct frame head = {type, length};
  char whole[sizeof head + 8192];
  if (length > 8192) length = head.length = 8192;
  memcpy(whole, &head, sizeof head);
  if (length > 0) memcpy(whole + sizeof head, payload, length);
  return write_full(fd, whole, sizeof head + length);
}
