package chat.switchboard.media;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A single range of bytes of a file.
 *
 * @param from the first byte
 * @param to the last byte, inclusive
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-14">RFC 9110, section 14</a>
 */
record ByteRange(long from, long to) {

  private static final Pattern SINGLE =
      Pattern.compile("(?i)bytes\\s*=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

  /** What a {@code Range} header asks of a file. */
  sealed interface Wanted {
    /** The whole file: no header, an unknown unit, several ranges, or a malformed header. */
    record Whole() implements Wanted {}

    record Part(ByteRange range) implements Wanted {}

    /** The range begins behind the end of the file. */
    record Unsatisfiable() implements Wanted {}
  }

  long length() {
    return to - from + 1;
  }

  static Wanted read(Optional<String> header, long size) {
    Matcher single = SINGLE.matcher(header.filter(value -> value.length() <= 100).orElse(""));
    if (!single.matches()) {
      return new Wanted.Whole();
    }
    String first = single.group(1);
    String last = single.group(2);
    if (first.isEmpty()) {
      if (last.isEmpty()) {
        return new Wanted.Whole();
      }
      long count = Math.min(Long.parseLong(last), size);
      return count == 0
          ? new Wanted.Unsatisfiable()
          : new Wanted.Part(new ByteRange(size - count, size - 1));
    }
    long from = Long.parseLong(first);
    long to = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
    if (!last.isEmpty() && Long.parseLong(last) < from) {
      return new Wanted.Whole();
    }
    return from >= size ? new Wanted.Unsatisfiable() : new Wanted.Part(new ByteRange(from, to));
  }
}
