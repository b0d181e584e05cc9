package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a client is known by to a registry. */
public record AuthBody(
    @JsonProperty("username") String username,
    @JsonProperty("password") String password,
    @JsonProperty("auth") String auth,
    @JsonProperty("email") String email,
    @JsonProperty("serveraddress") String serverAddress,
    @JsonProperty("identitytoken") String identityToken,
    @JsonProperty("registrytoken") String registryToken) {}
