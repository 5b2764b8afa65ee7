package chat.switchboard.http;

import io.vertx.core.http.HttpMethod;
import java.util.Set;

/** The HTTP methods that this service knows; a client can invent any number of others. */
final class Methods {

  private static final Set<String> KNOWN =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY");

  private Methods() {}

  static boolean isKnown(HttpMethod method) {
    return KNOWN.contains(method.name());
  }

  /**
   * Returns the method, or {@code OTHER} for an unknown method: labels and log lines never contain
   * a name that a client invented.
   */
  static String label(HttpMethod method) {
    return isKnown(method) ? method.name() : "OTHER";
  }
}
