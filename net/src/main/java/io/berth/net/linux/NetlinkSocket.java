package io.berth.net.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A netlink socket. It speaks for the network namespace that its thread was in when it was made,
 * whichever thread uses it later. Thread-safe: one exchange at a time.
 */
final class NetlinkSocket implements AutoCloseable {
  static final int ROUTE = 0;
  static final int NETFILTER = 12;

  private static final int SOL_NETLINK = 270;
  private static final int EXT_ACK = 11;
  private static final int CAP_ACK = 10;
  private static final int ERROR = 2;
  private static final int DONE = 3;
  private static final int MULTI = 2;
  private static final int ACK_TLVS = 0x200;
  private static final int CAPPED = 0x100;
  private static final int INTERRUPTED = 0x10;
  private static final int TRIES = 16;
  private static final int IFREQ = 40;
  private static final long SIOCETHTOOL = 0x8946;
  private static final int ETHTOOL_GLINK = 10;

  private final int fd;
  // The kernel makes the parts of a list no larger than what was received last.
  private final byte[] buffer = new byte[16 << 10];
  private int sequence = 1;
  private boolean interrupted;
  private boolean closed;

  /** Takes over a netlink socket. */
  NetlinkSocket(int socket) {
    fd = socket;
    byte[] on = NetlinkMessage.fixed(4).putInt(1).array();
    NetCalls.setsockopt(fd, SOL_NETLINK, EXT_ACK, on, 4);
    NetCalls.setsockopt(fd, SOL_NETLINK, CAP_ACK, on, 4);
  }

  /** One of the namespace that the calling thread is in. */
  static NetlinkSocket here(int protocol) {
    return new NetlinkSocket(openHere(protocol));
  }

  static int openHere(int protocol) {
    return NetCalls.check(
        NetCalls.socket(NetCalls.AF_NETLINK, NetCalls.SOCK_RAW | NetCalls.SOCK_CLOEXEC, protocol),
        "socket",
        "netlink");
  }

  /** A message from the kernel: its type and what follows its header. */
  record Reply(int type, ByteBuffer payload) {
    NetlinkAttributes attributes(int fixed) {
      return NetlinkAttributes.parse(payload.slice(fixed, payload.remaining() - fixed));
    }
  }

  /** How the kernel answered a request; errno 0 for well. */
  private record Answer(int sequence, int errno, Optional<String> detail) {}

  /**
   * Sends requests in one call and waits for the acknowledgement of each; the kernel carries them
   * out in order, and goes on after one that fails.
   *
   * @param what names the attempt in errors
   * @throws SystemCallException for the first that failed
   */
  synchronized void request(String what, NetlinkMessage... messages) {
    int first = sequence;
    sequence += messages.length;
    send(what, concatenate(first, messages));
    Optional<Answer> failed = Optional.empty();
    for (int answered = 0; answered < messages.length; ) {
      for (Answer answer : receiveAnswers(what, new ArrayList<>())) {
        if (answer.sequence() < first) {
          continue; // of an exchange that was given up
        }
        answered++;
        if (answer.errno() != 0 && failed.isEmpty()) {
          failed = Optional.of(answer);
        }
      }
    }
    failed.ifPresent(a -> fail(what, a));
  }

  /** Sends one request whose answer is a message, and gives that. */
  synchronized Reply ask(String what, NetlinkMessage message) {
    List<Reply> replies = exchange(what, message);
    if (replies.isEmpty()) {
      throw new SystemCallException("netlink " + what, "no answer", Errno.EIO);
    }
    return replies.get(0);
  }

  /** Sends a request for a list, and gives that. */
  synchronized List<Reply> dump(String what, NetlinkMessage message) {
    for (int tries = 1; ; tries++) {
      List<Reply> replies = exchange(what, message);
      // What is listed changed meanwhile, so something may be missing.
      if (!interrupted || tries == TRIES) {
        return replies;
      }
    }
  }

  private List<Reply> exchange(String what, NetlinkMessage message) {
    int wanted = sequence++;
    interrupted = false;
    send(what, message.encode(wanted));
    List<Reply> replies = new ArrayList<>();
    while (true) {
      for (Answer answer : receiveAnswers(what, replies)) {
        if (answer.sequence() != wanted) {
          continue;
        }
        if (answer.errno() != 0) {
          fail(what, answer);
        }
        return replies;
      }
    }
  }

  /**
   * Sends a batch that the kernel carries out as a whole or not at all.
   *
   * @param acknowledged how many of its messages ask for an acknowledgement
   */
  synchronized void transact(String what, List<NetlinkMessage> messages, int acknowledged) {
    int first = sequence;
    sequence += messages.size();
    send(what, concatenate(first, messages.toArray(NetlinkMessage[]::new)));
    Optional<Answer> failed = Optional.empty();
    for (int answered = 0; answered < acknowledged; ) {
      for (Answer answer : receiveAnswers(what, new ArrayList<>())) {
        if (answer.sequence() < first) {
          continue;
        }
        answered++;
        if (answer.errno() != 0 && failed.isEmpty()) {
          failed = Optional.of(answer);
          // A batch whose beginning is refused is not answered any further.
          if (answer.sequence() == first) {
            answered = acknowledged;
          }
        }
      }
    }
    failed.ifPresent(a -> fail(what, a));
  }

  private static byte[] concatenate(int first, NetlinkMessage[] messages) {
    byte[][] parts = new byte[messages.length][];
    int size = 0;
    for (int i = 0; i < messages.length; i++) {
      parts[i] = messages[i].encode(first + i);
      size += parts[i].length;
    }
    ByteBuffer whole = ByteBuffer.allocate(size);
    for (byte[] part : parts) {
      whole.put(part);
    }
    return whole.array();
  }

  private static void fail(String what, Answer answer) {
    throw new SystemCallException(
        "netlink " + what, answer.detail().map(d -> "(" + d + ")").orElse(""), answer.errno());
  }

  private void send(String what, byte[] bytes) {
    if (closed) {
      throw new IllegalStateException("netlink socket is closed");
    }
    long n = NetCalls.send(fd, bytes, new NativeLong(bytes.length), 0).longValue();
    if (n < 0) {
      throw new SystemCallException("netlink " + what, "send", Native.getLastError());
    }
  }

  /**
   * Receives once; data goes into {@code replies}, acknowledgements and ends of lists are given.
   */
  private List<Answer> receiveAnswers(String what, List<Reply> replies) {
    ByteBuffer in = receive(what);
    List<Answer> answers = new ArrayList<>();
    while (in.remaining() >= NetlinkMessage.HEADER) {
      int at = in.position();
      int length = in.getInt(at);
      int type = Short.toUnsignedInt(in.getShort(at + 4));
      int flags = Short.toUnsignedInt(in.getShort(at + 6));
      int number = in.getInt(at + 8);
      interrupted |= (flags & INTERRUPTED) != 0;
      if (length < NetlinkMessage.HEADER || length > in.remaining()) {
        break;
      }
      ByteBuffer payload =
          in.slice(at + NetlinkMessage.HEADER, length - NetlinkMessage.HEADER)
              .order(ByteOrder.nativeOrder());
      in.position(Math.min(in.limit(), at + ((length + 3) & ~3)));
      if (type == ERROR) {
        answers.add(new Answer(number, -payload.getInt(0), detail(flags, payload)));
      } else if (type == DONE) {
        int errno = payload.remaining() >= 4 ? -payload.getInt(0) : 0;
        answers.add(new Answer(number, Math.max(0, errno), Optional.empty()));
      } else {
        replies.add(new Reply(type, payload));
        if ((flags & MULTI) == 0) {
          answers.add(new Answer(number, 0, Optional.empty()));
        }
      }
    }
    return answers;
  }

  private static Optional<String> detail(int flags, ByteBuffer payload) {
    if ((flags & ACK_TLVS) == 0) {
      return Optional.empty();
    }
    int echoed = (flags & CAPPED) != 0 ? NetlinkMessage.HEADER : (payload.getInt(4) + 3) & ~3;
    int from = 4 + echoed;
    return from >= payload.remaining()
        ? Optional.empty()
        : NetlinkAttributes.parse(payload.slice(from, payload.remaining() - from)).string(1);
  }

  private ByteBuffer receive(String what) {
    while (true) {
      int n = NetCalls.recv(fd, buffer, new NativeLong(buffer.length), 0).intValue();
      if (n >= 0) {
        return ByteBuffer.wrap(Arrays.copyOf(buffer, n)).order(ByteOrder.nativeOrder());
      }
      int errno = Native.getLastError();
      if (errno != Errno.EINTR) {
        throw new SystemCallException("netlink " + what, "receive", errno);
      }
    }
  }

  /**
   * Asks whether an interface has a carrier, as ethtool does. Whoever asks makes the kernel finish
   * what it put off when the carrier came: till then it drops what is sent.
   */
  synchronized void awaitCarrier(String link) {
    try (Memory request = new Memory(IFREQ);
        Memory value = new Memory(8)) {
      request.clear();
      request.write(0, link.getBytes(StandardCharsets.UTF_8), 0, Math.min(15, link.length()));
      request.setPointer(16, value);
      value.setInt(0, ETHTOOL_GLINK);
      value.setInt(4, 0);
      // One that is gone, or says no, matters to whoever uses it next.
      NetCalls.ioctl(fd, new NativeLong(SIOCETHTOOL), request);
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      NetCalls.close(fd);
    }
  }
}
