package io.berth.testing;

import com.github.luben.zstd.Zstd;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.History;
import io.berth.oci.ImageConfig;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import io.berth.oci.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * An image made of tars and put on a {@link FaultyRegistry}.
 *
 * @param descriptor of its manifest
 */
public record RemoteImage(Descriptor descriptor, ImageConfig config, List<Descriptor> layers) {

  /** Puts an image with gzip layers under a tag. */
  public static RemoteImage put(FaultyRegistry registry, String tag, byte[]... tars) {
    return put(registry, tag, Platform.host(), MediaTypes.OCI_LAYER_GZIP, tars);
  }

  /**
   * @param layerType says how the layers are compressed, and whether the manifest is OCI's or
   *     Docker's
   */
  public static RemoteImage put(
      FaultyRegistry registry, String tag, Platform platform, String layerType, byte[]... tars) {
    ImageConfig.Builder image = ImageConfig.builder(platform).created(Instant.EPOCH);
    List<Descriptor> layers = new ArrayList<>();
    for (byte[] tar : tars) {
      image.addLayer(Digest.sha256(tar), History.of(Instant.EPOCH, "made by a test", false));
      layers.add(registry.blob(layerType, pack(layerType, tar)));
    }
    ImageConfig config = image.build();
    boolean docker = MediaTypes.isDocker(layerType);
    Descriptor blob =
        registry.blob(docker ? MediaTypes.DOCKER_CONFIG : MediaTypes.OCI_CONFIG, config.toBytes());
    Manifest manifest = docker ? Manifest.docker(blob, layers) : Manifest.oci(blob, layers);
    Descriptor descriptor = registry.manifest(tag, manifest.mediaType(), manifest.toBytes());
    return new RemoteImage(descriptor, config, layers);
  }

  private static byte[] pack(String type, byte[] tar) {
    if (MediaTypes.isTar(type)) {
      return tar;
    }
    return MediaTypes.isZstd(type) ? Zstd.compress(tar) : gzip(tar);
  }

  public static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
