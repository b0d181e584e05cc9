package io.berth.server.resource;

import io.berth.server.api.ApiVersion;
import io.berth.server.api.Call;
import io.berth.server.api.Router;
import io.berth.server.wire.VersionDetails;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What kind of engine this is. */
final class SystemResource {
  private final String version;
  private final HostInfo host;

  SystemResource(String version, HostInfo host) {
    this.version = version;
    this.host = host;
  }

  void routes(Router router) {
    router
        .get("/_ping", this::ping)
        .head("/_ping", this::ping)
        .get("/version", call -> call.json(version()))
        .get("/info", call -> call.json(host.info(call.version())));
  }

  private void ping(Call call) throws Exception {
    call.exchange().setHeader("Cache-Control", "no-cache, no-store, must-revalidate");
    call.exchange().setHeader("Pragma", "no-cache");
    call.exchange().setHeader("Builder-Version", "2");
    call.exchange().setHeader("Swarm", "inactive");
    byte[] body = "OK".getBytes(StandardCharsets.US_ASCII);
    boolean head = call.exchange().method().equals("HEAD");
    call.exchange().send(200, "text/plain; charset=utf-8", head ? new byte[0] : body);
  }

  private VersionDetails version() {
    String arch = HostInfo.goArchitecture();
    String kernel = System.getProperty("os.version");
    String newest = ApiVersion.NEWEST.toString();
    String oldest = ApiVersion.OLDEST.toString();
    return new VersionDetails(
        new VersionDetails.Platform("Berth"),
        List.of(
            new VersionDetails.Component(
                "Engine",
                version,
                Map.of(
                    "ApiVersion", newest,
                    "Arch", arch,
                    "BuildTime", "",
                    "Experimental", "false",
                    "GitCommit", "",
                    "GoVersion", "",
                    "KernelVersion", kernel,
                    "MinAPIVersion", oldest,
                    "Os", "linux"))),
        ApiVersion.DOCKER,
        newest,
        oldest,
        "",
        "",
        "linux",
        arch,
        kernel,
        "");
  }
}
