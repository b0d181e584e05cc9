package io.berth.remote.transport;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A connection: one thread may read while another writes. */
interface Line extends Closeable {
  InputStream in();

  OutputStream out();

  /** Sends the end of what is written; reading goes on. */
  void endOutput() throws IOException;

  /** Ends both directions, and the reads and writes that wait. */
  @Override
  void close();
}
