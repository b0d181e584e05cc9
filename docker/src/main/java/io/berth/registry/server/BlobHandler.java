package io.berth.registry.server;

import io.berth.error.NotFoundException;
import io.berth.oci.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** Reads and deletes blobs. */
final class BlobHandler {
  private final Repositories repositories;

  BlobHandler(Repositories repositories) {
    this.repositories = repositories;
  }

  Response handle(Request request, String repository, Digest digest) throws IOException {
    return switch (request.method()) {
      case "GET", "HEAD" -> get(request, repository, digest);
      case "DELETE" -> delete(repository, digest);
      default -> throw RegistryError.methodNotAllowed(request.method(), "GET, HEAD, DELETE");
    };
  }

  private Response get(Request request, String repository, Digest digest) throws IOException {
    boolean found =
        request.method().equals("HEAD")
            ? repositories.keepBlob(repository, digest)
            : repositories.hasBlob(repository, digest);
    if (!found) {
      throw RegistryError.blobUnknown(repository, digest);
    }
    FileChannel file = open(repository, digest);
    try {
      long size = file.size();
      // If-Range is always met: content under a digest never changes.
      Optional<String> range = request.header("Range").filter(ByteRange::isOne);
      Response response;
      if (range.isEmpty()) {
        response = Response.empty(200).with(new Response.FilePart(file, 0, size));
      } else {
        Optional<ByteRange> part = ByteRange.of(range.get(), size);
        if (part.isEmpty()) {
          file.close();
          return Response.empty(416).with("Content-Range", "bytes */" + size);
        }
        response =
            Response.empty(206)
                .with(new Response.FilePart(file, part.get().start(), part.get().length()))
                .with(
                    "Content-Range",
                    "bytes " + part.get().start() + "-" + part.get().end() + "/" + size);
      }
      return response
          .with("Content-Type", "application/octet-stream")
          .with("Docker-Content-Digest", digest)
          .with("ETag", "\"" + digest + "\"")
          .with("Accept-Ranges", "bytes");
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private FileChannel open(String repository, Digest digest) {
    try {
      return repositories.blobs().channel(digest);
    } catch (NotFoundException e) {
      throw RegistryError.blobUnknown(repository, digest); // removed just now
    }
  }

  private Response delete(String repository, Digest digest) {
    if (!repositories.removeBlob(repository, digest)) {
      throw RegistryError.blobUnknown(repository, digest);
    }
    return Response.empty(202);
  }
}
