package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.oci.Reference;
import io.berth.text.HumanDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "images",
    description = "List images.",
    customSynopsis = "berth images [OPTIONS] [REPOSITORY[:TAG]]")
final class ImagesCommand extends EngineCommand {
  private static final String NONE = "<none>";

  @Option(
      names = {"-q", "--quiet"},
      description = "Print ids only")
  private boolean quiet;

  @Option(names = "--no-trunc", description = "Print whole ids")
  private boolean whole;

  @Parameters(arity = "0..1", paramLabel = "REPOSITORY", description = "Only images of this name")
  private String wanted;

  /** One line: an image under one of its names. */
  private record Line(Image image, Optional<Reference> name) {}

  @Override
  int run(Engine engine) {
    List<Line> lines = new ArrayList<>();
    for (Image image : engine.images().list()) {
      if (image.tags().isEmpty() && wanted == null) {
        lines.add(new Line(image, Optional.empty()));
      }
      image.tags().stream()
          .filter(filter())
          .forEach(name -> lines.add(new Line(image, Optional.of(name))));
    }
    if (quiet) {
      lines.forEach(line -> console().out().println(id(line.image())));
    } else {
      print(lines);
    }
    return 0;
  }

  private Predicate<Reference> filter() {
    if (wanted == null) {
      return name -> true;
    }
    Reference asked = Reference.parse(wanted);
    return name ->
        name.name().equals(asked.name()) && (asked.isNameOnly() || name.tag().equals(asked.tag()));
  }

  private void print(List<Line> lines) {
    Table table = new Table("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE");
    for (Line line : lines) {
      Image image = line.image();
      Duration age = Duration.between(image.created(), session().clock().instant());
      table.row(
          line.name().map(Reference::familiarName).orElse(NONE),
          line.name().flatMap(Reference::tag).orElse(NONE),
          id(image),
          HumanDuration.of(age) + " ago",
          HumanSize.of(image.size()));
    }
    table.print(console().out());
  }

  private String id(Image image) {
    return whole ? image.id().toString() : image.shortId();
  }
}
