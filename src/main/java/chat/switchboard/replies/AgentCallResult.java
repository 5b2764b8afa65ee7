package chat.switchboard.replies;

import chat.switchboard.librechat.Message;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The result of an attempt to get an answer. */
sealed interface AgentCallResult {

  /** The conversation contains the answer. */
  record Answered(Message answer) implements AgentCallResult {}

  /** LibreChat is generating another answer in this conversation. */
  record Busy() implements AgentCallResult {}

  /** LibreChat generates nothing and there is no answer: the same request may be sent again. */
  record Open() implements AgentCallResult {}

  /**
   * There is no answer, and the attempt may be repeated.
   *
   * @param cause one sentence
   * @param atLeast the shortest pause before the next attempt, by LibreChat's Retry-After
   * @param over whether LibreChat has finished the request, so that the next attempt needs a new
   *     request
   * @param failedAnswers failed answers below the question
   */
  record Again(String cause, Optional<Duration> atLeast, boolean over, List<String> failedAnswers)
      implements AgentCallResult {

    Again(String cause) {
      this(cause, Optional.empty(), false, List.of());
    }
  }

  /** There is no answer, and another attempt would do harm. */
  record Never(String cause) implements AgentCallResult {}
}
