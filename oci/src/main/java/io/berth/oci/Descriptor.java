package io.berth.oci;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.error.InvalidInputException;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Says what some content is, and how to check it (OCI image-spec, descriptor.md).
 *
 * <pre>{@code
 * Descriptor config = Descriptor.of(MediaTypes.OCI_CONFIG, bytes);
 * Descriptor layer = new Descriptor(MediaTypes.OCI_LAYER_GZIP, digest, size);
 * }</pre>
 *
 * @param mediaType type and subtype, as in RFC 6838
 * @param digest of the content
 * @param size of the content, in bytes
 * @param urls other places of the content
 * @param annotations arbitrary notes, sorted by key
 * @param data the content itself in base64, for small content; checked against digest and size
 * @param platform what the image runs on, in the descriptors of an index
 * @param artifactType the type of an artifact that the descriptor points to
 */
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    List<String> urls,
    Map<String, String> annotations,
    Optional<String> data,
    Optional<Platform> platform,
    Optional<String> artifactType) {
  // RFC 6838, section 4.2.
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}";
  private static final Pattern MEDIA_TYPE = Pattern.compile(NAME + "/" + NAME);

  public Descriptor {
    checkMediaType(mediaType);
    artifactType.ifPresent(Descriptor::checkMediaType);
    urls = List.copyOf(urls);
    annotations = Values.copy(annotations);
    if (size < 0) {
      throw new InvalidInputException(
          "Invalid descriptor of " + digest + ": expected a size of at least 0, found " + size);
    }
    if (data.isPresent()) {
      checkData(data.get(), digest, size);
    }
  }

  public Descriptor(String mediaType, Digest digest, long size) {
    this(
        mediaType,
        digest,
        size,
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Describes these bytes, by their SHA-256. */
  public static Descriptor of(String mediaType, byte[] content) {
    return new Descriptor(mediaType, Digest.sha256(content), content.length);
  }

  public Descriptor withAnnotations(Map<String, String> replacement) {
    return new Descriptor(mediaType, digest, size, urls, replacement, data, platform, artifactType);
  }

  public Descriptor withPlatform(Platform replacement) {
    return new Descriptor(
        mediaType, digest, size, urls, annotations, data, Optional.of(replacement), artifactType);
  }

  public Descriptor withUrls(List<String> replacement) {
    return new Descriptor(
        mediaType, digest, size, replacement, annotations, data, platform, artifactType);
  }

  public Descriptor withArtifactType(String replacement) {
    return new Descriptor(
        mediaType, digest, size, urls, annotations, data, platform, Optional.of(replacement));
  }

  /** This with its content embedded, which must be what the digest and size say. */
  public Descriptor withContent(byte[] content) {
    return new Descriptor(
        mediaType,
        digest,
        size,
        urls,
        annotations,
        Optional.of(Base64.getEncoder().encodeToString(content)),
        platform,
        artifactType);
  }

  /** The embedded content, already checked against digest and size. */
  public Optional<byte[]> content() {
    return data.map(Base64.getDecoder()::decode);
  }

  /** Reads the JSON form. */
  public static Descriptor read(JsonReader json) {
    String mediaType = json.at("mediaType").as("a media type", Descriptor::checkMediaType);
    Digest digest = Values.digest(json.at("digest"));
    long size = json.at("size").integer(0, Long.MAX_VALUE);
    Optional<JsonReader> data = json.optional("data");
    return new Descriptor(
        mediaType,
        digest,
        size,
        json.strings("urls"),
        json.stringMap("annotations"),
        data.map(d -> d.as("the content in base64", text -> checkData(text, digest, size))),
        json.optional("platform").map(Platform::read),
        json.optional("artifactType")
            // An empty type is written by some tools that mean none.
            .filter(type -> !type.string().isEmpty())
            .map(type -> type.as("a media type", Descriptor::checkMediaType)));
  }

  /** Writes the JSON form. */
  public ObjectNode toNode() {
    return new JsonWriter()
        .put("mediaType", mediaType)
        .put("digest", digest.toString())
        .put("size", size)
        .strings("urls", urls)
        .strings("annotations", annotations)
        .put("data", data)
        .put("platform", platform.map(Platform::toNode))
        .put("artifactType", artifactType)
        .toNode();
  }

  static String checkMediaType(String type) {
    if (!MEDIA_TYPE.matcher(type).matches()) {
      throw new InvalidInputException(
          "Invalid media type " + Quoted.of(type) + ": expected type/subtype");
    }
    return type;
  }

  private static String checkData(String base64, Digest digest, long size) {
    byte[] content;
    try {
      content = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("Invalid embedded content of " + digest + ": no base64", e);
    }
    Digest found = digest.digester().update(content).digest();
    if (content.length != size || !found.equals(digest)) {
      throw new InvalidInputException(
          "Invalid embedded content: expected "
              + digest
              + " of "
              + size
              + " bytes, found "
              + found
              + " of "
              + content.length);
    }
    return base64;
  }
}
