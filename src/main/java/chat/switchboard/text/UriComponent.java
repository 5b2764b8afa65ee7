package chat.switchboard.text;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Encodes a part of an address as JavaScript's {@code encodeURIComponent} does, without its
 * exceptions.
 */
public final class UriComponent {

  private UriComponent() {}

  /** Encodes in UTF-8. */
  public static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
