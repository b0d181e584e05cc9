package io.berth.remote.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.error.UnsupportedException;
import io.berth.remote.transport.Answer;
import io.berth.server.wire.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Makes the exceptions of an embedded engine of what a remote one says. */
public final class Failures {
  private static final int MOST = 1 << 20;

  private Failures() {}

  /** Reads an answer that is no success. */
  static BerthException of(Answer answer) throws IOException {
    byte[] body = answer.body().readNBytes(MOST);
    return of(answer.status(), message(answer.status(), body));
  }

  /** What an engine says with a status. */
  public static BerthException of(int status, String message) {
    return switch (status) {
      case 400 -> new InvalidInputException(message);
      case 404 -> new NotFoundException(message);
      case 409 -> new ConflictException(message);
      case 501 -> new UnsupportedException(message);
      default -> new RemoteException(message, status);
    };
  }

  private static String message(int status, byte[] body) {
    try {
      JsonNode node = WireJson.read(body, JsonNode.class);
      if (node.path("message").isTextual()) {
        return node.path("message").textValue();
      }
    } catch (InvalidInputException e) {
      // Not every server on the way answers with documents.
    }
    String text = new String(body, StandardCharsets.UTF_8).strip();
    return "The engine answered with status " + status + (text.isEmpty() ? "" : ": " + text);
  }
}
