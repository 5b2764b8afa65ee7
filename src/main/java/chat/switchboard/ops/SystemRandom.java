package chat.switchboard.ops;

import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** The random numbers of delays; secrets come from a {@code SecureRandom}. */
class SystemRandom {

  /** Asks for the thread's generator at each call: many threads use this bean. */
  @Produces
  @Singleton
  @DefaultBean
  RandomGenerator random() {
    return () -> ThreadLocalRandom.current().nextLong();
  }
}
