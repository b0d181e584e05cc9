/** gRPC over HTTP/2, in both roles, on connections that are open already. */
package io.berth.server.grpc;
