package io.berth.cli;

import picocli.CommandLine.Command;

@Command(name = "image", description = "Images.")
final class ImageCommand extends GroupCommand {}
