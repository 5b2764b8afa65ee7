package chat.switchboard.twilio;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The spellings of the URL that Twilio may have signed: with and without the port, and otherwise
 * byte for byte the URL of the call. The URL is never parsed and rebuilt, which would change the
 * percent-encoding (twilio-java's RequestValidator rebuilds the URL and so refuses {@code ?a=%26}).
 */
final class CalledUrl {

  private static final Pattern ORIGIN =
      Pattern.compile("(?i)(https?)://((?:[^/?#@]*@)?(?:\\[[^\\]]*\\]|[^:/?#]*))(:\\d*)?");

  private CalledUrl() {}

  /** Returns the URL unchanged, without the port, and with the default port. */
  static List<String> spellings(String url) {
    List<String> spellings = new ArrayList<>(List.of(url));
    Matcher origin = ORIGIN.matcher(url);
    if (origin.lookingAt()) {
      String scheme = origin.group(1);
      String host = scheme + "://" + origin.group(2);
      String rest = url.substring(origin.end());
      spellings.add(host + rest);
      if (origin.group(3) == null) {
        spellings.add(host + (scheme.equalsIgnoreCase("https") ? ":443" : ":80") + rest);
      }
    }
    return spellings.stream().distinct().toList();
  }

  /**
   * The configured URL may be the base URL, or the whole address of the webhook as entered at
   * Twilio.
   */
  static String below(String base, String pathAndQuery) {
    String path = withoutQuery(pathAndQuery);
    return base.endsWith(path) ? base + pathAndQuery.substring(path.length()) : base + pathAndQuery;
  }

  /** Returns the URL for the log: without the query and without a user name and password. */
  static String shown(String url) {
    return withoutQuery(url).replaceFirst("(?i)^(https?://)[^/?#@]*@", "$1");
  }

  private static String withoutQuery(String url) {
    int query = url.indexOf('?');
    return query < 0 ? url : url.substring(0, query);
  }
}
