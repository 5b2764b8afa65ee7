package chat.switchboard.support;

import java.net.http.HttpClient;
import java.time.Duration;

/**
 * The client of tests that ask a service in a process of its own. HTTP/1.1: left to itself the
 * JDK's client upgrades to HTTP/2, and one in some hundred of those requests never ends, although
 * the whole answer has arrived (looked at between the two, with Java 17 and 25).
 */
public final class Http {

  public static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private Http() {}
}
