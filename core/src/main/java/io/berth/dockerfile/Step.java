package io.berth.dockerfile;

import java.util.Optional;

/** An instruction, and where it stands in the text that it was parsed from. */
public record Step(Instruction instruction, Optional<Location> location) {}
