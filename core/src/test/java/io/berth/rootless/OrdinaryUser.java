package io.berth.rootless;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.linux.Programs;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A made user, as whom programs run on this class path. The user is in no file of this machine: the
 * programs run in a mount namespace where {@code /etc/passwd}, {@code /etc/subuid} and {@code
 * /etc/subgid} have him, and where {@code /dev/fuse} and {@code /dev/net/tun} are everybody's, as
 * udev makes them; and in a network of their own ({@link OrdinaryHost}).
 */
final class OrdinaryUser implements AutoCloseable {
  private static final int UID = 61234;
  private static final String NAME = "berthtester";

  private final Path home;
  private final String classPath;
  private final OrdinaryHost host;
  private final List<String> hidden;

  private OrdinaryUser(Path home, String classPath, OrdinaryHost host, List<String> hidden) {
    this.home = home;
    this.classPath = classPath;
    this.host = host;
    this.hidden = hidden;
  }

  /**
   * @param subordinate whether he has subordinate ids
   * @param hidden programs that are as if they were not installed
   */
  static OrdinaryUser make(boolean subordinate, List<String> hidden) throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root, to become another");
    for (String program : List.of("nsenter", "unshare", "setpriv", "newuidmap", "newgidmap")) {
      assumeTrue(Programs.find(program).isPresent(), () -> "needs the program " + program);
    }
    Path home = Files.createTempDirectory("berth-user-");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    etc(home, "passwd", NAME + ":x:" + UID + ":" + UID + "::" + home + "/home:/bin/sh");
    etc(home, "group", NAME + ":x:" + UID + ":");
    String ids = subordinate ? NAME + ":2000000:4000000" : "";
    etc(home, "subuid", ids);
    etc(home, "subgid", ids);
    Path own = Files.createDirectory(home.resolve("home"));
    Files.setAttribute(own, "unix:uid", UID);
    Files.setAttribute(own, "unix:gid", UID);
    String classPath = copyClassPath(Files.createDirectory(home.resolve("lib")));
    return new OrdinaryUser(home, classPath, new OrdinaryHost(), hidden);
  }

  private static void etc(Path home, String name, String line) throws IOException {
    Path host = Path.of("/etc", name);
    String text = Files.exists(host) ? Files.readString(host) : "";
    Files.writeString(home.resolve(name), text + line + "\n");
  }

  /** The jars may be where he cannot read them. */
  private static String copyClassPath(Path lib) throws IOException {
    List<String> copies = new ArrayList<>();
    int n = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path from = Path.of(entry);
      Path to = lib.resolve(n++ + "-" + from.getFileName());
      if (Files.isDirectory(from)) {
        copyTree(from, to);
      } else if (Files.exists(from)) {
        Files.copy(from, to);
      }
      copies.add(to.toString());
    }
    return String.join(File.pathSeparator, copies);
  }

  private static void copyTree(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(dir)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, to.resolve(from.relativize(file)));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Where he may write. */
  Path home() {
    return home.resolve("home");
  }

  /** Starts a Java program as this user; its output is one stream. */
  Process java(Class<?> main, List<String> options, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("nsenter", "--net=" + host.namespace(), "unshare", "-m"));
    command.addAll(List.of("sh", "-c", script(), "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("BERTH_ROOT");
    builder.environment().remove("XDG_DATA_HOME");
    builder.environment().put("HOME", home().toString());
    return builder.start();
  }

  private String script() {
    return """
        set -e
        for f in passwd group subuid subgid; do
          [ -e /etc/$f ] && mount --bind %1$s/$f /etc/$f
        done
        if [ -e /dev/fuse ]; then
          mknod -m 0666 %1$s/fuse c 10 229 2>/dev/null || true
          mount --bind %1$s/fuse /dev/fuse
        fi
        if [ -e /dev/net/tun ]; then
          mknod -m 0666 %1$s/tun c 10 200 2>/dev/null || true
          mount --bind %1$s/tun /dev/net/tun
        fi
        touch %1$s/no-program
        for f in %3$s; do mount --bind %1$s/no-program "$f"; done
        cd %1$s/home
        exec setpriv --reuid %2$d --regid %2$d --clear-groups --inh-caps=-all "$@"
        """
        .formatted(home, UID, hiddenFiles());
  }

  private String hiddenFiles() {
    return hidden.stream()
        .flatMap(name -> Programs.find(name).stream())
        .map(Path::toString)
        .collect(Collectors.joining(" "));
  }

  /** Runs a Java program to its end; what it wrote. */
  String run(Class<?> main, List<String> options, List<String> arguments)
      throws IOException, InterruptedException {
    Process process = java(main, options, arguments);
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  @Override
  public void close() throws IOException {
    host.close();
    try (Stream<Path> all = Files.walk(home)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
