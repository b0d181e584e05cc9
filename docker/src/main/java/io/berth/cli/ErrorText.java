package io.berth.cli;

import io.berth.error.BerthException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** An error as one line for people. */
final class ErrorText {
  private ErrorText() {}

  static String of(Throwable error) {
    if (error instanceof UncheckedIOException unchecked) {
      return of(unchecked.getCause());
    }
    return Plain.text(text(error).strip().replaceAll("\\s*\\R\\s*", "; "));
  }

  private static String text(Throwable error) {
    if (error instanceof NoSuchFileException file) {
      return "No such file: " + file.getFile();
    }
    if (error instanceof AccessDeniedException file) {
      return "Permission denied: " + file.getFile();
    }
    boolean readable = error instanceof BerthException || error instanceof FileSystemException;
    return readable && error.getMessage() != null ? error.getMessage() : error.toString();
  }
}
