package io.berth.layers.tar;

/** The types of entries that a layer may hold (OCI image-spec, layer.md, "File Types"). */
public enum TarType {
  REGULAR('0'),
  HARD_LINK('1'),
  SYMLINK('2'),
  CHARACTER_DEVICE('3'),
  BLOCK_DEVICE('4'),
  DIRECTORY('5'),
  FIFO('6');

  private final char flag;

  TarType(char flag) {
    this.flag = flag;
  }

  char flag() {
    return flag;
  }
}
