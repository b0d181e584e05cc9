package io.berth.server.buildkit;

import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import io.berth.layers.tar.TarType;
import io.berth.linux.Names;
import io.berth.server.grpc.ClientCall;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import io.berth.server.grpc.ProtoMessage;
import io.berth.server.grpc.ProtoWriter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of a tar, sent to a directory of the client's as fsutil takes them. */
final class RootFiles {
  private static final int STAT = 0;
  private static final int REQUEST = 1;
  private static final int DATA = 2;
  private static final int FIN = 3;
  private static final int ERROR = 4;
  private static final int PART = 32 << 10;

  private final Path tar;
  private final List<Placed> files = new ArrayList<>();

  /** An entry, and where its content is in the tar. */
  private record Placed(String path, TarEntry entry, long offset) {}

  private RootFiles(Path tar) {
    this.tar = tar;
  }

  /** Reads what is in a tar. */
  static RootFiles of(Path tar) throws IOException {
    RootFiles root = new RootFiles(tar);
    Map<String, Placed> regular = new HashMap<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(tar))) {
      TarReader reader = new TarReader(in);
      for (Optional<TarEntry> e = reader.next(); e.isPresent(); e = reader.next()) {
        String path = clean(e.get().name());
        Placed placed = new Placed(path, e.get(), reader.contentOffset());
        if (e.get().type() == TarType.HARD_LINK) {
          // Each name gets the content: which of them comes first is another's order.
          Placed first = regular.get(clean(e.get().linkName()));
          if (first != null) {
            root.files.add(new Placed(path, first.entry(), first.offset()));
          }
        } else if (!path.isEmpty() && mode(e.get()).isPresent()) {
          root.files.add(placed);
          regular.put(path, placed);
        }
      }
    }
    // Children behind their directory, before what begins with the same words.
    root.files.sort(Comparator.comparing(file -> file.path().replace('/', '\0')));
    return root;
  }

  private static String clean(String name) {
    return name.replaceFirst("^(\\./|/)+", "").replaceFirst("/+$", "").replaceFirst("^\\.$", "");
  }

  /** As Go's os.FileMode has it; devices and pipes are not sent. */
  private static Optional<Integer> mode(TarEntry entry) {
    int special =
        ((entry.mode() & 04000) != 0 ? 1 << 23 : 0)
            | ((entry.mode() & 02000) != 0 ? 1 << 22 : 0)
            | ((entry.mode() & 01000) != 0 ? 1 << 20 : 0);
    int permissions = entry.mode() & 0777 | special;
    return switch (entry.type()) {
      case REGULAR -> Optional.of(permissions);
      case DIRECTORY -> Optional.of(1 << 31 | permissions);
      case SYMLINK -> Optional.of(1 << 27 | permissions);
      default -> Optional.empty();
    };
  }

  /** Sends all; returns when the client has it. */
  void send(ClientCall call) throws IOException {
    for (Placed file : files) {
      call.send(new ProtoWriter().number(1, STAT).message(2, stat(file)));
    }
    call.send(new ProtoWriter().number(1, STAT));
    try (FileChannel content = FileChannel.open(tar)) {
      for (Optional<ProtoMessage> p = call.receive(); p.isPresent(); p = call.receive()) {
        switch ((int) p.get().number(1)) {
          case REQUEST -> content(call, content, p.get().number(3));
          case FIN -> {
            call.send(new ProtoWriter().number(1, FIN));
            call.halfClose();
          }
          case ERROR ->
              throw new GrpcException(
                  Code.UNKNOWN, "the client cannot take the files: " + p.get().text(4));
          default -> throw new GrpcException(Code.INTERNAL, "the client sends no requests");
        }
      }
    }
  }

  private static ProtoWriter stat(Placed file) {
    TarEntry entry = file.entry();
    Instant time = entry.mtime();
    return new ProtoWriter()
        .bytes(1, Names.encode(file.path()))
        .number(2, Integer.toUnsignedLong(mode(entry).orElseThrow()))
        .number(3, entry.uid())
        .number(4, entry.gid())
        .number(5, entry.type() == TarType.REGULAR ? entry.size() : 0)
        .number(6, time.getEpochSecond() * 1_000_000_000 + time.getNano())
        .bytes(7, Names.encode(entry.linkName()));
  }

  private void content(ClientCall call, FileChannel content, long index) throws IOException {
    if (index >= files.size() || files.get((int) index).entry().type() != TarType.REGULAR) {
      throw new GrpcException(Code.INVALID_ARGUMENT, "the client asks for no file of those sent");
    }
    Placed file = files.get((int) index);
    for (long done = 0; done < file.entry().size(); ) {
      ByteBuffer part = ByteBuffer.allocate((int) Math.min(PART, file.entry().size() - done));
      while (part.hasRemaining()) {
        if (content.read(part, file.offset() + done + part.position()) < 0) {
          throw new IOException("the archive of the files is cut short");
        }
      }
      done += part.capacity();
      call.send(new ProtoWriter().number(1, DATA).number(3, index).bytes(4, part.array()));
    }
    call.send(new ProtoWriter().number(1, DATA).number(3, index));
  }
}
