package io.berth.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
  private static final String F64 = "f".repeat(64);
  private static final String HEX64 =
      "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";

  @ParameterizedTest
  @CsvSource({
    // input, domain, path, tag, familiar
    "redis, docker.io, library/redis, , redis",
    "redis:7, docker.io, library/redis, 7, redis:7",
    "lowercase:Uppercase, docker.io, library/lowercase, Uppercase, lowercase:Uppercase",
    "library/redis, docker.io, library/redis, , redis",
    "docker.io/redis, docker.io, library/redis, , redis",
    "docker.io/redis:7, docker.io, library/redis, 7, redis:7",
    "docker.io/library/redis, docker.io, library/redis, , redis",
    "index.docker.io/redis, docker.io, library/redis, , redis",
    "index.docker.io/a/b:c, docker.io, a/b, c, a/b:c",
    "library/foo/bar, docker.io, library/foo/bar, , library/foo/bar",
    "store/foo/bar, docker.io, store/foo/bar, , store/foo/bar",
    "other/library, docker.io, other/library, , other/library",
    "user/app, docker.io, user/app, , user/app",
    "test_com/foo, docker.io, test_com/foo, , test_com/foo",
    "foo/foo_bar.com:8080, docker.io, foo/foo_bar.com, 8080, foo/foo_bar.com:8080",
    "test.com, docker.io, library/test.com, , test.com",
    "test.com:5000, docker.io, library/test.com, 5000, test.com:5000",
    "192.168.0.1, docker.io, library/192.168.0.1, , 192.168.0.1",
    "192.168.0.1:80, docker.io, library/192.168.0.1, 80, 192.168.0.1:80",
    "localhost, docker.io, library/localhost, , localhost",
    "localhost:5000, docker.io, library/localhost, 5000, localhost:5000",
    "localhost/foo, localhost, foo, , localhost/foo",
    "localhost:5000/foo, localhost:5000, foo, , localhost:5000/foo",
    "localhost:5000/foo:5000, localhost:5000, foo, 5000, localhost:5000/foo:5000",
    "localhosts/foo, docker.io, localhosts/foo, , localhosts/foo",
    "test:5000/repo:tag, test:5000, repo, tag, test:5000/repo:tag",
    "test-com:8080/foo, test-com:8080, foo, , test-com:8080/foo",
    "127.0.0.1:5000/library/debian, 127.0.0.1:5000, library/debian, , 127.0.0.1:5000/library/debian",
    "example.com/library/x, example.com, library/x, , example.com/library/x",
    "sub-dom1.foo.com/bar/baz/quux:some-long-tag, sub-dom1.foo.com, bar/baz/quux, some-long-tag, sub-dom1.foo.com/bar/baz/quux:some-long-tag",
    "b.gcr.io/test.example.com/my-app:test.example.com, b.gcr.io, test.example.com/my-app, test.example.com, b.gcr.io/test.example.com/my-app:test.example.com",
    "xn--n3h.com:18080/foo, xn--n3h.com:18080, foo, , xn--n3h.com:18080/foo",
    "Docker/docker, Docker, docker, , Docker/docker",
    "FOO/bar, FOO, bar, , FOO/bar",
    "Uppercase/lowercase:tag, Uppercase, lowercase, tag, Uppercase/lowercase:tag",
    "[fc00::1]:5000/docker, [fc00::1]:5000, docker, , [fc00::1]:5000/docker",
    "[2001:db8::1]/repo, [2001:db8::1], repo, , [2001:db8::1]/repo",
    "[2001:db8:1:2:3:4:5:6]/repo:tag, [2001:db8:1:2:3:4:5:6], repo, tag, [2001:db8:1:2:3:4:5:6]/repo:tag",
    "[::1]:5000/repo, [::1]:5000, repo, , [::1]:5000/repo",
    "docker---rules/docker, docker.io, docker---rules/docker, , docker---rules/docker",
    "dock__er/docker, docker.io, dock__er/docker, , dock__er/docker",
    "d/docker, docker.io, d/docker, , d/docker",
    "jess/t, docker.io, jess/t, , jess/t",
    "a.b_c__d-e--f, docker.io, library/a.b_c__d-e--f, , a.b_c__d-e--f",
    "0, docker.io, library/0, , 0",
    "x:_, docker.io, library/x, _, x:_",
    "x:a..b, docker.io, library/x, a..b, x:a..b",
    "example.com:0/x, example.com:0, x, , example.com:0/x",
    "a.b/docker.io/x, a.b, docker.io/x, , a.b/docker.io/x",
    "thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev, docker.io, library/thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev, , thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev",
    "docker.io/" + HEX64 + ", docker.io, library/" + HEX64 + ", , docker.io/library/" + HEX64,
    HEX64 + ":x, docker.io, library/" + HEX64 + ", x, docker.io/library/" + HEX64 + ":x",
    "user/" + HEX64 + ", docker.io, user/" + HEX64 + ", , user/" + HEX64,
  })
  void parsesLikeDocker(String input, String domain, String path, String tag, String familiar) {
    Reference reference = Reference.parse(input);

    assertThat(reference.domain()).isEqualTo(domain);
    assertThat(reference.path()).isEqualTo(path);
    assertThat(reference.tag()).isEqualTo(Optional.ofNullable(tag));
    assertThat(reference.digest()).isEmpty();
    assertThat(reference.familiar()).isEqualTo(familiar);
    assertThat(reference).hasToString(domain + "/" + path + (tag == null ? "" : ":" + tag));
    assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "busybox",
        "busybox:latest",
        "test:5000/repo",
        "[2001:db8::1]:5000/repo:tag",
        "a/b/c:1"
      })
  void parsesDigestsBehindNamesAndTags(String name) {
    for (Digest digest : new Digest[] {Digest.sha256(new byte[0]), Digest.sha512(new byte[0])}) {
      Reference reference = Reference.parse(name + "@" + digest);

      assertThat(reference.digest()).contains(digest);
      assertThat(reference.familiar()).isEqualTo(name + "@" + digest);
      assertThat(reference.tag()).isEqualTo(Reference.parse(name).tag());
      assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
    }
  }

  static Stream<Arguments> invalid() {
    return Stream.of(
        Arguments.of("", "it is empty"),
        Arguments.of(" ", "not part of a repository name"),
        Arguments.of("redis ", "not part of a repository name"),
        Arguments.of("redis\n", "not part of a repository name"),
        Arguments.of("redis:7\n", "is not a tag"),
        Arguments.of("réd", "not part of a repository name"),
        Arguments.of(":justtag", "no repository name"),
        Arguments.of("@sha256:" + F64, "no repository name"),
        Arguments.of("repo@", "expected algorithm:hex"),
        Arguments.of("repo@sha256:ffffffffffffffffffffffffffffffffff", "sha256 needs 64"),
        Arguments.of("repo@sha256:" + "F".repeat(64), "lower-case hexadecimal"),
        Arguments.of("repo@sha256:" + "g".repeat(64), "lower-case hexadecimal"),
        Arguments.of("repo@md5:" + "f".repeat(32), "Unsupported digest algorithm \"md5\""),
        Arguments.of("validname@invaliddigest:" + F64, "Unsupported digest algorithm"),
        Arguments.of("repo@sha256:" + F64 + "@sha256:" + F64, "sha256 needs 64"),
        Arguments.of("repo@sha256:" + F64 + ":tag", "sha256 needs 64"),
        Arguments.of("Uppercase:tag", "must be lower case; use \"uppercase\""),
        Arguments.of("docker/Docker", "must be lower case; use \"docker/docker\""),
        Arguments.of("docker.io/docker/Docker", "must be lower case"),
        Arguments.of("test:5000/Uppercase/lowercase:tag", "must be lower case"),
        Arguments.of("aa/asdf$$^/aa", "not part of a repository name"),
        Arguments.of("https://github.com/docker/docker", "it is not a URL; leave out https://"),
        Arguments.of("-docker", "not part of a repository name"),
        Arguments.of("-docker/docker", "not part of a repository name"),
        Arguments.of("docker-/docker", "not part of a repository name"),
        Arguments.of("-docker-/docker", "not part of a repository name"),
        Arguments.of("-docker.io/docker/docker", "is not a registry"),
        Arguments.of("docker///docker", "empty part"),
        Arguments.of("docker.io/docker///docker", "empty part"),
        Arguments.of("docker/", "empty part"),
        Arguments.of("/docker", "empty part"),
        Arguments.of("example.com/", "no repository name"),
        Arguments.of("example.com/:tag", "no repository name"),
        Arguments.of("____/____", "not part of a repository name"),
        Arguments.of("_docker/_docker", "not part of a repository name"),
        Arguments.of("dock..er/docker", "is not a registry"),
        Arguments.of("x/dock..er", "not part of a repository name"),
        Arguments.of("x/dock_.er", "not part of a repository name"),
        Arguments.of("x/dock-.er", "not part of a repository name"),
        Arguments.of("x/dock___er", "not part of a repository name"),
        Arguments.of("x/docker_", "not part of a repository name"),
        Arguments.of("x/docker.", "not part of a repository name"),
        Arguments.of("[fc00::1]", "not part of a repository name"),
        Arguments.of("[fc00::1]:5000", "not part of a repository name"),
        Arguments.of("[2001:db8::1]:tag", "not part of a repository name"),
        Arguments.of("fc00::1:5000/debian", "is not a registry"),
        Arguments.of("[fe80::1%eth0]:5000/debian", "is not a registry"),
        Arguments.of("[fe80::1%@invalidzone]:5000/repo", "Unsupported digest algorithm"),
        Arguments.of("[2001:db8:3:4::192.0.2.33]:5000/debian", "is not a registry"),
        Arguments.of("[]/x", "not part of a repository name"),
        Arguments.of("test:http/repo", "is not a registry"),
        Arguments.of("test:/repo", "is not a registry"),
        Arguments.of("foo_bar.com:8080/x", "is not a registry"),
        Arguments.of("redis:", "the tag after ':' is empty"),
        Arguments.of("redis:.x", "is not a tag"),
        Arguments.of("redis:-x", "is not a tag"),
        Arguments.of("redis:a:b", "is not a tag"),
        Arguments.of("redis:é", "is not a tag"),
        Arguments.of("docker.io/x:t/y", "is not a tag"),
        Arguments.of("redis:" + "x".repeat(129), "is not a tag"),
        Arguments.of(HEX64, "64 hexadecimal digits are an image ID"),
        Arguments.of("a/".repeat(128) + "a:tag", "has 257 characters; at most 255"),
        Arguments.of("x.y/" + "a".repeat(256), "has 256 characters; at most 255"),
        Arguments.of("a".repeat(248), "has 256 characters"),
        Arguments.of("a-".repeat(100_000), "longer than 1024"));
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void rejectsInvalidNamesWithTheReason(String input, String reason) {
    assertThatThrownBy(() -> Reference.parse(input))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Invalid image name \"")
        .hasMessageContaining(reason);
  }

  @Test
  void theLimitsThemselvesAreAllowed() {
    assertThat(Reference.parse("a".repeat(247)).path()).hasSize(255);
    assertThat(Reference.parse("x.y/" + "a".repeat(255)).path()).hasSize(255);
    assertThat(Reference.parse("a/".repeat(127) + "a").path()).hasSize(255);
    assertThat(Reference.parse("redis:" + "x".repeat(128)).tag()).contains("x".repeat(128));
  }

  @Test
  void messagesCannotForgeLines() {
    assertThatThrownBy(() -> Reference.parse("a\r\nok\u001b[2J"))
        .message()
        .doesNotContain("\n", "\r", "\u001b");
  }

  @Test
  void addsTheDefaultTagOnlyWhereNothingIsSaid() {
    Digest digest = Digest.sha256(new byte[0]);

    assertThat(Reference.parse("redis").withDefaultTag())
        .hasToString("docker.io/library/redis:latest");
    assertThat(Reference.parse("redis:7").withDefaultTag())
        .hasToString("docker.io/library/redis:7");
    assertThat(Reference.parse("redis@" + digest).withDefaultTag().tag()).isEmpty();
  }

  @Test
  void changesTagAndDigest() {
    Digest digest = Digest.sha256(new byte[0]);
    Reference redis = Reference.parse("redis:7");

    Reference both = redis.tagged("8").withDigest(digest);

    assertThat(both.familiar()).isEqualTo("redis:8@" + digest);
    assertThat(both.preferDigest().familiar()).isEqualTo("redis@" + digest);
    assertThat(redis.preferDigest()).isEqualTo(redis);
    assertThat(both.nameOnly().isNameOnly()).isTrue();
    assertThat(both.familiarName()).isEqualTo("redis");
    assertThat(both.name()).isEqualTo("docker.io/library/redis");
    assertThatThrownBy(() -> redis.tagged("-x")).isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @CsvSource({"docker.io,redis", "index.docker.io,a/b", "foo,bar", "example.com,X", "a b,c"})
  void cannotBeMadeInAFormThatWouldBeReadAsSomethingElse(String domain, String path) {
    assertThatThrownBy(() -> new Reference(domain, path, Optional.empty(), Optional.empty()))
        .isInstanceOf(InvalidInputException.class);
  }
}
