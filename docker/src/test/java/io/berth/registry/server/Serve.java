package io.berth.registry.server;

import java.nio.file.Path;

/** Serves a directory until its input ends: for trying other clients, and the conformance suite. */
final class Serve {
  private Serve() {}

  public static void main(String[] args) throws Exception {
    RegistryServer.Builder builder =
        RegistryServer.builder().directory(Path.of(args[0])).port(Integer.parseInt(args[1]));
    if (args.length > 2) {
      builder.basicAuth(args[2], args[3]);
    }
    try (RegistryServer registry = builder.start()) {
      System.out.println(registry.uri());
      while (System.in.read() >= 0) {
        // until the end
      }
    }
  }
}
