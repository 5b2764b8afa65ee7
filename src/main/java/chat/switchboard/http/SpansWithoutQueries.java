package chat.switchboard.http;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Removes the query from spans: a query can contain a token or a phone number, which must not be in
 * a trace.
 */
@ApplicationScoped
class SpansWithoutQueries implements SpanProcessor {

  private static final AttributeKey<String> QUERY = AttributeKey.stringKey("url.query");

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {
    if (span.getAttribute(QUERY) != null) {
      span.setAttribute(QUERY, "");
    }
  }

  @Override
  public boolean isStartRequired() {
    return true;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    // A span that has ended needs no change.
  }

  @Override
  public boolean isEndRequired() {
    return false;
  }
}
