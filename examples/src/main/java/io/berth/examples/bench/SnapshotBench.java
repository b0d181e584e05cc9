package io.berth.examples.bench;

import io.berth.layers.DiskUsage;
import io.berth.layers.RootMount;
import io.berth.layers.SnapshotViews;
import io.berth.layers.Snapshotter;
import io.berth.layers.Snapshotters;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileRights;
import io.berth.linux.OpenFlags;
import io.berth.linux.RootDir;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a snapshot driver costs. Arguments: data directory, driver, the tar of an image with a file
 * {@code /large}, runs. Prints in one line the medians, in microseconds, of making a container's
 * snapshot, of the first write to the large file, of reading the changes as a layer, and of the
 * removal; then the kilobytes that the container takes.
 */
public final class SnapshotBench {
  private static final int STEPS = 4;

  private SnapshotBench() {}

  public static void main(String[] args) throws IOException {
    Path data = Path.of(args[0]);
    Snapshotters.Driver driver = Snapshotters.Driver.parse(args[1]);
    int runs = Integer.parseInt(args[3]);
    List<List<Long>> times = new ArrayList<>();
    long bytes = 0;
    try (Snapshotter snapshots = Snapshotters.open(data, driver)) {
      snapshots.prepare("image", Optional.empty());
      try (InputStream tar = Files.newInputStream(Path.of(args[2]))) {
        snapshots.apply("image", tar);
      }
      snapshots.commit("image", "base");
      for (int i = 0; i < runs; i++) {
        long free = free(data);
        List<Long> marks = new ArrayList<>(List.of(System.nanoTime()));
        RootMount root = snapshots.prepare("container", Optional.of("base"));
        marks.add(System.nanoTime());
        touch(root);
        marks.add(System.nanoTime());
        snapshots.diff("container", OutputStream.nullOutputStream());
        marks.add(System.nanoTime());
        // Where blocks are shared, only the file system knows.
        bytes = Math.min(Math.max(0, free - free(data)), DiskUsage.of(FileRights.direct(), data));
        long begin = System.nanoTime();
        snapshots.remove("container");
        marks.add(marks.get(3) + System.nanoTime() - begin);
        times.add(marks);
      }
    }
    StringBuilder line = new StringBuilder();
    for (int step = 0; step < STEPS; step++) {
      int at = step;
      List<Long> sorted =
          times.stream().map(m -> (m.get(at + 1) - m.get(at)) / 1000).sorted().toList();
      line.append(sorted.get(sorted.size() / 2)).append(' ');
    }
    System.out.println(line.append(bytes / 1024));
  }

  private static void touch(RootMount root) {
    try (RootDir view = SnapshotViews.open(root);
        Fd file = FileCalls.open(view.fd(), "large", OpenFlags.WRONLY, 0, 0)) {
      FileIo.writeSmall(file, new byte[] {1});
    }
  }

  private static long free(Path data) throws IOException {
    // What was written and not yet given a place does not count otherwise.
    try (Fd directory = FileCalls.open(Fd.CWD, data.toString(), OpenFlags.DIRECTORY, 0, 0)) {
      FileIo.sync(directory);
    }
    return Files.getFileStore(data).getUnallocatedSpace();
  }
}
