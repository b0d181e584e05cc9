package io.berth.archive;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.json.Json;
import io.berth.json.JsonWriter;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarType;
import io.berth.layers.tar.TarWriter;
import io.berth.oci.ChainId;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Index;
import io.berth.oci.Reference;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes images as one tar, straight to a stream: the tables first, then each blob once, lower
 * layers before higher ones. The same images give the same bytes.
 *
 * <pre>{@code
 * ArchiveWriter.write(out, ArchiveFormat.DOCKER, images);
 * }</pre>
 */
public final class ArchiveWriter {
  static final byte[] LAYOUT_VERSION =
      "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII);

  private final TarWriter tar;
  private final List<SavedImage> images;
  private final Set<String> written = new HashSet<>();

  private ArchiveWriter(OutputStream out, List<SavedImage> images) {
    this.tar = new TarWriter(out);
    this.images = images;
  }

  /** Writes and flushes, but does not close. */
  public static void write(OutputStream out, ArchiveFormat format, List<SavedImage> images)
      throws IOException {
    ArchiveWriter writer = new ArchiveWriter(out, images);
    switch (format) {
      case DOCKER -> writer.docker();
      case DOCKER_LEGACY -> writer.legacy();
      case OCI -> writer.layout(images);
    }
    writer.tar.finish();
  }

  private void docker() throws IOException {
    List<ObjectNode> table = new ArrayList<>();
    for (SavedImage image : images) {
      List<String> layers =
          image.layers().stream().map(l -> ArchiveNames.blob(l.descriptor().digest())).toList();
      table.add(entry(image, ArchiveNames.blob(image.config().digest()), layers));
    }
    file(ArchiveNames.MANIFEST, array(table));
    repositories();
    layout(images.stream().map(SavedImage::alone).toList());
  }

  private void layout(List<SavedImage> images) throws IOException {
    file(ArchiveNames.LAYOUT, LAYOUT_VERSION);
    List<Descriptor> entries =
        images.stream().flatMap(image -> Annotations.entries(image).stream()).toList();
    file(ArchiveNames.INDEX, Index.oci(entries).toBytes());
    directory("blobs");
    directory("blobs/sha256");
    for (SavedImage image : images) {
      for (SavedBlob document : image.documents()) {
        blob(document.descriptor().digest(), document.content());
      }
      for (SavedImage each : image.all()) {
        blobs(each);
      }
    }
  }

  private void blobs(SavedImage image) throws IOException {
    blob(image.manifest().digest(), image.manifestBytes());
    blob(image.config().digest(), image.configBytes());
    for (SavedLayer layer : image.layers()) {
      Descriptor descriptor = layer.descriptor();
      stream(ArchiveNames.blob(descriptor.digest()), descriptor.size(), layer::writeTo);
    }
  }

  private void legacy() throws IOException {
    List<ObjectNode> table = new ArrayList<>();
    for (SavedImage image : images) {
      List<String> layers =
          chains(image).stream().map(chain -> chain.hex() + "/layer.tar").toList();
      table.add(entry(image, image.config().digest().hex() + ".json", layers));
    }
    file(ArchiveNames.MANIFEST, array(table));
    repositories();
    for (SavedImage image : images) {
      file(image.config().digest().hex() + ".json", image.configBytes());
      List<Digest> chains = chains(image);
      for (int i = 0; i < chains.size(); i++) {
        legacyLayer(chains.subList(0, i + 1), image.layers().get(i));
      }
    }
  }

  /** One layer as docker before 1.10 knew it: an image of its own, with its parent. */
  private void legacyLayer(List<Digest> chain, SavedLayer layer) throws IOException {
    String id = chain.get(chain.size() - 1).hex();
    JsonWriter json = new JsonWriter().put("id", id);
    if (chain.size() > 1) {
      json.put("parent", chain.get(chain.size() - 2).hex());
    }
    directory(id);
    file(id + "/VERSION", "1.0".getBytes(StandardCharsets.US_ASCII));
    file(id + "/json", json.put("os", "linux").toBytes());
    stream(id + "/layer.tar", layer.tarSize(), layer::writeTar);
  }

  private static List<Digest> chains(SavedImage image) {
    return image.layers().isEmpty() ? List.of() : ChainId.all(image.image().diffIds());
  }

  private static ObjectNode entry(SavedImage image, String config, List<String> layers) {
    List<String> tags = image.names().stream().map(Reference::familiar).toList();
    return new DockerImage(config, tags, layers).toNode();
  }

  private static byte[] array(List<ObjectNode> entries) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    array.addAll(entries);
    return Json.toBytes(array);
  }

  /** Name, tag and top layer: docker before 1.10 begins here. */
  private void repositories() throws IOException {
    ObjectNode repositories = JsonNodeFactory.instance.objectNode();
    for (SavedImage image : images) {
      List<Digest> chains = chains(image);
      String top =
          chains.isEmpty() ? image.config().digest().hex() : chains.get(chains.size() - 1).hex();
      for (Reference name : image.names()) {
        name.tag()
            .ifPresent(tag -> repositories.withObjectProperty(name.familiarName()).put(tag, top));
      }
    }
    if (!repositories.isEmpty()) {
      file(ArchiveNames.REPOSITORIES, Json.toBytes(repositories));
    }
  }

  private void blob(Digest digest, byte[] content) throws IOException {
    stream(ArchiveNames.blob(digest), content.length, out -> out.write(content));
  }

  private void file(String name, byte[] content) throws IOException {
    stream(name, content.length, out -> out.write(content));
  }

  private void directory(String name) throws IOException {
    if (written.add(name)) {
      tar.begin(TarEntry.of(TarType.DIRECTORY, name, 0755));
    }
  }

  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes a file, unless it has been written for another image. */
  private void stream(String name, long size, Content content) throws IOException {
    if (written.add(name)) {
      tar.begin(TarEntry.of(TarType.REGULAR, name, 0644).withSize(size));
      content.writeTo(new EntryOutput(tar));
    }
  }

  /** The content of the present entry. */
  private static final class EntryOutput extends OutputStream {
    private final TarWriter tar;

    EntryOutput(TarWriter tar) {
      this.tar = tar;
    }

    @Override
    public void write(int b) throws IOException {
      tar.write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      tar.write(bytes, offset, length);
    }
  }
}
