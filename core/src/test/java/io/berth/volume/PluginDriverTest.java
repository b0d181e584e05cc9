package io.berth.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class PluginDriverTest extends VolumeDriverContract {
  private FakePlugin plugin;

  @Override
  VolumeDriver open(Path directory) throws IOException {
    Path socket = directory.resolve("s.sock");
    plugin = new FakePlugin(socket, Files.createDirectory(directory.resolve("v")), true);
    return new PluginDriver(
        "fake", new PluginClient("fake", PluginClient.address("unix://" + socket)));
  }

  @Override
  void end() throws IOException {
    plugin.close();
  }
}
