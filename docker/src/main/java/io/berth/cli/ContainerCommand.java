package io.berth.cli;

import picocli.CommandLine.Command;

@Command(name = "container", description = "Containers.")
final class ContainerCommand extends GroupCommand {}
