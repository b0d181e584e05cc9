package io.berth.server.wire;

/** A login went well. */
public record AuthResponse(String status, String identityToken) {}
