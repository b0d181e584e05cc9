package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An engine for Testcontainers, in a process of its own and in this JVM. */
@Timeout(120)
class StartingEngineIT {
  @TempDir Path directory;
  private Optional<EngineProcess> ahead = Optional.empty();

  private StartingEngine begin(boolean process, Map<String, String> more) {
    Map<String, String> all = new java.util.HashMap<>(more);
    all.put("berth.root", directory.resolve("root").toString());
    all.put("berth.process", "" + process);
    return StartingEngine.begin(new Settings(all::get), ahead);
  }

  @ParameterizedTest(name = "in a process: {0}")
  @ValueSource(booleans = {true, false})
  void aClientThatIsThereBeforeTheEngineIsAnswered(boolean process) throws IOException {
    assertAnswers(begin(process, Map.of()));
  }

  @ParameterizedTest(name = "in a process: {0}")
  @ValueSource(booleans = {true, false})
  void aProcessThatWasStartedAheadMayBeUsedOrNot(boolean process) throws IOException {
    ahead = StartingEngine.startProcess();
    assertThat(ahead).isPresent();
    StartingEngine engine = begin(process, Map.of());

    assertThat(ahead.get() == engine).isEqualTo(process);
    assertAnswers(engine);
  }

  @Test
  void aProcessWhoseParentEndsBeforeItWantsAnEngineEndsToo() throws Exception {
    Path sockets = Files.createDirectory(directory.resolve("sockets"));
    Process process = EngineCommand.find().orElseThrow().start(EngineMain.class, sockets);
    try (DataOutputStream commands = new DataOutputStream(process.getOutputStream())) {
      commands.writeInt(0);
    }

    process.getInputStream().readAllBytes();
    // Else the classes of so short a life would be kept for later ones.
    assertThat(process.waitFor()).isNotZero();
    assertThat(sockets).doesNotExist();
  }

  private static void assertAnswers(StartingEngine engine) throws IOException {
    try (SocketChannel client =
        SocketChannel.open(UnixDomainSocketAddress.of(Path.of(engine.address().getPath())))) {
      client.write(
          ByteBuffer.wrap(
              "GET /_ping HTTP/1.1\r\nHost: berth\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer answer = ByteBuffer.allocate(15);
      while (answer.hasRemaining() && client.read(answer) >= 0) {}

      assertThat(new String(answer.array(), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200 OK");
    }
    engine.await();
  }

  @ParameterizedTest(name = "in a process: {0}")
  @ValueSource(booleans = {true, false})
  void whatKeepsTheEngineFromServingIsTold(boolean process) {
    StartingEngine engine = begin(process, Map.of("berth.images", "none.tar"));

    assertThatThrownBy(engine::await).hasMessageContaining("No such archive: none.tar");
  }
}
