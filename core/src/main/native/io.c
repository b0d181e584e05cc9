#define _GNU_SOURCE
#include "berth.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { PROC_ROOT = 1 };  // the inode of the root of every /proc

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

// For files of /proc, which a container may have covered with something else, or with another of its
// files (CVE-2025-52881): from the root of the real one, over no other mount and no magic link.
static int open_proc(const char *path) {
  struct statfs fs;
  struct stat st;
  int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (proc < 0) return -1;
  struct open_how how = {.flags = O_WRONLY | O_CLOEXEC,
                         .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS};
  bool real = fstatfs(proc, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC && fstat(proc, &st) == 0 &&
              st.st_ino == PROC_ROOT;
  errno = EXDEV;
  int fd = real ? (int)syscall(SYS_openat2, proc, path + sizeof "/proc/" - 1, &how, sizeof how) : -1;
  int saved = errno;
  close(proc);
  errno = saved;
  return fd;
}

bool write_proc(const char *path, const char *text) {
  int fd = open_proc(path);
  if (fd < 0) return false;
  bool done = write(fd, text, strlen(text)) >= 0;
  int saved = errno;
  close(fd);
  errno = saved;
  return done;
}

bool send_descriptor(int socket, int fd) {
  char byte = 0, control[CMSG_SPACE(sizeof fd)] = "";
  struct iovec part = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(head), &fd, sizeof fd);
  return sendmsg(socket, &message, MSG_NOSIGNAL) == 1;
}

// -1 when there is no message (errno), or -1 with errno 0 at the end of the stream.
int receive_descriptor(int socket, char *byte) {
  char control[CMSG_SPACE(sizeof(int))];
  struct iovec part = {byte, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t n;
  do n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n == 0) errno = 0;
  if (n <= 0) return -1;
  errno = EPROTO;
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head == NULL || head->cmsg_type != SCM_RIGHTS) return -1;
  int fd;
  memcpy(&fd, CMSG_DATA(head), sizeof fd);
  return fd;
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
