package io.berth.server.buildkit;

import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
import io.berth.registry.Credentials;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.ProtoMessage;
import io.berth.server.grpc.ProtoWriter;
import java.util.Optional;
import java.util.function.Supplier;

/** The credentials that a client has for registries. */
final class SessionCredentials implements CredentialSource {
  private static final String PATH = "/moby.filesync.v1.Auth/Credentials";
  private static final String HUB = "registry-1.docker.io";

  private final Supplier<Session> session;

  SessionCredentials(Supplier<Session> session) {
    this.session = session;
  }

  @Override
  public Optional<Credentials> find(String registry) {
    Session lent = session.get();
    if (!lent.offers(PATH)) {
      return Optional.empty();
    }
    String host = registry.equals(Reference.DOCKER_HUB) ? HUB : registry;
    try {
      ProtoMessage answer = lent.call(PATH, new ProtoWriter().text(1, host));
      String user = answer.text(1);
      String secret = answer.text(2);
      if (secret.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          user.isEmpty() ? Credentials.identityToken(secret) : Credentials.password(user, secret));
    } catch (GrpcException e) {
      // A client whose helper fails may still pull what is public.
      return Optional.empty();
    }
  }
}
