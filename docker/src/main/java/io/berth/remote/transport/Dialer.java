package io.berth.remote.transport;

import java.io.IOException;

/** Makes connections to one place. */
interface Dialer {
  Line dial() throws IOException;

  /** What a user may look at when nobody answers there. */
  String advice();
}
