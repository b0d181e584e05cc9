package io.berth.registry.server;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** What a client asks. */
interface Request {
  String method();

  /** Percent-decoded, without the query. */
  String path();

  /** All values of a parameter in the query. */
  List<String> parameters(String name);

  default Optional<String> parameter(String name) {
    return parameters(name).stream().findFirst();
  }

  Optional<String> header(String name);

  /** The content, as it arrives. Reading fails when the connection is cut. */
  InputStream body();
}
