package chat.switchboard.support;

import io.quarkus.test.junit.callback.QuarkusTestBeforeClassCallback;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * Gives each {@code await()} without a time of its own 60 s instead of Awaitility's 10 s, which a
 * busy machine exceeds. An await that holds earlier ends earlier. Quarkus finds this class by its
 * name in META-INF/services; tests without Quarkus call {@link #set}.
 */
public final class PatientAwaits implements QuarkusTestBeforeClassCallback {

  @Override
  public void beforeClass(Class<?> testClass) {
    set();
  }

  public static void set() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }
}
