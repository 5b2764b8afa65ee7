package chat.switchboard.librechat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;

/** A date as JavaScript, and so LibreChat, writes it: always with three digits of milliseconds. */
public final class IsoDate {

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private IsoDate() {}

  /** The date's text; null for none. */
  public static String of(Date date) {
    return date == null ? null : of(date.getTime());
  }

  /** The text of a moment. */
  static String of(long epochMillis) {
    return FORMAT.format(Instant.ofEpochMilli(epochMillis));
  }
}
