package io.berth.copy;

import io.berth.error.ConflictException;
import io.berth.error.NotFoundException;

/**
 * Where a copy goes: a directory that is there, and the name that the copy gets in it.
 *
 * @param name {@code .} when only what is in a directory is copied
 */
public record CopyPlan(CopyPath directory, String name) {

  /**
   * What is known of one end of a copy.
   *
   * @param name that the copy has by itself
   */
  public record Source(String name, boolean isDirectory) {}

  /** What is known of the other end. */
  public record Target(CopyPath path, boolean exists, boolean isDirectory) {}

  /** The rules of {@code docker cp}, in the order of its documentation. */
  public static CopyPlan of(Source source, Target target) {
    if (target.exists && target.isDirectory) {
      return new CopyPlan(target.path, source.name);
    }
    if (target.exists && source.isDirectory) {
      throw new ConflictException(
          "cannot copy directory: " + target.path + " is a file; choose a directory or a new name");
    }
    if (!target.exists && !source.isDirectory && target.path.assertsDirectory()) {
      throw new NotFoundException(
          "no such directory: " + target.path + "; make it first, or leave out the last slash");
    }
    return new CopyPlan(target.path.directory(), target.path.entry());
  }
}
