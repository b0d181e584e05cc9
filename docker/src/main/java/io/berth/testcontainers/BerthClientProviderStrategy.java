package io.berth.testcontainers;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.util.Optional;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.dockerclient.EnvironmentAndSystemPropertyClientProviderStrategy;
import org.testcontainers.dockerclient.TransportConfig;
import org.testcontainers.utility.TestcontainersConfiguration;

/**
 * Lets Testcontainers 1.21 and 2 use an engine of this JVM's own where no Docker is reachable. It
 * is found by itself; nothing has to be configured.
 *
 * <p>With {@code berth.testcontainers=true}, a system property or a line of {@code
 * ~/.testcontainers.properties}, it is used although a Docker is reachable; with {@code false} it
 * never is. What the user has chosen otherwise ({@code DOCKER_HOST}, {@code tc.host}, {@code
 * docker.client.strategy}) comes first in any case. See {@link Settings} for more properties.
 */
public final class BerthClientProviderStrategy extends DockerClientProviderStrategy {
  /** Below all of Testcontainers' own. */
  private static final int LAST = -100;

  private final Settings settings =
      new Settings(
          name -> {
            String own = System.getProperty(name);
            return own != null
                ? own
                : TestcontainersConfiguration.getInstance().getEnvVarOrUserProperty(name, null);
          });
  private final Optional<EngineProcess> ahead;
  private StartingEngine engine;

  /** For the service loader. */
  public BerthClientProviderStrategy() {
    this.ahead = Outlook.here().promising() ? startAhead() : Optional.empty();
  }

  /** Its JVM starts while Testcontainers is still reading what it has to do. */
  private static Optional<EngineProcess> startAhead() {
    try {
      return StartingEngine.startProcess();
    } catch (IOException e) {
      return Optional.empty(); // the next attempt says why
    }
  }

  @Override
  public String getDescription() {
    return "Berth, an engine of this JVM";
  }

  @Override
  protected boolean isApplicable() {
    return switch (settings.use()) {
      case ALWAYS -> true;
      case NEVER -> false;
      case WITHOUT_DOCKER ->
          settings.of("tc.host").isEmpty()
              && !new EnvironmentAndSystemPropertyClientProviderStrategy().isApplicable();
    };
  }

  @Override
  protected int getPriority() {
    return settings.use() == Settings.Use.ALWAYS ? Integer.MAX_VALUE : LAST;
  }

  /** What is remembered in the user's home would be tried before any Docker. */
  @Override
  protected boolean isPersistable() {
    return false;
  }

  /** The engine starts now, while Testcontainers loads its client. */
  @Override
  protected boolean test() {
    engine();
    return true;
  }

  private synchronized StartingEngine engine() {
    if (engine == null) {
      engine = StartingEngine.begin(settings, ahead);
    }
    return engine;
  }

  @Override
  public TransportConfig getTransportConfig() {
    return TransportConfig.builder().dockerHost(engine().address()).build();
  }

  @Override
  public DockerClient getDockerClient() {
    DockerClient client = super.getDockerClient();
    engine().await();
    return client;
  }

  /** The engine is where this JVM is, although that may be in a container of Docker's. */
  @Override
  public String getDockerHostIpAddress() {
    return settings.of("host.override").orElse("localhost");
  }
}
