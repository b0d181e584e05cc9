// The monitor's parts, which share its state.
#ifndef BERTH_MONITOR_H
#define BERTH_MONITOR_H

#include "berth.h"

#include <poll.h>

enum { MAX_CLIENTS = 16 };

struct client {
  int fd;  // -1: free
  bool attached;
  bool owner;  // it started the container, and output waits for it; others must keep up
  char *in;    // a frame that has not arrived whole
  size_t in_size;
  char *out;  // what its socket would not take yet
  size_t out_size;
};

struct input {
  int fd;      // -1: none, or ended; the terminal where there is one
  char *wait;  // what the container has not taken yet
  size_t size;
  bool ending;
};

struct health {
  bool wanted;
  uint64_t interval, timeout, start_period, start_interval;  // milliseconds
  uint32_t retries;
  long long started, next, began;  // when; -1: not now
  pid_t probe;                     // 0: none runs
  int output;
  uint32_t streak;
  const char *status;
};

// What a helper does. Where the bridges are in a namespace of their own there are two, since ports
// lead there, but names are asked for on the host; else one does both.
enum { HELPER_NAMES = 1, HELPER_PORTS = 2, HELPERS = 2 };

struct network {
  uint32_t flags;
  int *sockets;  // that hold ports of the host
  uint32_t count;
  int namespace;  // that the container joins, -1 when it makes its own
  int bridges;    // the namespace that has them, -1 when that is the host's
  struct helper {
    pid_t pid;  // 0: none
    int duties;
    long long started;
  } helpers[HELPERS];
};

struct monitor {
  struct spec spec;
  uint32_t flags;
  pid_t pid;  // of init; 0 while there is none
  int streams[2];  // the read ends of stdout and stderr, -1 when ended
  int terminal;    // the master end, -1 when there is none
  struct input input;
  int listener, signals, identity;
  int self;  // a pidfd of this process
  int report, console;  // where init is heard while it starts
  int namespaces[8];    // held for init to join, ended by -1
  struct log log;
  bool logging;
  struct client clients[MAX_CLIENTS];
  bool exited, stopping, paused;
  bool transient;  // a process of one engine's in a container: nothing of it is kept
  int status;
  long long stop_deadline, started;  // milliseconds; -1: none
  uint32_t policy, max_restarts, restarts, delay;
  long oom_kills;  // when this run began
  struct health health;
  struct network network;
};

// client.c
void clients_init(struct monitor *m);
struct client *client_add(struct monitor *m, int fd);
void client_read(struct monitor *m, struct client *c);
void client_flush(struct monitor *m, struct client *c);
void client_tell(struct monitor *m, struct client *c, uint32_t type, const void *data, uint32_t n);
void clients_tell(struct monitor *m, uint32_t type, const void *data, uint32_t n, bool attached);
void clients_drain(struct monitor *m);
bool clients_block_output(const struct monitor *m);
void input_feed(struct monitor *m);
void input_end(struct monitor *m);
enum { INPUT_LIMIT = 64 << 10 };

// start.c
void start_prepare(struct monitor *m);
void start_make_stdio(const struct monitor *m, int in[2], int out[2], int err[2]);
void start_init(struct monitor *m);
bool start_hear(struct monitor *m, int engine);

// runtime.c: containers that runc or crun sets up
bool runtime_wanted(const struct monitor *m);
void runtime_prepare(const struct monitor *m);
void runtime_start(struct monitor *m);
void runtime_take(struct monitor *m);
void runtime_delete(const struct monitor *m);

// state.c: what is on disk
long long now_ms(void);
void state_take_identity(struct monitor *m);
void state_write_identity(const struct monitor *m, pid_t init);
void state_leave(const struct monitor *m);
void state_reserve_exit(const struct monitor *m);
void state_keep_exit(const struct monitor *m, int32_t code, bool oom);
void state_forget_exit(void);
long state_oom_kills(const struct monitor *m);
void state_kill_processes(const struct monitor *m);
void state_remove_cgroups(const struct monitor *m);
// One line of the journal; attributes as JSON members that begin with a comma, or empty.
void state_event(const struct monitor *m, const char *action, const char *attributes);
void state_actions(const struct monitor *m);

// network.c
void network_receive(struct monitor *m, int engine);
void network_start(struct monitor *m, int report);
void network_changed(struct monitor *m, uint32_t flags);
bool network_helper_ended(struct monitor *m, pid_t pid);
void network_end(struct monitor *m);

// helper.c
void helper_run(const struct network *network, int duties, const char *id, int report, int told,
                int monitor) __attribute__((noreturn));

// health.c
void health_start(struct monitor *m);
void health_stop(struct monitor *m);
void health_read(struct monitor *m);
void health_ended(struct monitor *m, int status);
void health_tick(struct monitor *m);
long long health_deadline(const struct monitor *m);

#endif
