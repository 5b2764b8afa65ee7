package chat.switchboard.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Leaves out messages and faults of a run that breaks a promise, as long as the run still breaks
 * the same promise.
 */
final class Shrinker {

  private final Seeds seeds;
  private final long seed;
  private final int mostRuns;
  private int runs;
  private List<String> least;
  private String promise;

  /**
   * @param mostRuns the number of runs after which the shrinker takes the least that it has
   */
  Shrinker(Seeds seeds, long seed, int mostRuns) {
    this.seeds = seeds;
    this.seed = seed;
    this.mostRuns = mostRuns;
  }

  /**
   * What is left of a run.
   *
   * @param before the number of faults in the run of the seed
   * @param run with its history
   */
  record Shrunken(long seed, long before, int runs, Seeds.Run run) {

    /** Returns the faults that are left. */
    List<String> faults() {
      return run.happenings().stream().filter(Shrinker::isFault).toList();
    }

    /** Returns the violations, what is left, and the history. */
    List<String> report() {
      List<String> lines = new ArrayList<>(run.violations());
      lines.add("");
      lines.add(
          "Seed %d: %d of %d faults are left after %d runs: %s"
              .formatted(seed, faults().size(), before, runs, faults()));
      lines.add(
          "Besides: " + run.happenings().stream().filter(one -> !isFault(one)).sorted().toList());
      lines.add(run.figures());
      lines.add("");
      lines.addAll(run.history());
      return lines;
    }
  }

  private static boolean isFault(String happening) {
    return Happenings.kindOf(happening).isFault();
  }

  /** Shrinks; the seed has to break a promise. */
  Shrunken shrink() {
    Seeds.Run whole = seeds.run(seed, false);
    promise = whole.promise();
    least = whole.happenings();
    long before = least.stream().filter(Shrinker::isFault).count();
    if (breaksWith(least)) {
      int size;
      do {
        size = least.size();
        leaveOutKinds();
        leaveOutParts();
      } while (least.size() < size && runs < mostRuns);
      return new Shrunken(seed, before, runs, seeds.run(seed, true, least));
    }
    return new Shrunken(seed, before, runs, seeds.run(seed, true));
  }

  private void leaveOutKinds() {
    for (Happenings.Kind kind : Happenings.Kind.values()) {
      without(least.stream().filter(one -> Happenings.kindOf(one) == kind).toList());
    }
  }

  /** Leaves out ever smaller parts of the list, from its end. */
  private void leaveOutParts() {
    for (int part = Math.max(1, least.size() / 2); part >= 1; part /= 2) {
      for (int end = least.size(); end > 0; end = Math.min(end - part, least.size())) {
        without(List.copyOf(least.subList(Math.max(0, end - part), end)));
      }
    }
  }

  private void without(List<String> some) {
    Set<String> out = new HashSet<>(some);
    List<String> rest = least.stream().filter(one -> !out.contains(one)).toList();
    if (rest.size() < least.size()) {
      breaksWith(rest);
    }
  }

  /** Tries a plan; takes it if the run breaks the same promise. */
  private boolean breaksWith(List<String> plan) {
    if (runs >= mostRuns) {
      return false;
    }
    runs++;
    Seeds.Run run = seeds.run(seed, false, plan);
    boolean same = run.violates() && run.promise().equals(promise);
    if (same) {
      least = run.happenings();
    }
    return same;
  }
}
