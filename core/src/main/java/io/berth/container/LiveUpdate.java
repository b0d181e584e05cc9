package io.berth.container;

import io.berth.api.Resources;
import io.berth.api.RestartPolicy;
import io.berth.error.ConflictException;

/** Changes a container's limits and restart policy, of one that runs at once. */
final class LiveUpdate {
  private final ContainerRecord record;
  private final Life life;
  private final Line line;
  private final Starter starter;

  LiveUpdate(ContainerRecord record, Life life, Line line, Starter starter) {
    this.record = record;
    this.life = life;
    this.line = line;
    this.starter = starter;
  }

  void run(DefaultUpdateRequest changes) {
    ContainerConfig to = record.config().with(changes.apply(record.config().spec()));
    boolean active = life.status().isActive();
    if (active && changes.limits().isPresent()) {
      limit(to.spec().sandbox().resources());
    }
    record.update(to);
    if (active) {
      changes.policy().ifPresent(this::follow);
    }
  }

  private void limit(Resources resources) {
    starter
        .cgroup(record.config())
        .orElseThrow(() -> new ConflictException("Container " + record.name() + " has ended"))
        .update(LimitPlan.of(resources))
        .forEach(added -> line.monitor().ifPresent(m -> m.addCgroup(added)));
  }

  private void follow(RestartPolicy policy) {
    line.monitor().ifPresent(m -> m.restartPolicy(policy.kind().ordinal(), policy.maxRetries()));
  }
}
