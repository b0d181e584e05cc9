package io.berth.cli;

import io.berth.api.Engine;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a command has of the world.
 *
 * @param engines opens the engine of a data directory, or of the default one
 * @param environment of this process
 * @param onTerminal whether the console is this process's own: signals are its own then, and a
 *     terminal may be there
 */
record Session(
    Console console,
    Function<Optional<Path>, Engine> engines,
    Clock clock,
    Map<String, String> environment,
    boolean onTerminal) {}
