package io.berth.api;

/** What an engine keeps on disk. */
public interface Storage {

  /** How much space everything takes, as {@code docker system df} tells it. */
  StorageUsage usage();

  /** What keeps files apart: {@code overlay}, {@code fuse-overlayfs} or {@code copy}. */
  String driver();

  /**
   * Where the files of a container are.
   *
   * @throws io.berth.error.NotFoundException when it is gone
   */
  FileLayers files(Container container);

  /**
   * Where the files of an image are.
   *
   * @throws io.berth.error.NotFoundException when it is gone
   */
  FileLayers files(Image image);

  /**
   * Removes what builds have left for later ones, the least recently used first. Nothing that an
   * image, a container or a build that runs uses is removed; while somebody works with layers
   * nothing is, and the next end of a build does what was asked of its limit.
   */
  Pruned pruneBuildCache(BuildCachePrune request);

  /**
   * What may be removed of the build cache.
   *
   * @param keepBytes how much of it may stay; 0 for nothing
   * @param filter by the time of the last use; labels have no meaning
   */
  record BuildCachePrune(long keepBytes, PruneFilter filter) {
    public static final BuildCachePrune ALL = new BuildCachePrune(0, PruneFilter.ALL);
  }
}
