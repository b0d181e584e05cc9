package io.berth.cli;

import io.berth.error.InvalidInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A resource limit as {@code --ulimit} writes it: {@code NAME=SOFT[:HARD]}, -1 for no limit. */
record UlimitOption(String name, long soft, long hard) {
  private static final Pattern FORM =
      Pattern.compile("([a-z]+)=(-1|\\d{1,18})(?::(-1|\\d{1,18}))?");

  static UlimitOption parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new InvalidInputException(
          "Invalid ulimit \"" + text + "\": expected NAME=SOFT or NAME=SOFT:HARD, as nofile=1024");
    }
    long soft = Long.parseLong(form.group(2));
    return new UlimitOption(
        form.group(1), soft, form.group(3) == null ? soft : Long.parseLong(form.group(3)));
  }
}
