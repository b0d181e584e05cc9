package io.berth.crash;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import io.berth.api.Storage.BuildCachePrune;
import io.berth.dockerfile.Dockerfile;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** On images. */
enum ImageOperation implements Operation {
  PULL {
    @Override
    public void act(Engine berth, String remote) {
      berth.images().pull(remote).execute();
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      return Operation.whole(berth, remote, "from a registry");
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.images().remove(remote, true);
    }
  },

  LOAD {
    @Override
    public void prepare(Engine berth, Path directory) {
      berth.images().tag(TestEngine.IMAGE, Operation.NAME);
      berth.images().save(Operation.NAME).to(directory.resolve("image.tar"));
      berth.images().remove(Operation.NAME, false);
    }

    @Override
    public void act(Engine berth, String remote) {
      berth.images().load(berth.dataDirectory().resolveSibling("image.tar")).execute();
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      return Operation.whole(berth, Operation.NAME, "");
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.images().remove(Operation.NAME, true);
    }
  },

  IMPORT {
    @Override
    public void prepare(Engine berth, Path directory) throws IOException {
      Container made = Operation.made(berth, "by an import");
      try (OutputStream out = Files.newOutputStream(directory.resolve("rootfs.tar"))) {
        made.files().export(out);
      }
      made.remove(false);
    }

    @Override
    public void act(Engine berth, String remote) throws IOException {
      Path rootfs = berth.dataDirectory().resolveSibling("rootfs.tar");
      try (InputStream tar = Files.newInputStream(rootfs)) {
        berth.images().importRootfs(tar).tag(Operation.NAME).execute();
      }
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      return Operation.whole(berth, Operation.NAME, "by an import");
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.images().remove(Operation.NAME, true);
    }
  },

  TAG {
    @Override
    public void act(Engine berth, String remote) {
      berth.images().tag(TestEngine.IMAGE, Operation.NAME);
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      return Operation.whole(berth, Operation.NAME, "");
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.images().remove(Operation.NAME, false);
    }
  },

  BUILD {
    @Override
    public void act(Engine berth, String remote) {
      Dockerfile file =
          Dockerfile.parse(
              "FROM "
                  + TestEngine.IMAGE
                  + "\nCOPY <<EOF /data/made\nby a build\nEOF\nRUN cp -r /data /copy && ln -s /copy /link\n"
                  + "RUN mv /copy/made /copy/moved && rm -r /data && mkdir /data"
                  + " && cat /copy/moved > /data/made\n",
              "Dockerfile");
      berth.images().build(file).tag(Operation.NAME).execute();
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      return Operation.whole(berth, Operation.NAME, "by a build");
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.images().remove(Operation.NAME, true);
      berth.images().prune(false, PruneFilter.ALL);
      berth.storage().pruneBuildCache(new BuildCachePrune(0, PruneFilter.ALL));
    }
  },

  COMMIT {
    @Override
    public void prepare(Engine berth, Path directory) {
      Operation.made(berth, "by a commit");
    }

    @Override
    public void act(Engine berth, String remote) {
      berth.containers().get("source").commit().tag(Operation.NAME).execute();
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      return Operation.whole(berth, Operation.NAME, "by a commit");
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.images().remove(Operation.NAME, true);
      berth.images().prune(false, PruneFilter.ALL);
    }
  },

  REMOVE_IMAGE {
    @Override
    public void act(Engine berth, String remote) {
      berth.images().remove(Operation.NAME, true);
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      return Operation.whole(berth, Operation.NAME, "by a build");
    }

    @Override
    public void undo(Engine berth, String remote) throws IOException {
      BUILD.act(berth, remote);
    }

    @Override
    public boolean isMaking() {
      return false;
    }
  },

  PRUNE_IMAGES {
    @Override
    public void act(Engine berth, String remote) {
      berth.images().prune(true, PruneFilter.ALL);
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      return REMOVE_IMAGE.isSeen(berth, remote);
    }

    @Override
    public void undo(Engine berth, String remote) throws IOException {
      BUILD.act(berth, remote);
    }

    @Override
    public boolean isMaking() {
      return false;
    }
  }
}
