// The spawner: one for each engine, started ahead of time. It waits for the engine to pass it a
// socket, forks a monitor that speaks over it, and waits again. A fork of this small process takes
// a tenth of what an exec from a JVM does; and the engine has one forked before it needs it. When
// the engine goes, it goes; the monitors stay.
// An ordinary user's is in a user namespace, and so are its monitors and the agents that it forks
// for calls which the engine may not do.
#define _GNU_SOURCE
#include "berth.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ENGINE = 3 };

// What comes with a socket: who is to speak over it.
enum { AGENT = 'A', UPLINK = 'U' };  // else a monitor

static char *title;  // the memory of the arguments, which the process list shows
static size_t title_size;

void set_title(const char *name, const char *id) {
  memset(title, 0, title_size);
  snprintf(title, title_size, "%s %.12s", name, id);
}

// A program that is executed inside belongs to the user namespace: the processes forked from it may
// then hide from containers, and yet be entered by those who are root there.
static void enter_user_namespace(char **argv) {
  report_to(ENGINE);
  char number[16];
  int lock = userns_enter(&(struct userns){argv[3], argv[4], argv[5], argv[6], argv[7]});
  snprintf(number, sizeof number, "%d", lock);
  execv("/proc/self/exe", (char *[]){argv[0], argv[1], argv[2], number, NULL});
  fail("exec", "/proc/self/exe");
}

int main(int argc, char **argv) {
  if (argc > 2 && strcmp(argv[1], "init") == 0) init_main(argv + 2);
  bool outside = argc == 8, inside = argc == 4;
  if ((argc != 3 && !outside && !inside) || strcmp(argv[1], "spawner") != 0) {
    static const char usage[] = "berth-launcher is started by the Berth engine, not by hand\n";
    write_full(2, usage, sizeof usage - 1);
    return 2;
  }
  title = argv[0];
  title_size = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - title);
  if (!inside) syscall(SYS_close_range, ENGINE + 1, ~0U, 0);
  if (outside) enter_user_namespace(argv);
  if (inside) {
    report_to(ENGINE);
    userns_resume(atoi(argv[3]));
    userns_tell(ENGINE);
  }
  setsid();
  umask(022);
  if (chdir("/") < 0) return 125;
  for (int i = 1; i < NSIG; i++) signal(i, SIG_DFL);
  signal(SIGCHLD, SIG_IGN);  // monitors are reaped by the kernel
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_NAME, "berth-spawner");
  while (true) {
    char role;
    int fd = receive_descriptor(ENGINE, &role);
    if (fd < 0 && errno == EPROTO) continue;
    if (fd < 0) _exit(0);  // the engine is gone
    pid_t pid = fork();
    if (pid == 0) {
      close(ENGINE);
      if (role == AGENT) agent_run(fd);
      if (role == UPLINK) uplink_run(fd);
      monitor_run(fd);
    }
    // Without a monitor the engine reads the end of the stream and reports it.
    close(fd);
  }
}
