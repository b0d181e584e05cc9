package io.berth.api;

import io.berth.registry.CredentialSource;
import java.nio.file.Path;

/** How to build an image; made by {@link Images#build}. */
public interface BuildRequest {
  /** The context directory that COPY and ADD read from. */
  BuildRequest context(Path directory);

  /** Where COPY and ADD read from: a directory, a tar, a git repository, files in memory. */
  BuildRequest context(ContextSource source);

  /** The Dockerfile, when it is not {@code Dockerfile} in the context. */
  BuildRequest file(Path dockerfile);

  /** One more context, for FROM, COPY --from and RUN --mount=from=, in place of an image. */
  BuildRequest buildContext(String name, ContextSource source);

  /** A name for the image; may be called several times. */
  BuildRequest tag(String reference);

  /** A value for an ARG of the Dockerfile. */
  BuildRequest arg(String name, String value);

  /** A label for the image. */
  BuildRequest label(String name, String value);

  /** The stage to build, by its name or number; the last one by default. */
  BuildRequest target(String stage);

  /**
   * The platform of the image, such as {@code linux/arm64}; the host's by default.
   *
   * <p>Of several, such as {@code linux/amd64,linux/arm64}, there is an image for each. The one for
   * this host has the names and is the result of the build; what is pushed or saved (as an OCI
   * layout) by such a name is an index of all. A RUN for a platform that this host does not run
   * needs an emulator that is registered with the kernel: begin stages that compile for others with
   * {@code FROM --platform=$BUILDPLATFORM}, and they need none.
   */
  BuildRequest platform(String platform);

  /** Asks the registry for newer base images. */
  BuildRequest pull();

  /** For registries of base images and of caches, before the engine's own credentials. */
  BuildRequest credentials(CredentialSource credentials);

  /** Runs every step, whatever the cache holds. */
  BuildRequest noCache();

  /** Runs every step of one stage. */
  BuildRequest noCache(String stage);

  /**
   * A cache to take results from, as {@code docker build --cache-from} has it: {@code
   * type=local,src=DIRECTORY} or {@code type=registry,ref=NAME}. One that is not there is passed
   * over with a warning.
   */
  BuildRequest cacheFrom(String cache);

  /**
   * A cache to write to when the build went well: {@code type=local,dest=DIRECTORY} or {@code
   * type=registry,ref=NAME}, with {@code mode=max} for all steps rather than those of the image.
   */
  BuildRequest cacheTo(String cache);

  /** The network of RUN steps; the network bridge by default. */
  BuildRequest network(NetworkMode mode);

  /** A line in /etc/hosts of RUN steps. */
  BuildRequest addHost(String name, String address);

  /** A secret for RUN --mount=type=secret. */
  BuildRequest secret(String id, byte[] value);

  /** A secret, read from a file when it is needed. */
  BuildRequest secret(String id, Path file);

  /**
   * The agent for RUN --mount=type=ssh: its socket, or private keys for which an agent is started.
   *
   * @param id {@code default}, unless the mount says another
   */
  BuildRequest ssh(String id, Path... socketOrKeys);

  /** Who is asked for secrets and agents that were not given by their ids. */
  BuildRequest lender(BuildLender lender);

  /** Lets RUN steps ask for a right: {@code network.host} or {@code security.insecure}. */
  BuildRequest allow(String right);

  /** The size of /dev/shm in RUN steps, in bytes. */
  BuildRequest shmSize(long bytes);

  /** A limit of the processes of RUN steps. */
  BuildRequest ulimit(Ulimit limit);

  /** What each RUN step may use of memory and CPU. */
  BuildRequest resources(Resources limits);

  /** Gives the image one layer besides those of its base. */
  BuildRequest squash();

  /** Makes no file of a new layer younger than the build argument SOURCE_DATE_EPOCH. */
  BuildRequest rewriteTimestamps();

  /**
   * Has {@link #executeForResult} tell where the image comes from. A push of the image takes that
   * along, in an attestation manifest beside it, as buildx does.
   */
  BuildRequest provenance(Provenance mode);

  /** Where progress is shown; nowhere by default. */
  BuildRequest progress(Progress progress);

  /**
   * Builds.
   *
   * @throws io.berth.error.BerthException with the Dockerfile's line and what went wrong in it
   */
  Image execute();

  /** Builds, and tells more of it. */
  BuildResult executeForResult();
}
