// The log file in Docker's json-file format: one JSON object a line, with "log", "stream", "time".
// A line of output longer than 16 KiB is split as Docker splits it, its parts without newline.
#define _GNU_SOURCE
#include "berth.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char name[] = "log.json";

bool log_open(struct log *log, const struct record *r) {
  *log = (struct log){.max_size = record_u64(r, 0),
                      .files = record_u32(r, 8),
                      .compress = record_u32(r, 12) != 0,
                      .attributes = record_string(r, 16, 0)};
  log->fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (log->fd < 0) return false;
  off_t end = lseek(log->fd, 0, SEEK_END);
  log->size = end < 0 ? 0 : (uint64_t)end;
  return true;
}

// FILE becomes FILE.1, which becomes FILE.2, and so on; where there may be only one file it goes.
void rotate_files(const char *file, uint32_t files) {
  char from[4096], to[4096];
  if (files < 2) unlink(file);
  for (uint32_t i = files; i-- > 1;) {
    snprintf(to, sizeof to, "%s.%u", file, i);
    snprintf(from, sizeof from, i == 1 ? "%s" : "%s.%u", file, i - 1);
    if (rename(from, to) == 0) continue;
    strcat(to, ".gz");
    strcat(from, ".gz");
    rename(from, to);
  }
}

// The last but one, and not the last, which readers that follow the log may be in still. By a
// process of its own: the container's output is not to wait for it.
static void compress_older(struct log *log) {
  static const char old[] = "log.json.2", fresh[] = "log.json.gz", done[] = "log.json.2.gz";
  if (!log->compress || log->files < 3 || access(old, F_OK) < 0) return;
  pid_t monitor = getpid();
  log->compressor = fork();
  if (log->compressor != 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != monitor || !gzip_file(old, fresh)) _exit(1);
  _exit(rename(fresh, done) == 0 && unlink(old) == 0 ? 0 : 1);
}

// When it has been reaped already there is nothing to wait for.
static void await_compressor(struct log *log) {
  while (log->compressor > 0 && waitpid(log->compressor, NULL, 0) < 0 && errno == EINTR) {
  }
  log->compressor = 0;
}

static void rotate(struct log *log) {
  if (log->max_size == 0 || log->size < log->max_size) return;
  await_compressor(log);
  rotate_files(name, log->files);
  int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0640);
  if (fd < 0) return;  // go on in the old file rather than lose output
  close(log->fd);
  log->fd = fd;
  log->size = 0;
  compress_older(log);
}

// The length of the UTF-8 sequence at the start of text, 0 when it is not one.
static size_t utf8_length(const unsigned char *text, size_t size) {
  unsigned char first = text[0];
  size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length == 0 || length > size) return 0;
  for (size_t i = 1; i < length; i++)
    if ((text[i] & 0xc0) != 0x80) return 0;
  if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
      (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f))
    return 0;
  return length;
}

// JSON's escapes as Go's encoder writes them; bytes that are not UTF-8 become U+FFFD.
size_t json_escape(char *out, const char *text, size_t size) {
  size_t n = 0;
  for (size_t i = 0; i < size;) {
    unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\') {
      out[n++] = '\\';
      out[n++] = (char)c;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out[n++] = '\\';
      out[n++] = c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
    } else if (c < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '&') {
      n += (size_t)sprintf(out + n, "\\u%04x", c);
    } else if (c < 0x80) {
      out[n++] = (char)c;
    } else {
      size_t length = utf8_length((const unsigned char *)text + i, size - i);
      if (length == 0) {
        memcpy(out + n, "\\ufffd", 6);
        n += 6;
      } else {
        memcpy(out + n, text + i, length);
        n += length;
        i += length - 1;
      }
    }
    i++;
  }
  return n;
}

static bool is_utf8(const char *text, size_t size) {
  for (size_t i = 0, length; i < size; i += length) {
    length = (text[i] & 0x80) == 0 ? 1 : utf8_length((const unsigned char *)text + i, size - i);
    if (length == 0) return false;
  }
  return true;
}

static size_t base64(char *out, const char *text, size_t size) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const unsigned char *in = (const unsigned char *)text;
  size_t n = 0;
  for (size_t i = 0; i < size; i += 3) {
    size_t left = size - i;
    uint32_t bits = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                    (left > 2 ? (uint32_t)in[i + 2] : 0);
    out[n++] = digits[bits >> 18];
    out[n++] = digits[bits >> 12 & 63];
    out[n++] = left > 1 ? digits[bits >> 6 & 63] : '=';
    out[n++] = left > 2 ? digits[bits & 63] : '=';
  }
  return n;
}

// RFC 3339 with nanoseconds, as Docker writes it; 30 characters.
size_t json_time(char *out) {
  struct timespec now;
  struct tm utc;
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &utc);
  size_t n = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &utc);
  return n + (size_t)sprintf(out + n, ".%09ldZ", now.tv_nsec);
}

static void write_line(struct log *log, int stream, const char *text, size_t size) {
  static char out[8 * sizeof log->lines[0].text + 128], time[32];
  size_t n = (size_t)sprintf(out, "{\"log\":\"");
  n += json_escape(out + n, text, size);
  n += (size_t)sprintf(out + n, "\",\"stream\":\"%s\",", stream == 0 ? "stdout" : "stderr");
  size_t head = n;
  time[json_time(time)] = 0;
  n += (size_t)sprintf(out + n, "\"time\":\"%s", time);
  // JSON has no bytes, so output that is not text is kept twice: for Docker's readers, and whole.
  if (!is_utf8(text, size)) {
    n += (size_t)sprintf(out + n, "\",\"raw\":\"");
    n += base64(out + n, text, size);
  }
  n += (size_t)sprintf(out + n, "\"}\n");
  rotate(log);
  // In one write, so that no reader sees half a line.
  size_t more = strlen(log->attributes);
  struct iovec parts[] = {{out, head}, {(char *)log->attributes, more}, {out + head, n - head}};
  if (writev(log->fd, parts, 3) == (ssize_t)(n + more)) log->size += n + more;
}

// How much of a long line is written at once: not a part of a character, where it is text.
static size_t whole_characters(const struct line *line) {
  size_t start = line->length - 1;
  for (int i = 0; i < 3 && start > 0 && (line->text[start] & 0xc0) == 0x80; i++) start--;
  unsigned char first = (unsigned char)line->text[start];
  size_t length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return start > 0 && start + length > line->length ? start : line->length;
}

void log_write(struct log *log, int stream, const char *data, size_t size) {
  struct line *line = &log->lines[stream];
  while (size > 0) {
    const char *newline = memchr(data, '\n', size);
    size_t part = newline == NULL ? size : (size_t)(newline - data) + 1;
    if (part > sizeof line->text - line->length) part = sizeof line->text - line->length;
    memcpy(line->text + line->length, data, part);
    line->length += part;
    data += part;
    size -= part;
    bool ends = line->text[line->length - 1] == '\n';
    if (ends || line->length == sizeof line->text) {
      size_t now = ends ? line->length : whole_characters(line);
      write_line(log, stream, line->text, now);
      line->length -= now;
      memmove(line->text, line->text + now, line->length);
    }
  }
}

// What came without a final newline, once the stream has ended.
void log_flush(struct log *log) {
  for (int stream = 0; stream < 2; stream++)
    if (log->lines[stream].length > 0)
      write_line(log, stream, log->lines[stream].text, log->lines[stream].length);
  log->lines[0].length = log->lines[1].length = 0;
}

// The container's output is over.
void log_end(struct log *log) {
  log_flush(log);
  await_compressor(log);
}
