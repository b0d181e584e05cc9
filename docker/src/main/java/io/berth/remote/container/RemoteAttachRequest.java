package io.berth.remote.container;

import io.berth.api.AttachRequest;
import io.berth.text.DetachKeys;
import java.io.InputStream;
import java.io.OutputStream;

/** Collects what is to be connected. */
final class RemoteAttachRequest implements AttachRequest {
  private final RemoteContainer container;
  private Stdio streams = Stdio.NONE;
  private boolean closeStdin = true;
  private DetachKeys keys = DetachKeys.none();
  private boolean replay;

  RemoteAttachRequest(RemoteContainer container) {
    this.container = container;
  }

  @Override
  public AttachRequest stdin(InputStream in) {
    streams = streams.reading(in);
    return this;
  }

  @Override
  public AttachRequest closeStdin(boolean close) {
    closeStdin = close;
    return this;
  }

  @Override
  public AttachRequest output(OutputStream stdout, OutputStream stderr) {
    streams = streams.writing(stdout, stderr);
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
    return container.connect(streams, closeStdin, keys, replay);
  }
}
