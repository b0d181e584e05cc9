package io.berth.registry;

/**
 * A repository that a search has found.
 *
 * @param name as in {@code pull}
 * @param description what its owner says of it; empty when the registry has none
 * @param stars how many users marked it
 * @param official whether Docker keeps it
 */
public record SearchResult(String name, String description, long stars, boolean official) {}
