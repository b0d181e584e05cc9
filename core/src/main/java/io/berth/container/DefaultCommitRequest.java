package io.berth.container;

import io.berth.api.CommitRequest;
import io.berth.api.ContainerSpec;
import io.berth.api.Image;
import io.berth.image.ImageCommits;
import io.berth.image.ImageCommits.Commit;
import io.berth.oci.Reference;
import io.berth.oci.RunConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Collects what an image of a container is to be. */
final class DefaultCommitRequest implements CommitRequest {
  private final ContainerConfig config;
  private final ImageCommits commits;
  private final Function<DefaultCommitRequest, Image> execute;
  private final List<Reference> names = new ArrayList<>();
  private final List<String> changes = new ArrayList<>();
  private String author = "";
  private String message = "";
  private boolean pause = true;

  /**
   * @param execute runs {@link #commit}, with the container paused when that is wanted
   */
  DefaultCommitRequest(
      ContainerConfig config, ImageCommits commits, Function<DefaultCommitRequest, Image> execute) {
    this.config = config;
    this.commits = commits;
    this.execute = execute;
  }

  @Override
  public CommitRequest tag(String reference) {
    names.add(Reference.parse(reference));
    return this;
  }

  @Override
  public CommitRequest author(String author) {
    this.author = author;
    return this;
  }

  @Override
  public CommitRequest message(String message) {
    this.message = message;
    return this;
  }

  @Override
  public CommitRequest change(String instruction) {
    ImageCommits.check(instruction);
    changes.add(instruction);
    return this;
  }

  @Override
  public CommitRequest pause(boolean pause) {
    this.pause = pause;
    return this;
  }

  boolean pauses() {
    return pause;
  }

  @Override
  public Image execute() {
    return execute.apply(this);
  }

  Image commit() {
    ContainerSpec spec = config.spec();
    return commits.execute(
        new Commit(
            spec.imageId(),
            config.snapshotKey(),
            runConfig(spec, commits.config(spec.imageId()).config()),
            changes,
            String.join(" ", spec.command()),
            author,
            message,
            names));
  }

  /** As the container runs, without what only this engine adds to every container. */
  private static RunConfig runConfig(ContainerSpec spec, RunConfig image) {
    List<String> env = new ArrayList<>(spec.process().env());
    env.remove("HOSTNAME=" + spec.sandbox().hostname());
    if (image.envMap().get("PATH") == null) {
      env.remove("PATH=" + ProcessDraft.PATH);
    }
    RunConfig.Builder config =
        image.toBuilder()
            .user(spec.process().user())
            .entrypoint(spec.entrypoint())
            .cmd(spec.command())
            .labels(spec.labels())
            .healthcheck(spec.healthcheck());
    env.forEach(
        variable -> {
          int equals = variable.indexOf('=');
          config.env(variable.substring(0, equals), variable.substring(equals + 1));
        });
    spec.exposedPorts().forEach(config::exposePort);
    String workdir = spec.process().workdir();
    if (!workdir.equals("/") || image.workingDir().isPresent()) {
      config.workingDir(workdir);
    }
    if (!spec.stopSignal().equals("TERM")) {
      config.stopSignal(spec.stopSignal());
    }
    return config.build();
  }
}
