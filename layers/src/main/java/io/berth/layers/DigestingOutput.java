package io.berth.layers;

import io.berth.oci.Digester;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Counts and hashes what is written. */
final class DigestingOutput extends FilterOutputStream {
  private final Digester digester;

  DigestingOutput(OutputStream out, Digester digester) {
    super(out);
    this.digester = digester;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    digester.update(bytes, offset, length);
  }
}
