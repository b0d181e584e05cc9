package io.berth.build;

import io.berth.api.ContextSource;
import io.berth.dockerfile.GoPaths;
import io.berth.dockerfile.Heredoc;
import io.berth.dockerfile.Instruction;
import io.berth.dockerfile.ShellWords;
import io.berth.dockerfile.Transfer;
import io.berth.error.InvalidInputException;
import io.berth.image.ConfigChanges;
import io.berth.layers.Snapshotter;
import io.berth.oci.Digest;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds what COPY and ADD copy, and copies it. */
final class CopyParts {
  private static final Pattern HTTP = Pattern.compile("(?i)https?://.*");

  private final CopySteps steps;
  private final Snapshotter snapshotter;
  private final Origins origins;
  private final Remotes remotes;
  private final Clock clock;
  private final long unpackedLimit;

  /** What {@code --from} names. */
  interface Origins {
    Origin origin(Optional<String> from);
  }

  /**
   * What is fetched for ADD.
   *
   * @param trees where repositories are checked out
   */
  record Remotes(Downloads downloads, Git git, TemporaryTrees trees, Materials materials) {
    /** The same for one platform, whose materials are told apart. */
    Remotes forPlatform() {
      return new Remotes(downloads, git, trees, materials.more());
    }
  }

  CopyParts(
      CopySteps steps,
      Snapshotter snapshotter,
      Origins origins,
      Remotes remotes,
      Clock clock,
      long unpackedLimit) {
    this.steps = steps;
    this.snapshotter = snapshotter;
    this.origins = origins;
    this.remotes = remotes;
    this.clock = clock;
    this.unpackedLimit = unpackedLimit;
  }

  boolean copy(StageState stage, Instruction.Copy copy, ShellWords words, StepLint lint) {
    Transfer what = copy.what();
    CopyRequest request = request(stage, "COPY", what, copy.parents(), Optional.empty(), words);
    List<String> sources = what.sources().stream().map(words::expand).toList();
    for (String source : sources) {
      if (HTTP.matcher(source).matches() || ContextSource.isGit(source)) {
        throw new InvalidInputException("COPY takes no URL such as " + source + "; use ADD");
      }
    }
    List<CopyPart> parts = new ArrayList<>();
    if (!sources.isEmpty()) {
      parts.add(local(copy.from().map(words::expand), request, sources, lint));
    }
    addTexts(what, words, parts);
    return steps.copy(stage, request, parts, createdBy(request, sources, what, words));
  }

  boolean add(StageState stage, Instruction.Add add, ShellWords words, StepLint lint) {
    Transfer what = add.what();
    CopyRequest request = request(stage, "ADD", what, false, add.unpack(), words);
    List<String> sources = what.sources().stream().map(words::expand).toList();
    Optional<String> checksum = add.checksum().map(words::expand);
    if (checksum.isPresent() && (sources.size() != 1 || !isRemote(sources.get(0)))) {
      throw new InvalidInputException(
          "--checksum goes with one source that is a URL or a git repository");
    }
    List<CopyPart> parts = new ArrayList<>();
    List<String> locals = new ArrayList<>();
    for (String source : sources) {
      if (ContextSource.isGit(source)) {
        addLocals(request, locals, parts, lint);
        parts.add(repository(source, checksum, add.keepGitDir(), request));
      } else if (HTTP.matcher(source).matches()) {
        addLocals(request, locals, parts, lint);
        parts.add(download(source, checksum, request));
      } else {
        locals.add(source);
      }
    }
    addLocals(request, locals, parts, lint);
    addTexts(what, words, parts);
    return steps.copy(stage, request, parts, createdBy(request, sources, what, words));
  }

  private static boolean isRemote(String source) {
    return ContextSource.isGit(source) || HTTP.matcher(source).matches();
  }

  private void addLocals(
      CopyRequest request, List<String> locals, List<CopyPart> parts, StepLint lint) {
    if (!locals.isEmpty()) {
      parts.add(local(Optional.empty(), request, List.copyOf(locals), lint));
      locals.clear();
    }
  }

  private CopyPart local(
      Optional<String> from, CopyRequest request, List<String> sources, StepLint lint) {
    Origin origin = origins.origin(from);
    if (origin instanceof Origin.Folder folder) {
      for (String source : sources) {
        if (folder.context().ignores(GoPaths.clean(source))) {
          lint.ignoredFile(source);
        }
      }
      return folder.context().part(request, sources, folder.name());
    }
    Origin.Layers layers = (Origin.Layers) origin;
    String snapshot =
        layers
            .snapshot()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "there are no files in " + layers.name() + " to copy"));
    return new SnapshotPart(snapshotter, request, sources, snapshot, layers.name());
  }

  private void addTexts(Transfer what, ShellWords words, List<CopyPart> parts) {
    for (Heredoc file : what.files()) {
      String text = file.expands() ? words.expandText(file.text()) : file.text();
      parts.add(FilePart.text(file.name(), text, clock.instant()));
    }
  }

  private CopyPart download(String url, Optional<String> checksum, CopyRequest request) {
    Downloads.Download got = remotes.downloads().get(url, checksum.map(Digest::parse));
    remotes.materials().add(url, got.digest());
    return FilePart.download(got, request.unpack().orElse(false));
  }

  private CopyPart repository(
      String source, Optional<String> checksum, boolean keep, CopyRequest request) {
    GitUrl url = GitUrl.parse(source);
    String commit = remotes.git().commit(url);
    if (checksum.isPresent() && !commit.startsWith(checksum.get())) {
      throw new InvalidInputException(
          "the commit of " + source + " is " + commit + ", expected " + checksum.get());
    }
    remotes.materials().addCommit(url.remote(), commit);
    return new GitPart(
        url,
        commit,
        keep,
        () -> {
          Path fresh = remotes.trees().make("git-");
          return remotes.git().checkOut(url, commit, fresh, keep);
        },
        request);
  }

  private CopyRequest request(
      StageState stage,
      String keyword,
      Transfer what,
      boolean parents,
      Optional<Boolean> unpack,
      ShellWords words) {
    String destination = words.expand(what.destination());
    String path = ConfigChanges.absolute(stage.config(), destination);
    boolean directory =
        destination.endsWith("/") || destination.equals(".") || destination.endsWith("/.");
    return new CopyRequest(
        keyword,
        directory && !path.endsWith("/") ? path + "/" : path,
        what.chown().map(words::expand),
        what.chmod().map(words::expand).map(ModeChange::parse),
        what.link(),
        parents,
        what.excludes().stream().map(words::expand).toList(),
        unpack,
        unpackedLimit);
  }

  /** The text in the history, as BuildKit writes it. */
  private static String createdBy(
      CopyRequest request, List<String> sources, Transfer what, ShellWords words) {
    StringBuilder text = new StringBuilder(request.keyword());
    text.append(request.parents() ? " --parents" : "");
    request.chown().ifPresent(chown -> text.append(" --chown=").append(chown));
    request.chmod().ifPresent(chmod -> text.append(" --chmod=").append(chmod));
    sources.forEach(source -> text.append(' ').append(source));
    what.files().forEach(file -> text.append(" <<").append(file.name()));
    return text.append(' ').append(words.expand(what.destination())).toString();
  }
}
