package chat.switchboard.hooks;

import java.util.List;

/** Decides by the conditions of a hook whether a delivery is for the chat: all of them hold. */
final class Conditions {

  private Conditions() {}

  /**
   * The decision.
   *
   * @param matched whether every condition holds
   * @param reason which condition decided, as a sentence
   */
  record Decision(boolean matched, String reason) {}

  /** Decides; a hook without conditions takes every delivery. */
  static Decision decide(List<Condition> conditions, Payload payload) {
    if (conditions.isEmpty()) {
      return new Decision(true, "The hook has no conditions.");
    }
    for (int at = 0; at < conditions.size(); at++) {
      Condition condition = conditions.get(at);
      if (!condition.holds(payload)) {
        return new Decision(false, "when[" + at + "]: " + condition.explain(payload) + ".");
      }
    }
    return new Decision(true, "All conditions hold: " + conditions.size() + ".");
  }
}
