package io.berth.testcontainers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Loads classes that the first container was seen to need; the names of a past release do no harm.
 * {@code script/startup-classes} writes the lists.
 */
enum StartupClasses {
  /** Those of the engine and its API. */
  ENGINE("startup-classes.txt"),

  /** Those of Testcontainers' client up to its first request. */
  CLIENT("client-classes.txt");

  /** Those of the engine that take longest to get ready, and need no engine for it. */
  static final List<String> SLOW =
      List.of(
          "io.berth.runtime.linux.ProcessCalls",
          "io.berth.linux.LibC",
          "io.berth.json.Json",
          "io.berth.net.linux.NetCalls",
          "io.berth.server.wire.WireJson",
          "io.netty.channel.MultiThreadIoEventLoopGroup",
          "io.netty.buffer.ByteBufAllocator",
          "io.netty.handler.codec.http.HttpResponseEncoder");

  private final String list;

  StartupClasses(String list) {
    this.list = list;
  }

  /** Gets {@link #SLOW} ready; what cannot be says so when it is used. */
  static void initialise() {
    for (String name : SLOW) {
      try {
        Class.forName(name);
      } catch (ClassNotFoundException | LinkageError e) {
        return;
      }
    }
  }

  void load() {
    loadUntil(() -> false);
  }

  /** Loads them in this thread, which has nothing better to do until something is the case. */
  void loadUntil(BooleanSupplier enough) {
    try (InputStream in = StartupClasses.class.getResourceAsStream(list)) {
      if (in == null) {
        return;
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      for (String name = lines.readLine();
          name != null && !enough.getAsBoolean();
          name = lines.readLine()) {
        load(name);
      }
    } catch (IOException e) {
      // They are loaded when they are needed.
    }
  }

  private static void load(String name) {
    try {
      Class.forName(name, false, StartupClasses.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      // Another release of a library.
    }
  }
}
