package io.berth.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.Image;
import io.berth.api.MountSpec;
import io.berth.api.MountSpec.BindOptions;
import io.berth.api.MountSpec.ReadOnlyScope;
import io.berth.api.MountSpec.VolumeOptions;
import io.berth.api.Propagation;
import io.berth.api.PruneFilter;
import io.berth.api.Volume;
import io.berth.api.Volumes;
import io.berth.api.Wait;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VolumesIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @TempDir Path host;
  private final List<Container> made = new ArrayList<>();

  @AfterEach
  void clean() {
    made.forEach(c -> c.remove(true, true));
    volumes().list().forEach(v -> volumes().remove(v.name(), true));
  }

  private static Volumes volumes() {
    return FIXTURE.engine().volumes();
  }

  private static CreateRequest request(String script) {
    return FIXTURE.engine().containers().create(TestEngine.IMAGE).command("sh", "-c", script);
  }

  private Container keep(Container container) {
    made.add(container);
    return container;
  }

  private String run(CreateRequest request) {
    try (Container container = request.start()) {
      int code = container.waitForExit();
      String output = container.logs().stdout() + container.logs().stderr();
      assertThat(code).as(output).isZero();
      return output;
    }
  }

  @Test
  void aVolumeIsMadeListedAndRemoved() {
    Volume made = volumes().create("data").label("l", "1").execute();
    Volume anonymous = volumes().create("").execute();

    assertThat(made.driver()).isEqualTo("local");
    assertThat(Path.of(made.mountpoint())).isDirectory();
    assertThat(volumes().create("data").execute()).isEqualTo(made);
    assertThat(anonymous.name()).hasSize(64);
    assertThat(anonymous.isAnonymous()).isTrue();
    assertThat(volumes().list()).contains(made, anonymous);
    assertThat(volumes().size("data")).isPresent();
    volumes().remove("data", false);
    assertThat(volumes().find("data")).isEmpty();
    assertThat(Path.of(made.mountpoint())).doesNotExist();
    assertThatThrownBy(() -> volumes().remove("data", false)).isInstanceOf(NotFoundException.class);
    volumes().remove("data", true);
  }

  @ParameterizedTest
  @CsvSource({
    "a, volume name is too short",
    "b@d, includes invalid characters for a local volume name",
    "../x, includes invalid characters for a local volume name",
  })
  void aNameThatIsNoneIsRefused(String name, String message) {
    assertThatThrownBy(() -> volumes().create(name).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
    assertThat(volumes().list()).isEmpty();
  }

  @Test
  void anOptionThatIsNoneIsRefused() {
    assertThatThrownBy(() -> volumes().create("vol").option("size", "1").execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("invalid option: \"size\"");
    assertThatThrownBy(() -> volumes().create("vol").option("type", "tmpfs").execute())
        .hasMessageContaining("missing required option: \"device\"");
    assertThatThrownBy(() -> volumes().create("vol").driver("none-such").execute())
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("plugin \"none-such\" not found");
    assertThat(volumes().list()).isEmpty();
  }

  @Test
  void dataOutlivesContainers() {
    run(request("echo -n kept >/data/f").volume("data", "/data"));

    assertThat(run(request("cat /data/f").volume("data", "/data"))).isEqualTo("kept");
    assertThat(volumes().users("data")).isEmpty();
  }

  @Test
  void aVolumeInUseIsNotRemoved() {
    Container stopped = keep(request("true").volume("data", "/data").create());

    assertThat(volumes().users("data")).containsExactly(stopped.id());
    assertThatThrownBy(() -> volumes().remove("data", true))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("volume is in use");
    assertThat(volumes().prune(true, PruneFilter.ALL).names()).isEmpty();
  }

  @Test
  void anEmptyVolumeGetsWhatTheImageHas() throws IOException {
    Image image = image("mkdir -p /srv/d; echo -n 1 >/srv/d/f; ln -s d /srv/l; chown -R 5:6 /srv");

    String first = run(create(image, "stat -c %u /srv; cat /srv/l/f").volume("full", "/srv"));
    run(create(image, "rm /srv/d/f; echo -n 2 >/srv/d/g").volume("full", "/srv"));
    String again = run(create(image, "ls /srv/d").volume("full", "/srv"));
    String none =
        run(
            create(image, "ls /srv")
                .mount(
                    MountSpec.volume("bare", "/srv")
                        .with(new VolumeOptions(true, Map.of(), Optional.empty(), Map.of(), ""))));

    assertThat(first).isEqualTo("5\n1");
    assertThat(again).isEqualTo("g\n");
    assertThat(none).isEmpty();
    try (var left = Files.list(FIXTURE.dataDirectory().resolve("volumes/full"))) {
      assertThat(left.map(p -> p.getFileName().toString()).filter(n -> n.contains("filling")))
          .isEmpty();
    }
  }

  private Image image(String script) {
    Container base = keep(request(script).start());
    assertThat(base.waitForExit()).isZero();
    return base.commit().execute();
  }

  private static CreateRequest create(Image image, String script) {
    return FIXTURE.engine().containers().create(image).command("sh", "-c", script);
  }

  @Test
  void volumesOfTheImageAreAnonymousAndGoWithRmV() {
    Container base = keep(request("mkdir /vol; echo -n i >/vol/f").start());
    base.waitForExit();
    Image image = base.commit().change("VOLUME /vol").execute();

    Container kept = create(image, "cat /vol/f; echo -n w >/vol/f").start();
    kept.waitForExit();
    String volume = kept.spec().sandbox().mounts().get(0).name();
    kept.remove(false);
    assertThat(volumes().get(volume).isAnonymous()).isTrue();

    Container gone = create(image, "true").volume("named", "/named").create();
    assertThat(volumes().list()).hasSize(3);
    gone.remove(false, true);
    assertThat(volumes().list())
        .extracting(Volume::name)
        .containsExactlyInAnyOrder(volume, "named");

    Container auto = create(image, "true").autoRemove(true).detached(true).start();
    auto.waitForExit();
    assertThat(volumes().list()).hasSize(2);
    assertThat(volumes().prune(false, PruneFilter.ALL).names()).containsExactly(volume);
    assertThat(volumes().prune(true, PruneFilter.ALL).names()).containsExactly("named");
  }

  @Test
  void aDataContainerServesOthersAndItsVolumeStaysWhileTheyUseIt() {
    Container data =
        keep(
            request("echo -n shared >/store/f")
                .mount(MountSpec.volume("", "/store"))
                .bind(host, "/host", true)
                .create());
    data.start();
    data.waitForExit();
    String volume = data.spec().sandbox().mounts().get(0).name();

    Container writer =
        keep(request("echo -n more >>/store/f; ls /host").volumesFrom(data.name()).start());
    writer.waitForExit();
    String read =
        run(
            request("cat /store/f; touch /store/x 2>/dev/null || echo ' ro'")
                .volumesFrom(data.name() + ":ro"));

    assertThat(writer.waitForExit()).isZero();
    assertThat(read).isEqualTo("sharedmore ro\n");
    data.remove(true, true);
    assertThat(volumes().find(volume)).isPresent();
    writer.remove(true, true);
    made.clear();
    assertThat(volumes().find(volume)).isEmpty();
  }

  @Test
  void twoMountsAtOnePathAreRefused() {
    assertThatThrownBy(() -> request("true").volume("aa", "/x").bind(host, "/x/", false).create())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Duplicate mount point: /x");
    assertThatThrownBy(() -> request("true").volume("aa", "/x").tmpfs("/x", "").create())
        .hasMessage("Duplicate mount point: /x");
  }

  @Test
  void aContainerThatCannotBeMadeLeavesNoVolume() {
    assertThatThrownBy(
            () ->
                request("true")
                    .mount(MountSpec.volume("", "/v"))
                    .bind(host, "/x", false)
                    .tmpfs("/x", "")
                    .create())
        .isInstanceOf(InvalidInputException.class);
    Image bare =
        FIXTURE
            .engine()
            .images()
            .importRootfs(new java.io.ByteArrayInputStream(io.berth.testing.BusyboxImage.tar()))
            .execute();
    assertThatThrownBy(
            () ->
                FIXTURE
                    .engine()
                    .containers()
                    .create(bare)
                    .mount(MountSpec.volume("", "/v"))
                    .create())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("No command");
    assertThat(volumes().list()).isEmpty();
  }

  @Test
  void aVolumeThatIsFilledStaysTheOneThatOthersHave() {
    Image image = image("mkdir /srv; echo -n i >/srv/f");
    Container first =
        keep(request("while :; do sleep 0.05; done").volume("late", "/none-here").start());

    run(create(image, "true").volume("late", "/srv"));

    assertThat(first.exec("sh", "-c", "cat /none-here/f; echo -n w >/none-here/g").execute())
        .satisfies(result -> assertThat(result.stdout()).isEqualTo("i"));
    assertThat(run(create(image, "cat /srv/g").volume("late", "/srv"))).isEqualTo("w");
  }

  @Test
  void mountsAreNestedWhateverTheirOrder() throws IOException {
    Files.createDirectory(host.resolve("inner"));

    String output =
        run(
            request("echo -n v >/a/inner/deep/f; cat /a/inner/deep/f; ls /a")
                .volume("deep", "/a/inner/deep")
                .tmpfs("/a/inner", "")
                .bind(host, "/a", false));

    assertThat(output).isEqualTo("vinner\n");
    assertThat(host.resolve("inner/deep")).doesNotExist();
  }

  @Test
  void aTmpfsVolumeIsMountedOnceAndGoneWithItsLastUser() throws IOException {
    volumes()
        .create("mem")
        .option("type", "tmpfs")
        .option("device", "tmpfs")
        .option("o", "size=1m")
        .execute();
    Container first =
        keep(request("echo -n t >/m/f; echo up; sleep 1000").volume("mem", "/m").start());
    first.waitFor(Wait.forLog("up"));

    String second = run(request("cat /m/f; df -k /m | tail -1").volume("mem", "/m"));
    first.kill("KILL");
    first.waitForExit();

    assertThat(second).startsWith("t").contains("1024");
    assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
        .doesNotContain(FIXTURE.dataDirectory().toString());
    assertThat(run(request("ls /m").volume("mem", "/m"))).isEmpty();
  }

  @Test
  void aBoundVolumeIsADirectoryOfTheHost() throws IOException {
    Files.writeString(host.resolve("f"), "bound");
    volumes()
        .create("bound")
        .option("type", "none")
        .option("o", "bind")
        .option("device", host.toString())
        .execute();

    assertThat(run(request("cat /m/f; echo -n w >/m/g").volume("bound", "/m"))).isEqualTo("bound");

    assertThat(host.resolve("g")).hasContent("w");
    volumes().remove("bound", false);
    assertThat(host.resolve("g")).hasContent("w");
  }

  @Test
  void aDeviceThatIsNotThereIsToldAtTheStart() {
    volumes()
        .create("nowhere")
        .option("type", "none")
        .option("o", "bind")
        .option("device", "/no/such")
        .execute();

    assertThatThrownBy(
            () -> request("true").volume("nowhere", "/m").mount(MountSpec.tmpfs("/t")).start())
        .isInstanceOf(BerthException.class)
        .hasMessageContaining("failed to mount local volume: mount /no/such");
  }

  @Test
  void aPartOfAVolumeIsMountedAndNothingOutOfIt() throws IOException {
    run(request("mkdir -p /d/sub; echo -n s >/d/sub/f; ln -s / /d/out").volume("vol", "/d"));

    assertThat(run(request("cat /m/f; ls /m").mount(part("sub")))).isEqualTo("sf\n");
    assertThat(run(request("ls /m").mount(part("out")))).isEqualTo("out\nsub\n");
    assertThatThrownBy(() -> request("true").mount(part("none")).start())
        .isInstanceOf(BerthException.class)
        .hasMessageContaining("/none");
  }

  private static MountSpec part(String subpath) {
    return MountSpec.volume("vol", "/m")
        .with(new VolumeOptions(false, Map.of(), Optional.empty(), Map.of(), subpath));
  }

  @Test
  void anImageIsMountedReadOnly() {
    Image image = image("mkdir /tool; echo -n t >/tool/f");
    FIXTURE.engine().images().tag(image.id().toString(), "tools:1");

    String all =
        run(
            request("cat /i/tool/f; ls /i/bin/sh; touch /i/x 2>/dev/null || echo ro")
                .mount(MountSpec.image("tools:1", "/i")));
    String part =
        run(
            request("ls /i")
                .mount(MountFlag.parse("type=image,src=tools:1,dst=/i,image-subpath=tool", host)));

    assertThat(all).isEqualTo("t/i/bin/sh\nro\n");
    assertThat(part).isEqualTo("f\n");
    FIXTURE.engine().images().remove("tools:1", true);
  }

  @Test
  void aReadOnlyBindIsReadOnlyAllTheWayDown() throws Exception {
    Path below = Files.createDirectory(host.resolve("below"));
    mount("-t", "tmpfs", "tmpfs", below.toString());
    try {
      String script =
          "for f in /m/x /m/below/x; do touch $f 2>/dev/null && echo -n w || echo -n r; done";
      MountSpec bind = MountSpec.bind(host.toString(), "/m");

      assertThat(run(request(script).mount(bind))).isEqualTo("ww");
      assertThat(run(request(script).mount(bind.asReadOnly()))).isEqualTo("rr");
      assertThat(run(request(script).mount(scoped(bind, ReadOnlyScope.ALL)))).isEqualTo("rr");
      assertThat(run(request(script).mount(scoped(bind, ReadOnlyScope.TOP)))).isEqualTo("rw");
      Files.delete(below.resolve("x"));
      assertThat(
              run(
                  request("ls /m/below")
                      .mount(
                          bind.with(
                              new BindOptions(
                                  Propagation.RPRIVATE, false, ReadOnlyScope.ALL_IF_POSSIBLE)))))
          .isEmpty();
    } finally {
      run("umount", below.toString());
    }
  }

  private static MountSpec scoped(MountSpec bind, ReadOnlyScope scope) {
    return bind.asReadOnly().with(new BindOptions(Propagation.RPRIVATE, true, scope));
  }

  @ParameterizedTest
  @CsvSource({"RPRIVATE, '', ''", "RSLAVE, in, ''", "RSHARED, in, out"})
  void mountsPropagateAsAsked(Propagation propagation, String in, String out) throws Exception {
    Path shared = Files.createDirectory(host.resolve("shared"));
    mount("-t", "tmpfs", "tmpfs", shared.toString());
    try {
      run("mount", "--make-shared", shared.toString());
      Files.createDirectories(shared.resolve("host"));
      Files.createDirectories(shared.resolve("inside"));
      Container container =
          keep(
              request("while :; do sleep 0.1; done")
                  .privileged(true)
                  .mount(
                      MountSpec.bind(shared.toString(), "/m")
                          .with(new BindOptions(propagation, true, ReadOnlyScope.ALL_IF_POSSIBLE)))
                  .start());
      mount("-t", "tmpfs", "tmpfs", shared.resolve("host").toString());
      Files.createFile(shared.resolve("host/in"));
      container.exec("sh", "-c", "mount -t tmpfs tmpfs /m/inside && touch /m/inside/out").execute();

      assertThat(container.exec("ls", "/m/host").execute().stdout().strip()).isEqualTo(in);
      assertThat(Files.exists(shared.resolve("inside/out"))).isEqualTo(!out.isEmpty());
      container.kill("KILL");
      container.waitForExit();
    } finally {
      run("umount", "-R", shared.toString());
    }
  }

  private static void mount(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(arguments));
    run(command.toArray(String[]::new));
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }

  @Test
  void filesOfAStoppedContainerAreInItsVolumes() throws IOException {
    Files.writeString(host.resolve("f"), "copied");
    volumes().create("mem").option("type", "tmpfs").option("device", "tmpfs").execute();
    Container stopped =
        keep(request("true").volume("data", "/data").volume("mem", "/mem").create());

    stopped.files().copyTo(host.resolve("f"), "/data");
    stopped.files().copyTo(host.resolve("f"), "/mem");

    assertThat(Path.of(volumes().get("data").mountpoint()).resolve("f")).hasContent("copied");
    assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
        .doesNotContain(FIXTURE.dataDirectory().toString());
  }
}
