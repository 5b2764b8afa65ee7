package chat.switchboard.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Decides which requests may have a body of 16 MiB: messages with a file in the body, of callers
 * with a valid key, a few at once.
 */
@ApplicationScoped
class LargeBodies {

  /** 16 MiB: a file of 10 MiB in base64, and the text. */
  static final int BYTES = 16 * 1024 * 1024;

  /** Each takes some 40 MiB while the JSON is read. */
  private static final int AT_ONCE = 4;

  private static final Pattern PATH =
      Pattern.compile("/api/messages/(?:[0-9a-fA-F-]{36}/)?external");

  private static final String ADMITTED = "switchboard.large-body";
  private static final String BUSY = "switchboard.large-bodies-busy";

  private final Instance<KeyCheck> keys;
  private final AtomicInteger underWay = new AtomicInteger();

  LargeBodies(Instance<KeyCheck> keys) {
    this.keys = keys;
  }

  /** The status of a request that was not admitted. */
  static int refusal(RoutingContext request) {
    return request.get(BUSY) == null ? 413 : 503;
  }

  /** How many large bodies are read now, or belong to a request without a response. */
  int underWay() {
    return underWay.get();
  }

  /** Whether the request may have a large body; the place is free again after the response. */
  boolean admit(RoutingContext request) {
    if (request.get(ADMITTED) != null) {
      return true;
    }
    if (!HttpMethod.POST.equals(request.request().method())
        || !PATH.matcher(request.normalizedPath()).matches()
        || keys.isUnsatisfied()
        || !keys.get().hasKey(request.request())) {
      return false;
    }
    if (underWay.incrementAndGet() > AT_ONCE) {
      underWay.decrementAndGet();
      request.put(BUSY, true);
      return false;
    }
    request.put(ADMITTED, true);
    request.addEndHandler(ended -> underWay.decrementAndGet());
    return true;
  }
}
