package chat.switchboard.http;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a door throws to answer with an error. It carries no stack trace: it is an answer. */
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

  /** A refusal that asks the caller to come again. */
  public static ProblemException later(int status, String error, Duration retryAfter) {
    return new ProblemException(Problem.of(status, error), retryAfter);
  }

  /** What is answered. */
  public Problem problem() {
    return problem;
  }

  /** When the caller may come again, if that is known. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
