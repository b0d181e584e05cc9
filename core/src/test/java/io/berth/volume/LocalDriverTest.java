package io.berth.volume;

import io.berth.linux.FileRights;
import java.nio.file.Path;

class LocalDriverTest extends VolumeDriverContract {
  @Override
  VolumeDriver open(Path directory) {
    return new LocalDriver(directory, FileRights.direct());
  }
}
