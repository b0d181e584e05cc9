package io.berth.api;

/** An image to be made from a container's files; made by {@link Container#commit}. */
public interface CommitRequest {
  /** The image's name; without one it has only its id. */
  CommitRequest tag(String reference);

  CommitRequest author(String author);

  CommitRequest message(String message);

  /** An instruction such as {@code CMD ["run"]}, {@code ENV a=b} or {@code EXPOSE 80}. */
  CommitRequest change(String instruction);

  /** Whether the container is paused meanwhile; it is by default. */
  CommitRequest pause(boolean pause);

  /**
   * Makes the image. It runs as the container does, with the changes; what is in volumes and other
   * mounts is not in it.
   */
  Image execute();
}
