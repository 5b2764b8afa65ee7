package chat.switchboard.api;

import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseRetry;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import java.time.Duration;

/** Retries a method that only reads, within {@code switchboard.database.timeout}. */
@RetriedRead
@Interceptor
@Priority(Interceptor.Priority.APPLICATION)
class RetriedReadInterceptor {

  private final Duration time;

  RetriedReadInterceptor(DatabaseConfig config) {
    this.time = config.timeout();
  }

  @AroundInvoke
  Object retry(InvocationContext call) throws Exception {
    Object answer = call.proceed();
    return answer instanceof Uni<?> step ? DatabaseRetry.within(time, step) : answer;
  }
}
