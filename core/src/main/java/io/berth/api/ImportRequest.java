package io.berth.api;

/** How to import a root file system; made by {@link Images#importRootfs}. */
public interface ImportRequest {
  /** The image's name, such as {@code busybox:1.36}; without one it is known by its id. */
  ImportRequest tag(String reference);

  /** A Dockerfile instruction to apply, such as {@code CMD ["sh"]} or {@code ENV A=b}. */
  ImportRequest change(String instruction);

  /** The comment in the image's history. */
  ImportRequest message(String text);

  /** The platform that the files are for, such as {@code linux/arm64}; this host's by default. */
  ImportRequest platform(String platform);

  Image execute();
}
