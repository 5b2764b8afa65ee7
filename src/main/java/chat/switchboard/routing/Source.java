package chat.switchboard.routing;

import java.util.Locale;

/** The name of a source as a person reads it. */
public final class Source {

  private Source() {}

  /** {@code sms} becomes {@code SMS}, {@code whatsapp} {@code WhatsApp}, others a capital. */
  public static String shown(String source) {
    return switch (source.toLowerCase(Locale.ROOT)) {
      case "sms", "mms", "rcs", "api" -> source.toUpperCase(Locale.ROOT);
      case "whatsapp" -> "WhatsApp";
      default -> source.substring(0, 1).toUpperCase(Locale.ROOT) + source.substring(1);
    };
  }
}
