package io.berth.volume;

import io.berth.error.BerthException;
import io.berth.error.StorageException;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A Docker volume plugin as a driver (docs.docker.com, "Docker volume plugins"). */
final class PluginDriver implements VolumeDriver {
  private final String name;
  private final PluginClient client;

  PluginDriver(String name, PluginClient client) {
    this.name = name;
    this.client = client;
    JsonReader answer = client.call("Plugin.Activate", new JsonWriter());
    if (!answer.strings("Implements").contains("VolumeDriver")) {
      throw new StorageException(
          "The plugin "
              + name
              + " is no volume driver: it implements "
              + answer.strings("Implements"));
    }
  }

  private static JsonWriter named(String volume) {
    return new JsonWriter().put("Name", volume);
  }

  @Override
  public void create(String volume, Map<String, String> options) {
    client.call("VolumeDriver.Create", named(volume).strings("Opts", new TreeMap<>(options)));
  }

  @Override
  public void remove(String volume) {
    client.call("VolumeDriver.Remove", named(volume));
  }

  @Override
  public Path mount(String volume, String user) {
    String path =
        client.call("VolumeDriver.Mount", named(volume).put("ID", user)).string("Mountpoint");
    return path(path)
        .orElseThrow(
            () ->
                new StorageException(
                    "The volume plugin "
                        + name
                        + " gave the path \""
                        + path
                        + "\" for volume "
                        + volume
                        + "; expected an absolute one"));
  }

  @Override
  public void unmount(String volume, String user) {
    client.call("VolumeDriver.Unmount", named(volume).put("ID", user));
  }

  @Override
  public Optional<Kept> find(String volume) {
    try {
      return client
          .call("VolumeDriver.Get", named(volume))
          .optional("Volume")
          .map(PluginDriver::kept);
    } catch (StorageException e) {
      throw e;
    } catch (BerthException e) {
      return Optional.empty(); // a plugin has no other way to say that there is none
    }
  }

  @Override
  public List<Kept> list() {
    return client.call("VolumeDriver.List", new JsonWriter()).list("Volumes", PluginDriver::kept);
  }

  private static Optional<Path> path(String text) {
    boolean absolute = text.startsWith("/") && text.indexOf('\0') < 0;
    return absolute ? Optional.of(Path.of(text)) : Optional.empty();
  }

  private static Kept kept(JsonReader volume) {
    return new Kept(
        volume.string("Name"), volume.optionalString("Mountpoint").flatMap(PluginDriver::path));
  }
}
