// How init tells what went wrong: errno, the stage, the path. One init in a process, so the
// descriptor is kept here.
#include "berth.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int report_fd = -1;

void report_to(int fd) { report_fd = fd; }

static void report(uint32_t type, const char *stage, const char *path) {
  char payload[8192];
  int32_t number = errno;
  memcpy(payload, &number, sizeof number);
  size_t at = sizeof number;
  at += (size_t)snprintf(payload + at, 64, "%s", stage) + 1;
  size_t length = path == NULL ? 0 : strlen(path);
  if (length > sizeof payload - at - 1) length = sizeof payload - at - 1;
  if (length > 0) memcpy(payload + at, path, length);
  payload[at + length] = 0;
  send_frame(report_fd, type, payload, (uint32_t)(at + length + 1));
}

void fail(const char *stage, const char *path) {
  report(FRAME_FAILED, stage, path);
  _exit(125);
}

void warn(const char *stage, const char *path) { report(FRAME_WARNING, stage, path); }

void report_stub(const char *path) {
  send_frame(report_fd, FRAME_STUB, path, (uint32_t)strlen(path) + 1);
}
