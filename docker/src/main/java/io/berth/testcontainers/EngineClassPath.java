package io.berth.testcontainers;

import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where Berth's classes are and those that it needs, whatever else is on the class path of the
 * tests: so all projects with the same libraries have the same one, and it does not change with the
 * tests.
 */
final class EngineClassPath {
  /** One of each jar. Those with resources come first, as jars are searched and opened in turn. */
  private static final List<String> KNOWN =
      List.of(
          "io/berth/testcontainers/EngineMain",
          "com/sun/jna/Native",
          "io/berth/Berth",
          "io/berth/net/Cidr",
          "io/berth/layers/BlobStore",
          "io/berth/json/Json",
          "com/fasterxml/jackson/annotation/JsonProperty",
          "com/fasterxml/jackson/core/JsonFactory",
          "com/fasterxml/jackson/databind/ObjectMapper",
          "io/netty/util/AttributeMap",
          "io/netty/buffer/ByteBuf",
          "io/netty/channel/Channel",
          "io/netty/resolver/AddressResolver",
          "io/netty/channel/unix/UnixChannel",
          "io/netty/handler/codec/ByteToMessageDecoder",
          "io/netty/handler/codec/compression/ZlibDecoder",
          "io/netty/handler/codec/http/HttpRequest",
          "io/netty/handler/codec/http2/Http2FrameCodec",
          "io/netty/handler/ssl/SslContext",
          "org/slf4j/Logger",
          "com/google/common/collect/ImmutableList",
          "com/google/common/util/concurrent/internal/InternalFutureFailureAccess",
          "com/github/luben/zstd/Zstd",
          "org/apache/commons/compress/archivers/tar/TarArchiveInputStream",
          "org/apache/commons/codec/digest/DigestUtils",
          "org/apache/commons/io/IOUtils",
          "org/apache/commons/lang3/StringUtils",
          "org/apache/hc/core5/http/HttpHost",
          "org/apache/hc/core5/http2/HttpVersionPolicy",
          "org/apache/hc/client5/http/classic/HttpClient");

  private EngineClassPath() {}

  /** Empty when one of them is in no jar or directory. */
  static Optional<List<Path>> find() {
    Set<Path> found = new LinkedHashSet<>();
    for (String name : KNOWN) {
      Optional<Path> place = place(name + ".class");
      if (place.isEmpty()) {
        return Optional.empty();
      }
      found.add(place.get());
    }
    return Optional.of(new ArrayList<>(found));
  }

  private static Optional<Path> place(String resource) {
    URL url = EngineClassPath.class.getClassLoader().getResource(resource);
    if (url == null) {
      return Optional.empty();
    }
    String address = url.toString();
    try {
      if (address.startsWith("jar:file:") && address.endsWith("!/" + resource)) {
        return Optional.of(
            Path.of(URI.create(address.substring(4, address.length() - resource.length() - 2))));
      }
      if (address.startsWith("file:") && address.endsWith("/" + resource)) {
        return Optional.of(
            Path.of(URI.create(address.substring(0, address.length() - resource.length()))));
      }
    } catch (IllegalArgumentException e) {
      // A jar in a jar, or another kind of place.
    }
    return Optional.empty();
  }
}
