package chat.switchboard.http;

import io.vertx.core.http.impl.HttpServerRequestInternal;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Returns the template of a request's path, such as {@code /api/people/{phoneNumber}}. The path as
 * sent can contain a phone number or a token, and has any number of spellings.
 */
final class PathTemplate {

  /**
   * The key under which Quarkus stores the template of the REST resource, for its own metrics and
   * traces.
   */
  private static final String NOTED = "UrlPathTemplate";

  /** A parameter in the path of a Vert.x route: {@code :id}, which REST writes as {@code {id}}. */
  private static final Pattern PARAMETER = Pattern.compile(":(\\w+)");

  private static final String HIDDEN = "…";
  private static final int MOST_SEGMENTS = 8;

  /**
   * Words such as {@code wp-login.php}; a digit does not match, and so no phone number and no
   * token.
   */
  private static final Pattern WORD = Pattern.compile("[a-z.][a-z._-]{0,23}");

  private PathTemplate() {}

  /** Returns the template; empty if the request matched no route of this service. */
  static Optional<String> of(RoutingContext request) {
    String noted = ((HttpServerRequestInternal) request.request()).context().getLocal(NOTED);
    if (noted != null) {
      return Optional.of(noted);
    }
    Route route = request.currentRoute();
    return route == null
            || route.getPath() == null
            || !route.isExactPath()
            || request.response().getStatusCode() == 404
        ? Optional.empty()
        : Optional.of(PARAMETER.matcher(route.getPath()).replaceAll("{$1}"));
  }

  /** Returns the template, or the path with everything but plain words hidden; for the log. */
  static String forLog(RoutingContext request) {
    return of(request).orElseGet(() -> masked(request.request().path()));
  }

  /** {@code /wp-login.php} stays; {@code /api/messages/stream%3Ftoken=…} loses its last segment. */
  static String masked(String path) {
    if (path == null || path.isEmpty()) {
      return "-";
    }
    String[] segments = path.split("/", MOST_SEGMENTS + 1);
    return Arrays.stream(segments)
        .limit(MOST_SEGMENTS)
        .map(segment -> segment.isEmpty() || WORD.matcher(segment).matches() ? segment : HIDDEN)
        .collect(Collectors.joining("/", "", segments.length > MOST_SEGMENTS ? "/" + HIDDEN : ""));
  }
}
