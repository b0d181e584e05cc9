// Berth's launcher: what must happen between fork and exec of a container, and the monitor that
// stays with it. The engine (Java) decides everything and sends it as one spec; this code does it
// in order and names the step that failed.
#ifndef BERTH_H
#define BERTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// ---- Frames: what engine, monitor and init say to one another (io.berth.runtime.launch.Frame) --
struct frame {
  uint32_t type;
  uint32_t length;  // of the payload that follows
};

enum {
  FRAME_STARTED = 1,  // i32 pid of the container's init
  FRAME_FAILED = 2,   // i32 errno, stage, path: the container never ran
  FRAME_WARNING = 3,  // i32 errno, stage, path: it runs, without this
  FRAME_STUB = 4,     // path of a mount point that was made in the root file system
  FRAME_STDOUT = 5,   // bytes
  FRAME_STDERR = 6,   // bytes
  FRAME_EXITED = 7,   // i32 exit code, i32 1 when the OOM killer struck
  FRAME_RESTARTING = 8,  // the same; it will be started again
  FRAME_ATTACHED = 9,  // u64 inode, u64 size of the log file; what comes later is in frames
  FRAME_MAPPED = 10,   // the spawner's user namespace is there: uid_map, gid_map
  FRAME_UPLINK = 11,   // text: why the namespace is not connected to the host; empty: it is

  FRAME_SPEC = 20,         // records
  FRAME_STDIN = 21,        // bytes
  FRAME_STDIN_CLOSE = 22,  // nothing
  FRAME_SIGNAL = 23,       // i32 signal number for the container's init
  FRAME_ATTACH = 24,       // this client wants output from now on; i32 1: and the log so far
  FRAME_RESIZE = 25,       // u32 rows, columns of the terminal
  FRAME_STOP = 26,         // i32 signal number, i32 milliseconds to SIGKILL (-1: none): no restart
  FRAME_POLICY = 27,       // u32 RESTART_…, u32 most retries
  FRAME_PAUSED = 28,       // i32 1: frozen, so its health is not checked; 0: no longer
  FRAME_VIEW = 29,         // records, in place of SPEC: to look at the files of a container
  FRAME_ADD = 30,          // more records of the spec: TAG_CGROUP_…
  FRAME_KEEP = 31,         // a directory, then commands: the words of each, and an empty one; then
                           // the network namespace to connect comes (uplink.c)
  FRAME_NETWORK = 40,      // i32 NETWORK_…: the container's networks have changed; answered
};

enum { MAX_SPEC = 8 << 20, CHUNK = 64 << 10 };

// ---- Spec: a sequence of records, each u32 tag, u32 length, payload (…launch.LaunchSpec) -------
enum tag {
  TAG_ID = 1,
  TAG_CLONE_FLAGS,     // u32: CLONE_NEW…
  TAG_FLAGS,           // u32: FLAG_…
  TAG_DIRECTORY,       // the container's directory: log, exit status, control socket
  TAG_CGROUP_JOIN,     // a cgroup.procs file (v1: one for each controller)
  TAG_CGROUP_INTO,     // a cgroup v2 directory to be born in
  TAG_CGROUP_REMOVE,   // a cgroup directory to remove at the end
  TAG_OOM_EVENTS,      // a file with a line "oom_kill N"
  TAG_ROOT,            // base, type, source, target, data: mounted from inside the base directory;
                       // a type that begins with a slash is a program that mounts it
  TAG_MOUNT,           // u64 flags, u32 kind, type, source, target, data
  TAG_DEVICE,          // u32 mode, major, minor, uid, gid; path
  TAG_SYMLINK,         // target, path
  TAG_MASK,            // path
  TAG_READ_ONLY,       // path
  TAG_SYSCTL,          // file below /proc/sys, value
  TAG_HOSTNAME,
  TAG_DOMAINNAME,
  TAG_ARG,
  TAG_ENV,
  TAG_CWD,
  TAG_USER,            // u32 uid, gid, umask
  TAG_GROUP,           // u32 gid
  TAG_CAPABILITIES,    // u64 bounding, effective, permitted, inheritable, ambient
  TAG_SECCOMP,         // u32 flags of seccomp(2), struct sock_filter[]
  TAG_RLIMIT,          // u32 resource, u64 soft, u64 hard
  TAG_OOM_SCORE,       // i32 for /proc/self/oom_score_adj
  TAG_LOG,             // u64 largest size in bytes, u32 number of files, u32 1: older ones are
                       // compressed; "attrs" of each line, as a JSON member with its comma
  TAG_JOIN,            // u32 CLONE_NEW…; the file of a namespace to join
  TAG_EXEC,            // i32 the init of a container to run in, rather than in a new one
  TAG_RESTART,         // u32 RESTART_…, u32 most retries
  TAG_EVENTS,          // the journal, the actor of events as JSON without its last two braces
  TAG_HEALTH,          // u64 interval, timeout, start period, start interval in ms; u32 retries
  TAG_HEALTH_ARG,
  TAG_LABEL,           // file below /proc/self/attr, value: what a security module is told at exec
  TAG_ACTION,          // an event to write before it starts, as the inside of a JSON string

  TAG_NETWORK = 40,    // u32 NETWORK_…, u32 number of sockets that follow the spec
  TAG_RUNTIME = 60,    // runc or crun, its state directory, the bundle, who has the cgroups
};

enum {
  FLAG_NO_NEW_PRIVS = 1 << 0,
  FLAG_READ_ONLY_ROOT = 1 << 1,
  FLAG_LOOPBACK = 1 << 2,  // bring up "lo" in the new network namespace
  FLAG_STDIN = 1 << 3,     // a pipe, not /dev/null
  FLAG_ATTACH = 1 << 4,    // the engine that starts it wants output frames
  FLAG_OWNED = 1 << 5,     // kill the container when that engine goes away
  FLAG_TTY = 1 << 6,       // a terminal, not pipes
  FLAG_INIT = 1 << 7,      // a small init is process 1
};

enum {
  NETWORK_RESOLVER = 1 << 0,  // names are resolved for the container
  NETWORK_DIRECT = 1 << 1,    // at port 53 itself, as no rule leads there
  NETWORK_WITHIN = 1 << 2,    // the first three descriptors are the network namespace to join, that
                              // which has the bridges, and what keeps its uplink alive
};

enum { RESTART_NO = 0, RESTART_ON_FAILURE = 1, RESTART_ALWAYS = 2, RESTART_UNLESS_STOPPED = 3 };

enum { MOUNT_DIRECTORY = 0, MOUNT_BIND_DIRECTORY = 1, MOUNT_BIND_FILE = 2, MOUNT_TREE = 3 };

struct record {
  uint32_t tag;
  uint32_t length;
  const char *data;  // strings in it end with NUL
};

struct spec {
  char *data;
  size_t size;
};

struct caps {
  uint64_t bounding, effective, permitted, inheritable, ambient;
};

// spec.c
bool spec_valid(const struct spec *s);
bool spec_add(struct spec *s, const char *records, size_t size);
bool spec_valid_view(const struct spec *s);
bool spec_next(const struct spec *s, size_t *cursor, struct record *out);
bool spec_find(const struct spec *s, enum tag tag, struct record *out);
const char *spec_string(const struct spec *s, enum tag tag);
char **spec_strings(const struct spec *s, enum tag tag);
uint32_t spec_u32(const struct spec *s, enum tag tag, uint32_t otherwise);
uint32_t record_u32(const struct record *r, size_t offset);
uint64_t record_u64(const struct record *r, size_t offset);
const char *record_string(const struct record *r, size_t offset, int index);

// io.c
bool read_full(int fd, void *buffer, size_t size);
bool write_full(int fd, const void *buffer, size_t size);
bool write_text(const char *path, const char *text);
bool write_proc(const char *path, const char *text);
bool send_frame(int fd, uint32_t type, const void *payload, uint32_t length);
bool send_descriptor(int socket, int fd);
int receive_descriptor(int socket, char *byte);

// report.c: init's messages to the monitor. fail() does not return.
void report_to(int fd);
void fail(const char *stage, const char *path) __attribute__((noreturn));
void warn(const char *stage, const char *path);
void report_stub(const char *path);

// init.c
struct launch {
  const struct spec *spec;
  enum tag args;       // whose strings are the command
  int container;       // a pidfd of the init of a container to join; -1: a new one
  const int *namespaces;  // to join, ended by -1
  int in, out, err;    // stdio, unless there is a terminal
  int report, console;  // where to report, and to hand over the terminal
  int parent;           // a pidfd of who starts it, and without whom it must not be
  int joined;           // to hear that it was put into its cgroups; -1: it goes there itself
};
// What is said there.
struct joined {
  int32_t error;
  uint32_t at;  // offset in the spec of the file that was refused
};
struct joined cgroups_join(const struct spec *s, pid_t pid);  // 0: this process
void die_with(int parent);
void init_run(const struct launch *l) __attribute__((noreturn));
bool same_namespace(pid_t pid, const char *name);
void init_main(char **args) __attribute__((noreturn));

// terminal.c
int terminal_open(const struct spec *s, bool new_container);
void terminal_resize(int fd, uint32_t rows, uint32_t columns);

// sources.c
void sources_prepare(const struct spec *s);
void sources_open_shared(const struct spec *s);
void sources_open(const struct spec *s);
void sources_make_kernel(const struct spec *s);

// mounts.c
void mounts_isolate(void);
void mounts_attach_root(const struct spec *s);
void mounts_enter_root(const struct spec *s);
void mounts_set_up(const struct spec *s);
void mounts_seal_root(const struct spec *s);
void mounts_make_directory(const char *path);

// security.c
void security_oom_score(const struct spec *s);
void security_limits(const struct spec *s);
void security_drop(const struct spec *s);

// log.c: Docker's json-file format.
struct log {
  int fd;
  uint64_t size, max_size;
  uint32_t files;
  bool compress;
  pid_t compressor;  // 0: none
  const char *attributes;
  struct line {
    char text[16 << 10];
    size_t length;
  } lines[2];
};
bool log_open(struct log *log, const struct record *r);
void log_write(struct log *log, int stream, const char *data, size_t size);
void log_flush(struct log *log);
void log_end(struct log *log);
void rotate_files(const char *file, uint32_t files);
size_t json_escape(char *out, const char *text, size_t size);  // up to six times the size
size_t json_time(char *out);

// gzip.c
bool gzip_file(const char *from, const char *to);

// main.c
void set_title(const char *name, const char *id);

// userns.c
struct userns {
  const char *lock;  // the file that tells who is in the namespace
  const char *uid_program, *gid_program;  // newuidmap, newgidmap; empty when there is one id only
  const char *uids, *gids;  // INSIDE OUTSIDE COUNT..., separated by spaces
};
int userns_enter(const struct userns *u);
void userns_resume(int lock);
void userns_tell(int engine);
bool userns_stay(void);

// uplink.c
void uplink_run(int engine) __attribute__((noreturn));

// agent.c
void agent_run(int engine) __attribute__((noreturn));
// view.c
void view_run(int engine, const struct spec *s) __attribute__((noreturn));

// monitor.c
void monitor_run(int engine_fd) __attribute__((noreturn));

#endif
