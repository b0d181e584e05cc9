package io.berth.server.http;

import java.time.Duration;

/**
 * What one client may take.
 *
 * @param requestLine bytes of the method and the address
 * @param headers bytes of all headers
 * @param document bytes of a JSON body
 * @param header how long a request line and headers may take to arrive
 * @param idle how long a connection may be open without a request
 * @param stall how long the next part of a body may take to arrive
 * @param requests how many requests are answered at once; more are refused with 503
 */
public record Limits(
    int requestLine,
    int headers,
    int document,
    Duration header,
    Duration idle,
    Duration stall,
    int requests) {
  public static final Limits DEFAULT =
      new Limits(
          64 << 10,
          128 << 10,
          16 << 20,
          Duration.ofMinutes(1),
          Duration.ofMinutes(15),
          Duration.ofMinutes(10),
          4096);
}
