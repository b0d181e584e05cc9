package io.berth.build;

class CopyDriverBuilderIT extends BuilderContract {
  @Override
  String driver() {
    return "copy";
  }
}
