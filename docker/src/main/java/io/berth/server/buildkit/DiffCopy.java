package io.berth.server.buildkit;

import io.berth.server.grpc.ClientCall;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import io.berth.server.grpc.ProtoMessage;
import io.berth.server.grpc.ProtoWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A directory of the client's, as fsutil sends it: first all of its entries, then the content of
 * those files that are asked for. Several are asked for at once, as many as may wait in memory.
 */
final class DiffCopy implements AutoCloseable {
  static final String PATH = "/moby.filesync.v1.FileSync/DiffCopy";

  private static final int STAT = 0;
  private static final int REQUEST = 1;
  private static final int DATA = 2;
  private static final int FIN = 3;
  private static final int ERROR = 4;

  private static final long MOST_LISTED = 512L << 20;
  private static final long MOST_WAITING = 4 << 20;

  private final ClientCall call;
  private final String name;
  private final LongConsumer progress;
  private final List<FileStat> stats = new ArrayList<>();
  private final Map<Long, Incoming> incoming = new HashMap<>();
  private int asked;
  private long waiting;
  private long received;

  /** The content of a file that was asked for. */
  private static final class Incoming {
    private final Deque<byte[]> parts = new ArrayDeque<>();
    private boolean complete;
  }

  private DiffCopy(ClientCall call, String name, LongConsumer progress) {
    this.call = call;
    this.name = name;
    this.progress = progress;
  }

  /**
   * Asks for a directory, and reads what is in it.
   *
   * @param name by which the client knows it
   * @param selection what of it is wanted
   * @param progress hears how many bytes have come
   */
  static DiffCopy open(Session session, String name, Selection selection, LongConsumer progress) {
    DiffCopy copy = new DiffCopy(session.open(PATH, selection.metadata(name)), name, progress);
    try {
      copy.list();
    } catch (RuntimeException e) {
      copy.close();
      throw e;
    }
    return copy;
  }

  private void list() {
    long weight = 0;
    for (Optional<FileStat> stat = nextStat(); stat.isPresent(); stat = nextStat()) {
      weight += stat.get().weight();
      if (weight > MOST_LISTED) {
        throw new GrpcException(
            Code.RESOURCE_EXHAUSTED,
            "the directory " + name + " has too many files; leave some out in .dockerignore");
      }
      stats.add(stat.get());
    }
  }

  private Optional<FileStat> nextStat() {
    ProtoMessage packet = packet();
    if (packet.number(1) != STAT) {
      throw unexpected("a packet of type " + packet.number(1) + " among the files");
    }
    return packet.message(2).map(FileStat::of);
  }

  /** The entries, parents before their children. */
  List<FileStat> stats() {
    return stats;
  }

  private ProtoMessage packet() {
    ProtoMessage packet =
        call.receive().orElseThrow(() -> unexpected("an end of the call before that of the files"));
    if (packet.number(1) == ERROR) {
      throw new GrpcException(
          Code.UNKNOWN, "the client cannot send " + name + ": " + packet.text(4));
    }
    return packet;
  }

  private GrpcException unexpected(String what) {
    return new GrpcException(Code.INTERNAL, "the client sends of " + name + " " + what);
  }

  /**
   * The next part of a file; empty at its end. Files are read in the order of the entries, each to
   * its end.
   */
  Optional<byte[]> next(int index) {
    ask(index);
    Incoming file = incoming.get((long) index);
    while (file.parts.isEmpty() && !file.complete) {
      data(packet());
    }
    if (file.parts.isEmpty()) {
      incoming.remove((long) index);
      waiting -= stats.get(index).size();
      return Optional.empty();
    }
    return Optional.of(file.parts.remove());
  }

  private void ask(int index) {
    for (; asked < stats.size(); asked++) {
      FileStat stat = stats.get(asked);
      if (!stat.hasContent()) {
        continue;
      }
      if (asked > index && waiting + stat.size() > MOST_WAITING) {
        return;
      }
      waiting += stat.size();
      incoming.put((long) asked, new Incoming());
      call.send(new ProtoWriter().number(1, REQUEST).number(3, asked));
    }
  }

  private void data(ProtoMessage packet) {
    Incoming file = incoming.get(packet.number(3));
    if (packet.number(1) != DATA || file == null || file.complete) {
      throw unexpected("what was not asked for");
    }
    byte[] part = packet.bytes(4);
    if (part.length == 0) {
      file.complete = true;
    } else {
      file.parts.add(part);
      received += part.length;
      progress.accept(received);
    }
  }

  /** How many bytes of content have come. */
  long received() {
    return received;
  }

  /** Tells the client that all is here, and waits for its end. */
  void finish() {
    call.send(new ProtoWriter().number(1, FIN));
    while (call.receive().isPresent()) {
      // Its own FIN.
    }
  }

  @Override
  public void close() {
    call.close();
  }
}
