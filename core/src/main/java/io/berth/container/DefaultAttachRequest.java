package io.berth.container;

import io.berth.api.AttachRequest;
import io.berth.text.DetachKeys;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.BiFunction;

/** Collects what is to be connected. */
final class DefaultAttachRequest implements AttachRequest {
  private final BiFunction<Attached, Boolean, Attachment> connect;
  private Streams streams = Streams.NONE;
  private boolean closeStdin = true;
  private DetachKeys keys = DetachKeys.none();
  private boolean replay;

  /**
   * @param connect takes the streams, and whether the log comes first
   */
  DefaultAttachRequest(BiFunction<Attached, Boolean, Attachment> connect) {
    this.connect = connect;
  }

  @Override
  public AttachRequest stdin(InputStream in) {
    streams = new Streams(Optional.of(in), streams.stdout(), streams.stderr());
    return this;
  }

  @Override
  public AttachRequest closeStdin(boolean close) {
    this.closeStdin = close;
    return this;
  }

  @Override
  public AttachRequest output(OutputStream stdout, OutputStream stderr) {
    streams = new Streams(streams.stdin(), Optional.of(stdout), Optional.of(stderr));
    return this;
  }

  @Override
  public AttachRequest detachKeys(String keys) {
    this.keys = DetachKeys.parse(keys);
    return this;
  }

  @Override
  public AttachRequest replay(boolean replay) {
    this.replay = replay;
    return this;
  }

  @Override
  public Attachment start() {
    return connect.apply(new Attached(streams, closeStdin, keys), replay);
  }
}
