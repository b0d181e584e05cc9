/**
 * The part of BuildKit's gRPC that dockerd offers to buildx and compose, over this engine's own
 * builder. Messages are read and written by the numbers of their fields, as BuildKit's definitions
 * give them (moby/buildkit: api/services/control/control.proto, frontend/gateway/pb/gateway.proto,
 * session/*, solver/pb/ops.proto; Apache License 2.0).
 */
package io.berth.server.buildkit;
