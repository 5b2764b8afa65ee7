package chat.switchboard.http;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The exception that a door throws to respond with an error. It has no stack trace, because it is a
 * response and not a fault.
 */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;
  private final transient @Nullable Duration retryAfter;

  private ProblemException(Problem problem, @Nullable Duration retryAfter) {
    super(problem.error(), null, false, false);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** A refusal with this HTTP status and this sentence. */
  public static ProblemException of(int status, String error) {
    return new ProblemException(Problem.of(status, error), null);
  }

  /** A refusal that asks the caller to try again. */
  public static ProblemException later(int status, String error, Duration retryAfter) {
    return new ProblemException(Problem.of(status, error), retryAfter);
  }

  /** Returns the body of the response. */
  public Problem problem() {
    return problem;
  }

  /** Returns the time after which the caller may try again; empty if unknown. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
