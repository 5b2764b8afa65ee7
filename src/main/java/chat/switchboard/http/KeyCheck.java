package chat.switchboard.http;

import io.vertx.core.http.HttpServerRequest;

/** Tells callers with a valid API key from others, before a body is read. */
public interface KeyCheck {

  /** Whether the request shows a valid API key. */
  boolean hasKey(HttpServerRequest request);
}
