package chat.switchboard.hooks;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * Bounds one rendering: the steps, the processor time of its thread, and the fields that were not
 * found. The time that a thread waits for a processor does not count: a busy machine makes no
 * template wrong.
 */
final class RenderBudget {

  /** The attribute of a rendering that holds its budget. */
  static final String ATTRIBUTE = "switchboard-budget";

  /** The most values and rounds of loops; a preset takes fewer than 500. */
  static final int MOST_STEPS = 20_000;

  /** The most processor time of a rendering. */
  static final Duration LONGEST = Duration.ofMillis(200);

  private static final int MOST_UNKNOWN = 20;

  private final RenderClock clock;
  private final Values values;
  private final long wallDeadline;
  private final long processorDeadline;
  private final Set<String> unknown = new TreeSet<>();
  private int steps;

  /** How the values of a payload are written. */
  enum Values {
    /** As Markdown that shows the characters of the value. */
    MARKDOWN,
    /** As one line, without characters that a reader does not see. */
    LINE,
    /** As they are: two different values are never written alike. */
    EXACT
  }

  /** Begins a rendering on the current thread. */
  RenderBudget(RenderClock clock, Values values) {
    this.clock = clock;
    this.values = values;
    this.wallDeadline = clock.wallNanos() + LONGEST.toNanos();
    this.processorDeadline = clock.processorNanos() + LONGEST.toNanos();
  }

  /** Takes one step. */
  void step() {
    if (++steps > MOST_STEPS) {
      throw new TemplateProblem(0, 0, "The template takes more than " + MOST_STEPS + " steps");
    }
    // No thread uses more than the time that passes, and the time that passes is cheap to read.
    if (clock.wallNanos() - wallDeadline > 0 && clock.processorNanos() - processorDeadline > 0) {
      throw TemplateProblem.tooSlow("The template takes longer than " + LONGEST.toMillis() + " ms");
    }
  }

  /** How the values of the payload are written. */
  Values values() {
    return values;
  }

  /** Notes a field that the payload does not have. */
  void unknown(String field) {
    if (unknown.size() < MOST_UNKNOWN) {
      unknown.add(field);
    }
  }

  /** The fields that the template names and the payload does not have, at most 20. */
  Set<String> unknown() {
    return unknown;
  }
}
