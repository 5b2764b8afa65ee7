package chat.switchboard.librechat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;

/**
 * Formats dates like JavaScript, and so like LibreChat: always with three digits of milliseconds.
 */
public final class IsoDate {

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private IsoDate() {}

  /** Returns the text of a date; null for null. */
  public static String of(Date date) {
    return date == null ? null : of(date.getTime());
  }

  /** Returns the text of an instant. */
  static String of(long epochMillis) {
    return FORMAT.format(Instant.ofEpochMilli(epochMillis));
  }
}
