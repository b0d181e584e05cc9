package io.berth.server.api;

import io.berth.server.http.HttpError;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of the Engine API, such as 1.41. */
public record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
  public static final ApiVersion OLDEST = new ApiVersion(1, 24);
  public static final ApiVersion NEWEST = new ApiVersion(1, 55);

  /** What clients are told that compare versions of Docker: Testcontainers wants 1.6 or more. */
  public static final String DOCKER = "29.0.0";

  private static final Pattern FORM = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

  /**
   * The version that a client asks for.
   *
   * @throws HttpError 400 when it is none, or one that this server does not speak
   */
  public static ApiVersion parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw HttpError.badRequest("invalid API version: \"" + text + "\"");
    }
    ApiVersion version =
        new ApiVersion(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    if (version.compareTo(OLDEST) < 0) {
      throw HttpError.badRequest(
          "client version "
              + version
              + " is too old. Minimum supported API version is "
              + OLDEST
              + ", please upgrade your client to a newer version");
    }
    if (version.compareTo(NEWEST) > 0) {
      throw HttpError.badRequest(
          "client version " + version + " is too new. Maximum supported API version is " + NEWEST);
    }
    return version;
  }

  public boolean atLeast(int minor) {
    return this.minor >= minor;
  }

  public boolean below(int minor) {
    return this.minor < minor;
  }

  @Override
  public int compareTo(ApiVersion other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
