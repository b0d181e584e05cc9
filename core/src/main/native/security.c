// Limits, user, capabilities and seccomp: in the order that leaves each step the right to do the
// next one.
#define _GNU_SOURCE
#include "berth.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LAST_KNOWN_CAPABILITY = 63 };

// While the process is dumpable: else the file is not its own in a user namespace.
void security_oom_score(const struct spec *s) {
  struct record r;
  if (!spec_find(s, TAG_OOM_SCORE, &r)) return;
  char text[16];
  snprintf(text, sizeof text, "%d", (int32_t)record_u32(&r, 0));
  if (!write_proc("/proc/self/oom_score_adj", text)) warn("set oom_score_adj", text);
}

// Raising a limit needs CAP_SYS_RESOURCE, which the engine itself may lack: it goes on with the
// limit it has, and says so.
void security_limits(const struct spec *s) {
  size_t cursor = 0;
  struct record r;
  while (spec_next(s, &cursor, &r)) {
    if (r.tag == TAG_RLIMIT) {
      struct rlimit limit = {record_u64(&r, 4), record_u64(&r, 12)};
      if (setrlimit(record_u32(&r, 0), &limit) < 0) {
        char number[16];
        snprintf(number, sizeof number, "%u", record_u32(&r, 0));
        if (errno == EPERM)
          warn("set rlimit", number);
        else
          fail("set rlimit", number);
      }
    }
  }
}

static void load_seccomp(const struct spec *s) {
  struct record r;
  if (!spec_find(s, TAG_SECCOMP, &r)) return;
  // The kernel wants the filter aligned; the record need not be.
  size_t size = r.length - 4;
  struct sock_filter *filter = malloc(size);
  if (filter == NULL) fail("load seccomp filter", NULL);
  memcpy(filter, r.data + 4, size);
  struct sock_fprog program = {(unsigned short)(size / sizeof *filter), filter};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, record_u32(&r, 0), &program) < 0)
    fail("load seccomp filter", NULL);
  free(filter);
}

static void drop_bounding(uint64_t keep) {
  for (int c = 0; c <= LAST_KNOWN_CAPABILITY; c++) {
    if (keep >> c & 1) continue;
    if (prctl(PR_CAPBSET_DROP, c, 0, 0, 0) < 0) {
      if (errno == EINVAL) return;  // beyond the last capability of this kernel
      fail("drop capabilities", "bounding set");
    }
  }
}

static void set_user(const struct spec *s) {
  struct record user, r;
  spec_find(s, TAG_USER, &user);
  uid_t uid = record_u32(&user, 0);
  gid_t gid = record_u32(&user, 4), groups[256];
  // A setgid program changes the first group; were it not among these as well, it would get around
  // what a file denies to that group (CVE-2022-36109).
  size_t cursor = 0, count = 0;
  groups[count++] = gid;
  while (spec_next(s, &cursor, &r)) {
    if (r.tag != TAG_GROUP || record_u32(&r, 0) == gid) continue;
    if (count == sizeof groups / sizeof *groups) {
      errno = E2BIG;
      fail("set groups", NULL);
    }
    groups[count++] = record_u32(&r, 0);
  }
  // So that "echo > /dev/stdout" works for a user who does not own the pipe.
  struct stat st;
  for (int fd = 0; fd < 3; fd++)
    if (uid != 0 && fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && fchown(fd, uid, gid) < 0)
      warn("give stdio to the user", NULL);
  // Where an ordinary user has one id only, the kernel lets nobody change groups.
  if (setgroups(count, groups) < 0 && (errno != EPERM || count > 1)) fail("set groups", NULL);
  if (setresgid(gid, gid, gid) < 0) fail("set group", NULL);
  if (setresuid(uid, uid, uid) < 0) fail("set user", NULL);
  umask(record_u32(&user, 8));
}

// An engine that lacks a capability itself (in a container, say) cannot give it.
static void limit_to_own(struct caps *caps) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) < 0) fail("read capabilities", NULL);
  uint64_t own = data[0].permitted | (uint64_t)data[1].permitted << 32;
  uint64_t missing = caps->permitted & ~own;
  if (missing == 0) return;
  char text[32];
  snprintf(text, sizeof text, "%#llx", (unsigned long long)missing);
  errno = EPERM;
  warn("give capabilities", text);
  caps->permitted &= own;
  caps->effective &= own;
  caps->inheritable &= own;
  caps->ambient &= own;
}

static void set_capabilities(const struct caps *caps) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  for (int i = 0; i < 2; i++) {
    data[i].effective = (uint32_t)(caps->effective >> (32 * i));
    data[i].permitted = (uint32_t)(caps->permitted >> (32 * i));
    data[i].inheritable = (uint32_t)(caps->inheritable >> (32 * i));
  }
  if (syscall(SYS_capset, &header, data) < 0) fail("set capabilities", NULL);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  for (int c = 0; c <= LAST_KNOWN_CAPABILITY; c++)
    if (caps->ambient >> c & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, c, 0, 0) < 0)
      fail("set capabilities", "ambient set");
}

// What the next exec is to run as, for SELinux or AppArmor.
static void set_labels(const struct spec *s) {
  size_t cursor = 0;
  struct record r;
  while (spec_next(s, &cursor, &r)) {
    if (r.tag != TAG_LABEL) continue;
    char path[128];
    snprintf(path, sizeof path, "/proc/self/attr/%s", record_string(&r, 0, 0));
    if (!write_proc(path, record_string(&r, 0, 1))) fail("set security label", path);
  }
}

void security_drop(const struct spec *s) {
  bool no_new_privs = spec_u32(s, TAG_FLAGS, 0) & FLAG_NO_NEW_PRIVS;
  struct record r;
  spec_find(s, TAG_CAPABILITIES, &r);
  struct caps caps;
  memcpy(&caps, r.data, sizeof caps);
  set_labels(s);
  limit_to_own(&caps);
  drop_bounding(caps.bounding);
  // Without no_new_privs a filter needs CAP_SYS_ADMIN, so it comes before the drop; with it, last.
  if (!no_new_privs) load_seccomp(s);
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) fail("keep capabilities", NULL);
  set_user(s);
  set_capabilities(&caps);
  if (no_new_privs) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail("set no_new_privs", NULL);
    load_seccomp(s);
  }
}
