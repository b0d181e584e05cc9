package io.berth.build;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code --chmod} does to a mode: sets it, or changes it as chmod(1) does, such as {@code
 * u=rwX,go-w}.
 */
final class ModeChange {
  private static final Pattern OCTAL = Pattern.compile("[0-7]{1,5}");
  private static final Pattern CLAUSE = Pattern.compile("([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)");
  private static final Pattern OPERATION = Pattern.compile("([-+=])([ugo]|[rwxXst]*)");
  private static final int SPECIAL = 07000;

  private final String text;
  private final OptionalInt absolute;
  private final List<Change> changes;

  private record Change(String who, char operator, String rights) {}

  private ModeChange(String text, OptionalInt absolute, List<Change> changes) {
    this.text = text;
    this.absolute = absolute;
    this.changes = List.copyOf(changes);
  }

  static ModeChange parse(String text) {
    if (OCTAL.matcher(text).matches() && Integer.parseInt(text, 8) <= 07777) {
      return new ModeChange(text, OptionalInt.of(Integer.parseInt(text, 8)), List.of());
    }
    List<Change> changes = new ArrayList<>();
    for (String clause : text.split(",", -1)) {
      Matcher m = CLAUSE.matcher(clause);
      if (!m.matches()) {
        throw new InvalidInputException(
            "--chmod="
                + text
                + ": expected an octal mode such as 755, or changes such as u=rwX,go=rX");
      }
      Matcher operation = OPERATION.matcher(m.group(2));
      while (operation.find()) {
        String who = m.group(1).isEmpty() || m.group(1).contains("a") ? "ugo" : m.group(1);
        changes.add(new Change(who, operation.group(1).charAt(0), operation.group(2)));
      }
    }
    return new ModeChange(text, OptionalInt.empty(), changes);
  }

  /** The mode that it sets, whatever was before. */
  OptionalInt absolute() {
    return absolute;
  }

  int apply(int mode, boolean directory) {
    if (absolute.isPresent()) {
      return absolute.getAsInt();
    }
    int result = mode;
    for (Change change : changes) {
      result = apply(change, result, directory);
    }
    return result;
  }

  private static int apply(Change change, int mode, boolean directory) {
    int bits = 0;
    int mask = 0;
    for (char who : change.who().toCharArray()) {
      int shift = who == 'u' ? 6 : who == 'g' ? 3 : 0;
      mask |= 7 << shift;
      bits |= rights(change.rights(), mode, directory) << shift;
      int special = who == 'u' ? 04000 : who == 'g' ? 02000 : 01000;
      boolean setId = change.rights().indexOf('s') >= 0 && who != 'o';
      boolean sticky = change.rights().indexOf('t') >= 0 && change.who().length() == 3;
      if (setId || who == 'o' && sticky) {
        bits |= special;
      }
    }
    return switch (change.operator()) {
      case '+' -> mode | bits;
      case '-' -> mode & ~bits;
      default -> mode & ~mask & (directory ? ~0 : ~specials(change.who())) | bits;
    };
  }

  private static int specials(String who) {
    return who.length() == 3 ? SPECIAL : who.contains("u") ? 04000 : 0;
  }

  private static int rights(String rights, int mode, boolean directory) {
    if (rights.length() == 1 && "ugo".contains(rights)) {
      return mode >> (rights.equals("u") ? 6 : rights.equals("g") ? 3 : 0) & 7;
    }
    int bits = 0;
    for (char right : rights.toCharArray()) {
      bits |=
          switch (right) {
            case 'r' -> 4;
            case 'w' -> 2;
            case 'x' -> 1;
            case 'X' -> directory || (mode & 0111) != 0 ? 1 : 0;
            default -> 0;
          };
    }
    return bits;
  }

  @Override
  public String toString() {
    return text;
  }
}
