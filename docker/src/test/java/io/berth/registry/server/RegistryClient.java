package io.berth.registry.server;

import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Speaks to a registry request by request, as tests need it. */
final class RegistryClient {
  private final URI base;
  private final HttpClient http;

  RegistryClient(URI base) {
    this(base, HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
  }

  RegistryClient(URI base, HttpClient http) {
    this.base = base;
    this.http = http;
  }

  /**
   * @param headers names and values in turn
   */
  HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  URI uri(String path) {
    return base.resolve(path);
  }

  HttpResponse<byte[]> get(String path, String... headers) {
    return send("GET", path, new byte[0], headers);
  }

  HttpResponse<byte[]> post(String path) {
    return send("POST", path, new byte[0]);
  }

  HttpResponse<byte[]> delete(String path) {
    return send("DELETE", path, new byte[0]);
  }

  /** Begins an upload and gives where to go on. */
  String begin(String repository) {
    return location(post("/v2/" + repository + "/blobs/uploads/"));
  }

  static String location(HttpResponse<?> response) {
    return response.headers().firstValue("Location").orElseThrow();
  }

  static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  static JsonReader json(HttpResponse<byte[]> response) {
    return Json.parse("answer", response.body());
  }

  static String errorCode(HttpResponse<byte[]> response) {
    return json(response).at("errors").elements().get(0).string("code");
  }

  Digest pushBlob(String repository, byte[] content) {
    Digest digest = Digest.sha256(content);
    send("POST", "/v2/" + repository + "/blobs/uploads/?digest=" + digest, content);
    return digest;
  }

  /** Pushes an image of one layer, by its tag. */
  Digest pushImage(String repository, String tag, String layer) {
    Manifest manifest = image(repository, layer);
    return push(repository, tag, manifest.toBytes(), MediaTypes.OCI_MANIFEST);
  }

  /** Pushes the blobs of an image, but not its manifest. */
  Manifest image(String repository, String layer) {
    byte[] config = bytes("{}");
    byte[] content = bytes(layer);
    pushBlob(repository, config);
    pushBlob(repository, content);
    return Manifest.oci(
        Descriptor.of(MediaTypes.OCI_CONFIG, config),
        List.of(Descriptor.of(MediaTypes.OCI_LAYER, content)));
  }

  Digest push(String repository, String reference, byte[] manifest, String type) {
    HttpResponse<byte[]> response =
        send("PUT", manifests(repository, reference), manifest, "Content-Type", type);
    if (response.statusCode() != 201) {
      throw new AssertionError(response + new String(response.body(), StandardCharsets.UTF_8));
    }
    return Digest.parse(header(response, "Docker-Content-Digest"));
  }

  static String manifests(String repository, Object reference) {
    return "/v2/" + repository + "/manifests/" + reference;
  }

  static String blobs(String repository, Object digest) {
    return "/v2/" + repository + "/blobs/" + digest;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
