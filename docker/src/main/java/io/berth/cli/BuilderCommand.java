package io.berth.cli;

import picocli.CommandLine.Command;

@Command(name = "builder", description = "Builds.")
final class BuilderCommand extends GroupCommand {}
