package io.berth.server.api;

import io.berth.build.BuildException;
import io.berth.server.http.ClientGone;
import io.berth.server.wire.ErrorMessage;
import io.berth.server.wire.ProgressLine;
import io.berth.server.wire.WireJson;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * An answer of JSON documents, one to a line, each sent as soon as it is known. The headers go out
 * with the first one, so that what fails before it is an error with a status; what fails later is a
 * document of its own.
 */
public final class JsonLines {
  private final Call call;
  private OutputStream out;

  public JsonLines(Call call) {
    this.call = call;
  }

  /** Sends the headers now. */
  public synchronized JsonLines open() throws ClientGone {
    if (out == null) {
      out = call.exchange().stream(200, "application/json");
    }
    return this;
  }

  /** Sends a document. */
  public synchronized void send(Object document) throws IOException {
    open().out.write(WireJson.line(document));
  }

  /** As {@link #send}, for callers that cannot throw. */
  public void put(Object document) {
    try {
      send(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says that the work failed: with a status when nothing is out yet. */
  public synchronized void fail(Exception failure) throws Exception {
    if (failure instanceof UncheckedIOException io && io.getCause() instanceof ClientGone gone) {
      throw gone;
    }
    if (out == null) {
      throw failure;
    }
    String message = ErrorAnswers.message(failure);
    send(ProgressLine.failed(message, new ErrorMessage(code(failure), message)));
  }

  /** The docker command ends with the code of a build's command. */
  private static Integer code(Exception failure) {
    return failure instanceof BuildException build && build.exitCode().isPresent()
        ? (Integer) build.exitCode().getAsInt()
        : null;
  }
}
