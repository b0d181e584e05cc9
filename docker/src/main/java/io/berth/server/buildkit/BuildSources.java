package io.berth.server.buildkit;

import io.berth.api.BuildRequest;
import io.berth.api.ContextSource;
import io.berth.api.Engine;
import io.berth.dockerfile.Dockerfile;
import io.berth.dockerfile.IgnorePatterns;
import io.berth.server.grpc.ClientCall;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where the Dockerfile and the files of a build come from. */
final class BuildSources {
  private static final String CONTEXT = "context:";
  private static final String IGNORE = ".dockerignore";
  private static final String UPLOAD = "http://buildkit-session/";
  private static final int MOST_TEXT = 4 << 20;

  private final Engine engine;
  private final Sessions sessions;
  private final Uploads uploads;
  private final Job job;
  private final SolveRequest request;
  private Optional<SourceText> text = Optional.empty();

  BuildSources(Engine engine, Sessions sessions, Uploads uploads, Job job, SolveRequest request) {
    this.uploads = uploads;
    this.engine = engine;
    this.sessions = sessions;
    this.job = job;
    this.request = request;
  }

  private Optional<String> attribute(String name) {
    return Optional.ofNullable(request.attributes().get(name)).filter(v -> !v.isEmpty());
  }

  /** The Dockerfile, once it has come from the client. */
  Optional<SourceText> text() {
    return text;
  }

  /** A build of the Dockerfile, with its contexts. */
  BuildRequest begin() {
    BuildRequest build = main();
    request
        .attributes()
        .forEach(
            (name, value) -> {
              if (name.startsWith(CONTEXT)) {
                build.buildContext(name.substring(CONTEXT.length()), named(value));
              }
            });
    return build;
  }

  private BuildRequest main() {
    String file = attribute("filename").orElse("Dockerfile");
    Optional<String> remote = attribute("context");
    if (remote.isPresent() && attribute("dockerfilekey").isEmpty()) {
      return engine
          .images()
          .build(remote(remote.get()))
          .file(Path.of("/").relativize(Path.of("/", file)));
    }
    String ignoreFile = file + IGNORE;
    Map<String, byte[]> files =
        small(
            "[internal] load build definition from " + file,
            attribute("dockerfilekey").orElse("dockerfile"),
            List.of(file, ignoreFile));
    byte[] found = files.get(file);
    if (found == null) {
      throw new GrpcException(
          Code.UNKNOWN, "failed to read dockerfile: open " + file + ": no such file or directory");
    }
    SourceText source = new SourceText(file, found);
    text = Optional.of(source);
    Dockerfile dockerfile = source.parse();
    ContextSource context =
        remote.isPresent()
            ? remote(remote.get())
            : local(
                "[internal] load build context",
                attribute("contextkey").orElse("context"),
                Optional.ofNullable(files.get(ignoreFile)));
    return engine.images().build(dockerfile).context(context);
  }

  private ContextSource remote(String url) {
    if (url.startsWith(UPLOAD)) {
      String path = url.substring(UPLOAD.length() - 1);
      return ContextSource.tar(new LazyStream(() -> new SentBytes(upload(path))));
    }
    if (url.startsWith(Uploads.PREFIX + ":")) {
      return ContextSource.tar(new LazyStream(() -> uploads.take(url)));
    }
    return RemoteSource.of(url);
  }

  /** What the client reads from its standard input. */
  private ClientCall upload(String path) {
    Map<String, List<String>> metadata =
        Map.of("urlpath", List.of(path), "urlhost", List.of("buildkit-session"));
    ClientCall call = session("context").open("/moby.upload.v1.Upload/Pull", metadata);
    call.halfClose();
    return call;
  }

  private ContextSource named(String value) {
    if (value.startsWith("local:")) {
      String name = value.substring("local:".length());
      return local("[context " + name + "] load from client", name, Optional.empty());
    }
    if (value.startsWith("input:")) {
      return Definition.source(
          Optional.ofNullable(request.inputs().get(value.substring("input:".length())))
              .orElseThrow(() -> new GrpcException(Code.INVALID_ARGUMENT, "there is no " + value)));
    }
    if (value.startsWith("docker-image://")) {
      return ContextSource.parse(value);
    }
    return RemoteSource.of(value);
  }

  // ---- Directories of the client ----------------------------------------------------------------

  private Session session(String directory) {
    return sessions.await(attribute("local-sessionid:" + directory).orElse(request.session()));
  }

  /**
   * A directory, sent when it is read.
   *
   * @param ignore the ignore file that counts in place of the directory's own
   */
  private ContextSource local(String title, String name, Optional<byte[]> ignore) {
    return ContextSource.tar(new LazyStream(() -> open(title, name, ignore)));
  }

  private InputStream open(String title, String name, Optional<byte[]> ignore) {
    byte[] patterns =
        ignore.orElseGet(
            () ->
                small("[internal] load " + IGNORE, name, List.of(IGNORE))
                    .getOrDefault(IGNORE, new byte[0]));
    Vertex vertex = job.vertex(title);
    try {
      List<String> excluded =
          IgnorePatterns.parse(new String(patterns, StandardCharsets.UTF_8)).patterns();
      DiffCopy copy =
          DiffCopy.open(
              session(name),
              name,
              Selection.without(excluded),
              bytes -> vertex.at("transferring context", bytes, 0));
      // Where another file has the patterns, the directory's own is not applied to what is here.
      return new SentDirectory(
          copy,
          ignore.isPresent() ? Set.of(IGNORE) : Set.of(),
          bytes -> {
            vertex.done("transferring context", bytes);
            vertex.end(false);
          });
    } catch (RuntimeException e) {
      vertex.fail(e.getMessage());
      throw e;
    }
  }

  /** Some files that are small, those that are there. */
  private Map<String, byte[]> small(String title, String directory, List<String> paths) {
    Vertex vertex = job.vertex(title);
    Map<String, byte[]> found = new HashMap<>();
    long[] received = {0};
    try (DiffCopy copy =
        DiffCopy.open(session(directory), directory, Selection.only(paths), b -> received[0] = b)) {
      for (int i = 0; i < copy.stats().size(); i++) {
        FileStat stat = copy.stats().get(i);
        if (stat.isRegular() && paths.contains(stat.path())) {
          found.put(stat.path(), content(copy, i));
        }
      }
      copy.finish();
    } catch (RuntimeException e) {
      vertex.fail(e.getMessage());
      throw e;
    }
    vertex.done("transferring " + paths.get(0), received[0]);
    vertex.end(false);
    return found;
  }

  private static byte[] content(DiffCopy copy, int index) {
    FileStat stat = copy.stats().get(index);
    if (stat.size() > MOST_TEXT) {
      throw new GrpcException(
          Code.INVALID_ARGUMENT, stat.path() + " is larger than " + MOST_TEXT + " bytes");
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    if (stat.hasContent()) {
      for (Optional<byte[]> part = copy.next(index); part.isPresent(); part = copy.next(index)) {
        content.writeBytes(part.get());
      }
    }
    return content.toByteArray();
  }
}
