package chat.switchboard.librechat;

import java.util.Locale;

/** The display name of a source. */
public final class SourceName {

  private SourceName() {}

  /** {@code sms} becomes {@code SMS}, {@code whatsapp} {@code WhatsApp}, others a capital. */
  public static String of(String source) {
    return switch (source.toLowerCase(Locale.ROOT)) {
      case "sms", "mms", "rcs", "api" -> source.toUpperCase(Locale.ROOT);
      case "whatsapp" -> "WhatsApp";
      default -> source.substring(0, 1).toUpperCase(Locale.ROOT) + source.substring(1);
    };
  }

  /**
   * The value for a message's {@code model}, which LibreChat's page shows in place of the sender on
   * hover. The value is never the id of an agent: such ids begin with {@code agent_} or have two
   * underscores.
   */
  static String asModel(String source) {
    return of(source).replace('_', ' ').strip();
  }
}
