package chat.switchboard.routing;

import chat.switchboard.librechat.SourceName;

/** The display name of a source. */
public final class Source {

  private Source() {}

  /** {@code sms} becomes {@code SMS}, {@code whatsapp} {@code WhatsApp}, others a capital. */
  public static String shown(String source) {
    return SourceName.of(source);
  }
}
