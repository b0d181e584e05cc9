package io.berth.linux;

/** A name in a directory; the type may be {@link FileType#UNKNOWN} on some file systems. */
public record DirEntry(String name, FileType type) {}
