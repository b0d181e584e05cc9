package io.berth.testcontainers;

import java.util.HashMap;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.images.builder.ImageFromDockerfile;

/** A program that leaves everything behind that Testcontainers can make. */
final class Leaver {
  private Leaver() {}

  /**
   * @param args {@code exit} to end by itself, anything else to wait for being killed
   */
  public static void main(String[] args) throws Exception {
    Network network = Network.newNetwork();
    String image =
        new ImageFromDockerfile()
            .withFileFromString("Dockerfile", "FROM " + Offline.BUSYBOX + "\nCMD sleep 1000\n")
            .get();
    Map<String, String> labels = new HashMap<>(DockerClientFactory.DEFAULT_LABELS);
    labels.put(DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL, DockerClientFactory.SESSION_ID);
    DockerClientFactory.instance()
        .client()
        .createVolumeCmd()
        .withName("left")
        .withLabels(labels)
        .exec();
    @SuppressWarnings("resource")
    GenericContainer<?> container = new GenericContainer<>(image).withNetwork(network);
    container.start();
    System.out.println("started " + container.getContainerId());
    System.out.flush();
    if (!args[0].equals("exit")) {
      Thread.sleep(Long.MAX_VALUE);
    }
  }
}
