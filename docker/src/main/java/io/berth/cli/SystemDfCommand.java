package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.StorageUsage;
import io.berth.api.StorageUsage.OfContainer;
import io.berth.api.StorageUsage.OfVolume;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "df",
    description = "Show how much space everything takes.",
    customSynopsis = "berth system df [OPTIONS]")
final class SystemDfCommand extends EngineCommand {
  private static final int SHORT_ID = 12;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show each image, container, volume and entry of the build cache")
  private boolean verbose;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, table TEMPLATE, json, or a template of Go")
  private String format = "";

  private record Line(String type, int total, long active, long size, long reclaimable) {
    String reclaimableText() {
      return size == 0 || type.equals("Build Cache")
          ? HumanSize.of(reclaimable)
          : HumanSize.of(reclaimable) + " (" + reclaimable * 100 / size + "%)";
    }
  }

  @Override
  int run(Engine engine) {
    StorageUsage usage = engine.storage().usage();
    if (verbose) {
      details(usage);
    } else {
      summary(usage);
    }
    return 0;
  }

  private void summary(StorageUsage usage) {
    long written = usage.containers().stream().mapToLong(OfContainer::written).sum();
    long idle =
        usage.containers().stream().filter(c -> !c.active()).mapToLong(OfContainer::written).sum();
    long volumes = usage.volumes().stream().mapToLong(OfVolume::size).sum();
    long unused =
        usage.volumes().stream().filter(v -> v.users() == 0).mapToLong(OfVolume::size).sum();
    List<Line> lines =
        List.of(
            new Line(
                "Images",
                usage.images().size(),
                usage.images().stream().filter(i -> i.containers() > 0).count(),
                usage.layers(),
                usage.reclaimableImages()),
            new Line(
                "Containers",
                usage.containers().size(),
                usage.containers().stream().filter(OfContainer::active).count(),
                written,
                idle),
            new Line(
                "Local Volumes",
                usage.volumes().size(),
                usage.volumes().stream().filter(v -> v.users() > 0).count(),
                volumes,
                unused),
            new Line(
                "Build Cache",
                usage.buildCache().size(),
                usage.buildCache().stream().filter(StorageUsage.OfBuild::shared).count(),
                usage.buildCache().stream().mapToLong(StorageUsage.OfBuild::size).sum(),
                usage.reclaimableBuildCache()));
    new Listing<Line>("{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}")
        .column("Type", "TYPE", Line::type)
        .column("TotalCount", "TOTAL", l -> String.valueOf(l.total()))
        .column("Active", "ACTIVE", l -> String.valueOf(l.active()))
        .column("Size", "SIZE", l -> HumanSize.of(l.size()))
        .column("Reclaimable", "RECLAIMABLE", Line::reclaimableText)
        .print(console().out(), format, lines);
  }

  private void details(StorageUsage usage) {
    var out = console().out();
    out.println("Images space usage:\n");
    Table images = new Table("IMAGE ID", "NAMES", "SIZE", "SHARED SIZE", "CONTAINERS");
    usage
        .images()
        .forEach(
            i ->
                images.row(
                    i.id().hex().substring(0, SHORT_ID),
                    i.tags().isEmpty() ? "<none>" : String.join(",", i.tags()),
                    HumanSize.of(i.size()),
                    HumanSize.of(i.shared()),
                    String.valueOf(i.containers())));
    images.print(out);
    out.println("\nContainers space usage:\n");
    Table containers = new Table("CONTAINER ID", "NAMES", "SIZE", "ACTIVE");
    usage
        .containers()
        .forEach(
            c ->
                containers.row(
                    c.id().substring(0, SHORT_ID),
                    c.name(),
                    HumanSize.of(c.written()),
                    String.valueOf(c.active())));
    containers.print(out);
    out.println("\nLocal Volumes space usage:\n");
    Table volumes = new Table("VOLUME NAME", "LINKS", "SIZE");
    usage
        .volumes()
        .forEach(v -> volumes.row(v.name(), String.valueOf(v.users()), HumanSize.of(v.size())));
    volumes.print(out);
    out.println("\nBuild cache usage:\n");
    Table cache = new Table("CACHE ID", "CACHE TYPE", "SIZE", "LAST USED", "SHARED");
    usage
        .buildCache()
        .forEach(
            b ->
                cache.row(
                    Text.ellipsis(b.id(), SHORT_ID),
                    b.kind(),
                    HumanSize.of(b.size()),
                    b.lastUsed().toString(),
                    String.valueOf(b.shared())));
    cache.print(out);
  }
}
