package chat.switchboard.simulation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What happens in a run besides the service: the messages and the faults. The seed decides which
 * ones; with a plan, those of the plan happen and no others, so that {@link Shrinker} can leave
 * some out.
 */
final class Happenings {

  /** The kinds of happenings. */
  enum Kind {
    THIRD_REPLICA(false),
    MESSAGE(false),
    CLIENT(false),
    ANSWER_OF_THE_AGENT(false),
    QUESTION_OF_THE_OWNER(false),
    OWNER_EDITS(false),
    OWNER_ASKS_AGAIN(false),
    OWNER_STEERS(false),
    OWNER_FORKS(false),
    OWNER_DELETES_A_MESSAGE(false),
    OWNER_DELETES_A_CONVERSATION(false),
    OWNER_REGENERATES(false),
    OWNER_ASKS_ON_ANOTHER_PAGE(false),
    DELETED_ACCOUNT(false),
    SLOW_NETWORK(true),
    LOST_COMMAND(true),
    LOST_RESPONSE(true),
    LATE_COMMAND(true),
    DEATH(true),
    FREEZE(true),
    OUTAGE(true),
    FAIL_OVER(true),
    WRONG_CLOCK(true),
    SILENT_LIBRECHAT(true),
    DROPPED_ANSWER(true),
    REPEATED_WEBHOOK(true),
    DISCONNECTION(true),
    SLOW_CLIENT(true),
    LOST_CURSOR(true),
    LOST_HISTORY(true),
    LATE_CHANGES(true),
    RESTART_OF_LIBRECHAT(true),
    FAILING_TWILIO(true),
    SLOW_TWILIO(true),
    LOST_REPORT(true),
    REPEATED_REPORT(true),
    FAILING_AGENT(true),
    LOST_STREAM_OF_THE_AGENT(true),
    BAD_ANSWER(true),
    SLOW_ANSWER(true);

    private final boolean isFault;

    Kind(boolean isFault) {
      this.isFault = isFault;
    }

    boolean isFault() {
      return isFault;
    }
  }

  private final Set<String> plan;
  private final List<String> happened = new ArrayList<>();
  private final Map<Kind, Integer> occasions = new EnumMap<>(Kind.class);

  /**
   * @param plan the happenings, each as {@code kind number}; null if the seed decides
   */
  Happenings(List<String> plan) {
    this.plan = plan == null ? null : new HashSet<>(plan);
  }

  /** Whether the seed decides, and no plan. */
  boolean areDrawn() {
    return plan == null;
  }

  /**
   * Whether something happens.
   *
   * @param number the number of the occasion, which does not depend on what happened before where
   *     that is possible
   * @param drawn what the seed says
   */
  boolean happens(Kind kind, long number, boolean drawn) {
    boolean does = plan == null ? drawn : plan.contains(name(kind, number));
    if (does) {
      happened.add(name(kind, number));
    }
    return does;
  }

  /** As above, with the next number of this kind. */
  boolean happens(Kind kind, boolean drawn) {
    return happens(kind, occasions.merge(kind, 1, Integer::sum), drawn);
  }

  private static String name(Kind kind, long number) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-') + " " + number;
  }

  /** Returns the kind of a happening. */
  static Kind kindOf(String happening) {
    String name = happening.substring(0, happening.indexOf(' '));
    return Kind.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Returns what has happened, in order, each as {@code kind number}. */
  List<String> happened() {
    return happened;
  }
}
