// Whether the launcher writes to what a container has put in the place of a file of /proc
// (CVE-2019-16884, CVE-2025-52881). Each case in a mount namespace of its own; prints its name and
// what came of it.
#define _GNU_SOURCE
#include "../../main/native/berth.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_TO_WRITE "/proc/self/oom_score_adj"

static bool make(const char *path) {
  int fd = open(path, O_CREAT | O_WRONLY, 0644);
  if (fd < 0) return false;
  close(fd);
  return true;
}

static bool plain(void) { return true; }

static bool other_file_system(void) {
  return mount("tmpfs", "/proc", "tmpfs", 0, NULL) == 0 && mkdir("/proc/self", 0755) == 0 &&
         make(FILE_TO_WRITE);
}

static bool file_over_it(void) {
  return mount("tmpfs", "/mnt", "tmpfs", 0, NULL) == 0 && make("/mnt/f") &&
         mount("/mnt/f", FILE_TO_WRITE, NULL, MS_BIND, NULL) == 0;
}

static bool file_of_proc_over_it(void) {
  return mount("/proc/self/comm", FILE_TO_WRITE, NULL, MS_BIND, NULL) == 0;
}

static bool directory_of_proc_in_its_place(void) {
  return mount("/proc/sys", "/proc", NULL, MS_BIND, NULL) == 0;
}

static bool links_in_its_place(void) {
  return mount("proc", "/mnt", "proc", 0, NULL) == 0 &&
         mount("tmpfs", "/proc", "tmpfs", 0, NULL) == 0 &&
         symlink("/mnt/self", "/proc/self") == 0;
}

static void try(const char *name, bool (*prepare)(void)) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid != 0) {
    waitpid(pid, NULL, 0);
    return;
  }
  if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
      !prepare())
    printf("%s: cannot be tried: %s\n", name, strerror(errno));
  else
    printf("%s: %s\n", name, write_proc(FILE_TO_WRITE, "500") ? "written" : strerror(errno));
  fflush(stdout);
  _exit(0);
}

int main(void) {
  try("plain", plain);
  try("other file system", other_file_system);
  try("file over it", file_over_it);
  try("file of proc over it", file_of_proc_over_it);
  try("directory of proc in its place", directory_of_proc_in_its_place);
  try("links in its place", links_in_its_place);
  return 0;
}
