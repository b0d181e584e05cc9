package io.berth.cli;

import picocli.CommandLine.Command;

@Command(name = "system", description = "The engine as a whole.")
final class SystemCommand extends GroupCommand {}
