// The floor that script/bench measures against: one process that makes the system calls of a
// container start (namespaces, overlay, proc, dev, masks, cgroups, capabilities, exec) with every
// path known at compile time, waits, and removes what it made.
//
//   bare ROOTFS WORKDIR COUNT   prints the microseconds of each start+wait+remove, one a line
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(x)                                               \
  do {                                                         \
    if ((x) < 0) {                                             \
      fprintf(stderr, "%s: %s\n", #x, strerror(errno));        \
      _exit(125);                                              \
    }                                                          \
  } while (0)

static char rootfs[4096], work[4096];
static const char *controllers[16];
static int controller_count;

static const char *masked_files[] = {"/proc/kcore", "/proc/keys", "/proc/timer_list"};
static const char *masked_dirs[] = {"/proc/acpi", "/proc/scsi", "/sys/firmware",
                                    "/sys/devices/virtual/powercap"};
static const char *read_only[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                  "/proc/sysrq-trigger"};

static void write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  CHECK(fd);
  CHECK(write(fd, text, strlen(text)));
  close(fd);
}

static void remove_tree(int at, const char *name) {
  int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (fd >= 0) {
    DIR *d = fdopendir(fd);
    for (struct dirent *e; (e = readdir(d));)
      if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) {
        if (e->d_type == DT_DIR)
          remove_tree(fd, e->d_name);
        else
          unlinkat(fd, e->d_name, 0);
      }
    closedir(d);
  }
  unlinkat(at, name, AT_REMOVEDIR);
}

static void device(const char *path, int major, int minor) {
  CHECK(mknod(path, S_IFCHR | 0666, makedev(major, minor)));
  CHECK(chmod(path, 0666));
}

static int init(void *unused) {
  (void)unused;
  char path[8192];
  CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL));
  for (int i = 0; i < controller_count; i++) {
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s/berth-bare/cgroup.procs", controllers[i]);
    write_file(path, "0");
  }
  CHECK(unshare(CLONE_NEWCGROUP));
  CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
  snprintf(path, sizeof path, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work", rootfs, work, work);
  char root[4200];
  snprintf(root, sizeof root, "%s/root", work);
  CHECK(mount("overlay", root, "overlay", 0, path));
  CHECK(chdir(root));
  CHECK(syscall(SYS_pivot_root, ".", "."));
  CHECK(umount2(".", MNT_DETACH));
  CHECK(chdir("/"));
  mkdir("/proc", 0755);
  mkdir("/dev", 0755);
  mkdir("/sys", 0755);
  CHECK(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
  CHECK(mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k"));
  mkdir("/dev/pts", 0755);
  mkdir("/dev/shm", 0755);
  mkdir("/dev/mqueue", 0755);
  CHECK(mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
              "newinstance,ptmxmode=0666,mode=0620,gid=5"));
  CHECK(mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL));
  CHECK(mount("tmpfs", "/sys/fs/cgroup", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755"));
  for (int i = 0; i < controller_count; i++) {
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s", controllers[i]);
    mkdir(path, 0755);
    CHECK(mount("cgroup", path, "cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY,
                controllers[i]));
  }
  CHECK(mount(NULL, "/sys/fs/cgroup", NULL,
              MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
  CHECK(mount("mqueue", "/dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
  CHECK(mount("shm", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
              "mode=1777,size=67108864"));
  device("/dev/null", 1, 3);
  device("/dev/zero", 1, 5);
  device("/dev/full", 1, 7);
  device("/dev/random", 1, 8);
  device("/dev/urandom", 1, 9);
  device("/dev/tty", 5, 0);
  CHECK(symlink("/proc/self/fd", "/dev/fd"));
  CHECK(symlink("/proc/self/fd/0", "/dev/stdin"));
  CHECK(symlink("/proc/self/fd/1", "/dev/stdout"));
  CHECK(symlink("/proc/self/fd/2", "/dev/stderr"));
  CHECK(symlink("/proc/kcore", "/dev/core"));
  CHECK(symlink("pts/ptmx", "/dev/ptmx"));
  for (size_t i = 0; i < sizeof read_only / sizeof *read_only; i++)
    if (mount(read_only[i], read_only[i], NULL, MS_BIND | MS_REC, NULL) == 0)
      CHECK(mount(NULL, read_only[i], NULL,
                  MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
  for (size_t i = 0; i < sizeof masked_files / sizeof *masked_files; i++)
    mount("/dev/null", masked_files[i], NULL, MS_BIND, NULL);
  for (size_t i = 0; i < sizeof masked_dirs / sizeof *masked_dirs; i++)
    mount("tmpfs", masked_dirs[i], "tmpfs", MS_RDONLY, "nr_inodes=1");
  CHECK(sethostname("bare", 4));
  int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  CHECK(ioctl(s, SIOCSIFFLAGS, &lo));
  CHECK(syscall(SYS_close_range, 3, ~0U, 0));
  uint64_t keep = 0xa80425fb;
  for (int c = 0; c <= 40; c++)
    if (!(keep >> c & 1)) CHECK(prctl(PR_CAPBSET_DROP, c));
  // A filter of the length of Docker's compiled profile, all of it allowing.
  static struct sock_filter code[400];
  for (int i = 0; i < 399; i++) code[i] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
  code[399] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog prog = {400, code};
  CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog));
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{(uint32_t)keep, (uint32_t)keep, 0}, {0, 0, 0}};
  CHECK(syscall(SYS_capset, &header, data));
  char *argv[] = {"true", NULL}, *envp[] = {"PATH=/bin", NULL};
  CHECK(execve("/bin/true", argv, envp));
  return 125;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: bare ROOTFS WORKDIR COUNT\n");
    return 2;
  }
  CHECK(realpath(argv[1], rootfs) ? 0 : -1);
  CHECK(realpath(argv[2], work) ? 0 : -1);
  static const char *all[] = {"cpu", "cpuacct", "cpuset", "memory", "devices", "freezer",
                              "blkio", "pids"};
  char path[8192];
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s/cgroup.procs", all[i]);
    if (access(path, W_OK) == 0) controllers[controller_count++] = all[i];
  }
  static char stack[64 * 1024] __attribute__((aligned(16)));
  for (int n = atoi(argv[3]); n > 0; n--) {
    double start = now();
    const char *dirs[] = {"upper", "work", "root"};
    for (int i = 0; i < 3; i++) {
      snprintf(path, sizeof path, "%s/%s", work, dirs[i]);
      CHECK(mkdir(path, 0755));
    }
    for (int i = 0; i < controller_count; i++) {
      snprintf(path, sizeof path, "/sys/fs/cgroup/%s/berth-bare", controllers[i]);
      CHECK(mkdir(path, 0755));
      if (!strcmp(controllers[i], "cpuset")) {
        write_file("/sys/fs/cgroup/cpuset/berth-bare/cpuset.cpus", "0");
        write_file("/sys/fs/cgroup/cpuset/berth-bare/cpuset.mems", "0");
      }
      if (!strcmp(controllers[i], "devices")) {
        write_file("/sys/fs/cgroup/devices/berth-bare/devices.deny", "a");
        static const char *allow[] = {"c *:* m", "b *:* m", "c 1:3 rwm", "c 1:8 rwm", "c 1:7 rwm",
                                      "c 5:0 rwm", "c 1:5 rwm", "c 1:9 rwm", "c 136:* rwm", "c 5:2 rwm"};
        for (size_t k = 0; k < sizeof allow / sizeof *allow; k++)
          write_file("/sys/fs/cgroup/devices/berth-bare/devices.allow", allow[k]);
      }
    }
    int pid = clone(init, stack + sizeof stack,
                    CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | SIGCHLD,
                    NULL);
    CHECK(pid);
    int status;
    CHECK(waitpid(pid, &status, 0));
    for (int i = 0; i < controller_count; i++) {
      snprintf(path, sizeof path, "/sys/fs/cgroup/%s/berth-bare", controllers[i]);
      CHECK(rmdir(path));
    }
    int at = open(work, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < 3; i++) remove_tree(at, dirs[i]);
    close(at);
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
      fprintf(stderr, "the process ended with status %x\n", status);
      return 1;
    }
    printf("%.0f\n", now() - start);
  }
  return 0;
}
