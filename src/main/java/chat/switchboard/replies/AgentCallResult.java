package chat.switchboard.replies;

import chat.switchboard.librechat.Message;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What came of a try to get an answer. */
sealed interface AgentCallResult {

  /** It stands in the conversation. */
  record Answered(Message answer) implements AgentCallResult {}

  /** LibreChat is at something else in this conversation. */
  record Busy() implements AgentCallResult {}

  /** LibreChat is done with it as far as is known, and there is none: it can be asked as before. */
  record Open() implements AgentCallResult {}

  /**
   * There is none, and it may be tried again.
   *
   * @param cause one sentence
   * @param atLeast how long LibreChat wants to be left alone
   * @param over whether LibreChat has come to an end with the request, so that the next must be
   *     another
   * @param failedAnswers answers below the question that are none
   */
  record Again(String cause, Optional<Duration> atLeast, boolean over, List<String> failedAnswers)
      implements AgentCallResult {

    Again(String cause) {
      this(cause, Optional.empty(), false, List.of());
    }
  }

  /** There is none, and another try would do harm. */
  record Never(String cause) implements AgentCallResult {}
}
