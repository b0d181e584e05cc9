package io.berth.build;

import io.berth.build.StepRunner.StepMount;
import io.berth.dockerfile.MountOptions;
import io.berth.error.InvalidInputException;
import io.berth.image.ConfigChanges;
import io.berth.layers.RootMount;
import io.berth.linux.Fd;
import io.berth.linux.FileRights;
import io.berth.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The mounts of one RUN instruction: what they add to its key, and how they are made. */
final class RunMounts {
  private static final String SECRETS = "/run/secrets/";
  private static final String AGENTS = "/run/buildkit/ssh_agent.";
  private static final int SECRET_MODE = 0400;
  private static final int AGENT_MODE = 0600;
  private static final int CACHE_MODE = 0755;

  private final Places places;
  private final StageState stage;
  private final List<Mount> mounts = new ArrayList<>();
  private final Map<String, String> scripts = new LinkedHashMap<>();
  private int agents;

  /** Where mounts take things from. */
  interface Places {
    /** The origin of {@code from}, or the build context. */
    Origin origin(Optional<String> from);

    Steps steps();

    CacheMounts caches();

    Secrets secrets();

    SshAgents agents();
  }

  private record Mount(MountOptions options, String target, Optional<SourceFiles> files) {}

  /** What a bind mount shows, or a cache begins with. */
  private record SourceFiles(Optional<String> snapshot, Optional<TreePart> part, Digest digest) {}

  RunMounts(StageState stage, Places places) {
    this.stage = stage;
    this.places = places;
  }

  /** Adds one; finds the files that it shows. */
  void add(MountOptions options) {
    switch (options.type()) {
      case BIND -> mounts.add(new Mount(options, target(options), Optional.of(files(options))));
      case CACHE ->
          mounts.add(
              new Mount(
                  options,
                  target(options),
                  options.from().isPresent() ? Optional.of(files(options)) : Optional.empty()));
      case TMPFS -> mounts.add(new Mount(options, target(options), Optional.empty()));
      case SECRET -> {
        String target = options.target();
        if (target.isEmpty() && options.env().isEmpty()) {
          target = SECRETS + base(secretId(options));
        }
        mounts.add(new Mount(options, target.isEmpty() ? "" : absolute(target), Optional.empty()));
      }
      case SSH -> {
        String target = options.target().isEmpty() ? AGENTS + agents : absolute(options.target());
        agents++;
        mounts.add(new Mount(options, target, Optional.empty()));
      }
    }
  }

  /** Adds a program, such as a here-document that begins with {@code #!}. */
  void addScript(String target, String content) {
    scripts.put(target, content);
  }

  private String target(MountOptions options) {
    String target = absolute(options.target());
    if (target.equals("/")) {
      throw new InvalidInputException("nothing can be mounted at /; give another target");
    }
    return target;
  }

  private String absolute(String path) {
    return ConfigChanges.absolute(stage.config(), path);
  }

  private static String base(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String secretId(MountOptions options) {
    return options
        .id()
        .orElseGet(() -> options.source().isEmpty() ? base(options.target()) : options.source());
  }

  private static String cacheId(Mount mount) {
    return mount.options().id().orElse(mount.target());
  }

  private SourceFiles files(MountOptions options) {
    Origin origin = places.origin(options.from());
    if (origin instanceof Origin.Layers layers) {
      String snapshot =
          layers
              .snapshot()
              .orElseThrow(
                  () -> new InvalidInputException("there are no files in " + layers.name()));
      Digest digest = new KeyDigest("mount 1").add(snapshot).add(options.source()).digest();
      return new SourceFiles(Optional.of(snapshot), Optional.empty(), digest);
    }
    Origin.Folder folder = (Origin.Folder) origin;
    String source = options.source().isEmpty() ? "." : literal(options.source());
    TreePart part = folder.context().part(CopyRequest.everything(), List.of(source), folder.name());
    KeyDigest key = new KeyDigest("mount files 1");
    part.addTo(key);
    return new SourceFiles(Optional.empty(), Optional.of(part), key.digest());
  }

  private static String literal(String path) {
    return path.replaceAll("([*?\\[\\\\])", "\\\\$1");
  }

  /** Adds all that the result of the step may depend on; not what is in caches and secrets. */
  void addTo(KeyDigest key) {
    key.add(mounts.size());
    for (Mount mount : mounts) {
      MountOptions o = mount.options();
      key.add(o.type().name()).add(mount.target()).add(String.valueOf(o.readOnly()));
      mount.files().ifPresent(files -> key.add(files.digest().hex()));
      switch (o.type()) {
        case CACHE -> key.add(cacheId(mount)).add(o.sharing().name());
        case SECRET ->
            key.add(secretId(o))
                .add(o.env().orElse(""))
                .add(o.mode().orElse(-1))
                .add(o.uid().orElse(-1))
                .add(o.gid().orElse(-1));
        case SSH -> key.add(o.id().orElse(""));
        case TMPFS -> key.add(o.size().orElse(-1));
        case BIND -> key.add(o.source());
      }
    }
    key.add(scripts);
  }

  /** Makes all that is mounted; to be closed after the step. */
  Session open() {
    Session session = new Session();
    try {
      mounts.forEach(session::open);
      scripts.forEach(session::script);
      return session;
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** The mounts of a step that runs. */
  final class Session implements AutoCloseable {
    private final List<StepMount> made = new ArrayList<>();
    private final Map<String, String> env = new LinkedHashMap<>();
    private final Deque<Runnable> ends = new ArrayDeque<>();

    List<StepMount> mounts() {
      return List.copyOf(made);
    }

    /** Variables that mounts set. */
    Map<String, String> env() {
      return env;
    }

    private void open(Mount mount) {
      switch (mount.options().type()) {
        case BIND -> bind(mount);
        case CACHE -> cache(mount);
        case TMPFS -> made.add(new StepMount.Tmpfs(mount.target(), mount.options().size()));
        case SECRET -> secret(mount);
        case SSH -> agent(mount);
      }
    }

    private void bind(Mount mount) {
      SourceFiles files = mount.files().orElseThrow();
      LayerSteps layers = places.steps().layers();
      String snapshot = files.snapshot().orElse("");
      String source = "/" + mount.options().source();
      if (files.part().isPresent()) {
        snapshot = places.steps().files(files.digest(), files.part().get());
        source = "/" + files.part().get().singleFile().orElse("");
      }
      RootMount root;
      if (mount.options().readOnly()) {
        root = layers.snapshotter().mount(snapshot);
      } else {
        // What the step writes is seen by it alone.
        String key = layers.lease().begin();
        ends.push(() -> layers.lease().end(key));
        root = layers.snapshotter().prepare(key, Optional.of(snapshot));
      }
      made.add(new StepMount.Tree(root, source, mount.target(), mount.options().readOnly()));
    }

    private void cache(Mount mount) {
      MountOptions o = mount.options();
      CacheMounts.Held held =
          places
              .caches()
              .hold(
                  cacheId(mount),
                  o.sharing(),
                  fresh -> {
                    mount.files().ifPresent(files -> fill(fresh, files, o.source()));
                    own(fresh, o);
                  });
      ends.push(held::close);
      made.add(new StepMount.Host(held.directory(), mount.target(), o.readOnly()));
    }

    private void fill(Path fresh, SourceFiles files, String source) {
      CopyPart part =
          files.part().isPresent()
              ? files.part().get()
              : new SnapshotPart(
                  places.steps().layers().snapshotter(),
                  CopyRequest.everything(),
                  List.of(source.isEmpty() ? "/" : literal(source)),
                  files.snapshot().orElseThrow(),
                  "the cache's source");
      try (CopyPart closed = part;
          Fd root = access().openDirectory(fresh);
          TreeWriter writer = new TreeWriter(root)) {
        CopySteps.write(
            writer,
            CopyRequest.everything(),
            List.of(closed),
            new Ownership(Optional.empty(), Optional.empty()));
      }
    }

    private FileRights access() {
      return places.steps().layers().snapshotter().access();
    }

    private void own(Path fresh, MountOptions o) {
      Secrets.own(
          access(), fresh, o.uid().orElse(0), o.gid().orElse(0), o.mode().orElse(CACHE_MODE));
    }

    private void secret(Mount mount) {
      MountOptions o = mount.options();
      String id = secretId(o);
      Optional<byte[]> value = places.secrets().find(id);
      if (value.isEmpty()) {
        if (o.required()) {
          throw new InvalidInputException(
              "the secret "
                  + id
                  + " is required, and was not given; give it with secret(\""
                  + id
                  + "\", ...)");
        }
        return;
      }
      o.env()
          .ifPresent(
              name ->
                  env.put(
                      name.isEmpty() ? id : name, new String(value.get(), StandardCharsets.UTF_8)));
      if (!mount.target().isEmpty()) {
        Path file = places.secrets().file(value.get());
        ends.push(() -> Secrets.remove(file));
        Secrets.own(
            access(), file, o.uid().orElse(0), o.gid().orElse(0), o.mode().orElse(SECRET_MODE));
        made.add(new StepMount.Host(file, mount.target(), true));
      }
    }

    private void agent(Mount mount) {
      MountOptions o = mount.options();
      String id = o.id().orElse("default");
      Optional<SshAgents.Forwarding> agent = places.agents().forward(id);
      if (agent.isEmpty()) {
        if (o.required()) {
          throw new InvalidInputException(
              "the SSH agent " + id + " is required, and was not given; give it with ssh(...)");
        }
        return;
      }
      ends.push(agent.get()::close);
      Path socket = agent.get().socket();
      Secrets.own(
          access(), socket, o.uid().orElse(0), o.gid().orElse(0), o.mode().orElse(AGENT_MODE));
      made.add(new StepMount.Host(socket, mount.target(), false));
      env.putIfAbsent("SSH_AUTH_SOCK", mount.target());
    }

    private void script(String target, String content) {
      Path file = places.secrets().file(content.getBytes(StandardCharsets.UTF_8));
      ends.push(() -> Secrets.remove(file));
      Secrets.own(access(), file, 0, 0, CACHE_MODE);
      made.add(new StepMount.Host(file, target, true));
    }

    @Override
    public void close() {
      while (!ends.isEmpty()) {
        ends.pop().run();
      }
    }
  }
}
