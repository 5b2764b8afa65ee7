package chat.switchboard.hooks;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/** Bounds one rendering: the steps, the time, and the fields that were not found. */
final class RenderBudget {

  /** The attribute of a rendering that holds its budget. */
  static final String ATTRIBUTE = "switchboard-budget";

  /** The most values and rounds of loops; a preset takes fewer than 500. */
  static final int MOST_STEPS = 20_000;

  /** The longest that a rendering may take. */
  static final Duration LONGEST = Duration.ofMillis(200);

  private static final int MOST_UNKNOWN = 20;

  private final long deadline;
  private final java.util.function.LongSupplier nanoTime;
  private final Set<String> unknown = new TreeSet<>();
  private final boolean plain;
  private int steps;

  /**
   * Begins a rendering.
   *
   * @param plain whether the result is not Markdown
   */
  RenderBudget(java.util.function.LongSupplier nanoTime, boolean plain) {
    this.nanoTime = nanoTime;
    this.plain = plain;
    this.deadline = nanoTime.getAsLong() + LONGEST.toNanos();
  }

  /** Takes one step. */
  void step() {
    if (++steps > MOST_STEPS) {
      throw new TemplateProblem(0, 0, "The template takes more than " + MOST_STEPS + " steps");
    }
    if (nanoTime.getAsLong() - deadline > 0) {
      throw new TemplateProblem(
          0, 0, "The template takes longer than " + LONGEST.toMillis() + " ms");
    }
  }

  /** Whether the result is not Markdown. */
  boolean isPlain() {
    return plain;
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
