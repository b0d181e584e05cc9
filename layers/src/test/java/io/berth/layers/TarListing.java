package io.berth.layers;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** What Commons Compress, which is not ours, reads from a tar that we wrote. */
final class TarListing {
  private final List<TarArchiveEntry> entries = new ArrayList<>();

  TarListing(byte[] tar) throws IOException {
    try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
      for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        entries.add(e);
      }
    }
  }

  List<String> names() {
    return entries.stream().map(TarArchiveEntry::getName).toList();
  }

  List<TarArchiveEntry> entries() {
    return entries;
  }
}
