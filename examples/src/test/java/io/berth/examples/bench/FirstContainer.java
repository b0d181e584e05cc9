package io.berth.examples.bench;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * What script/bench testcontainers measures: a JVM whose only test has one container, a web server,
 * and waits for its port. Prints the microseconds from a moment to the port's answer.
 */
public final class FirstContainer {
  private FirstContainer() {}

  /**
   * @param args the moment, in microseconds since 1970
   */
  public static void main(String[] args) {
    try (GenericContainer<?> web =
        new GenericContainer<>("busybox:latest")
            .withCommand("httpd", "-f", "-p", "8080", "-h", "/")
            .withExposedPorts(8080)
            .waitingFor(Wait.forListeningPort().withStartupTimeout(Duration.ofSeconds(60)))) {
      web.start();
      long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
      System.out.println("micros " + (now - Long.parseLong(args[0])));
    }
  }
}
