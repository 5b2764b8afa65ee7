package chat.switchboard.simulation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The simulations: each runs a part of the service. */
enum SimulationKind {
  INBOUND("Simulation", "simulation", 18),
  OUTBOUND("OutboundSimulation", "simulation.outbound", 1),
  FEED("FeedSimulation", "simulation.feed", 1);

  private final String className;
  private final String property;
  private final int share;

  SimulationKind(String className, String property, int share) {
    this.className = className;
    this.property = property;
    this.share = share;
  }

  /** Returns the kind of this name, in small letters; empty if there is none. */
  static Optional<SimulationKind> of(String name) {
    return Arrays.stream(values()).filter(one -> one.label().equals(name)).findFirst();
  }

  /**
   * Returns the kinds of these names.
   *
   * @param names such as {@code inbound,feed}
   */
  static List<SimulationKind> all(String names) {
    return Arrays.stream(names.split(","))
        .map(
            name ->
                of(name.strip())
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "\"" + name + "\" is no simulation: " + Arrays.toString(values()))))
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * Returns the kind of each seed of a long run: seed {@code n} is of the kind at {@code n} modulo
   * the size. Each kind has its share, in turn with the others.
   */
  static List<SimulationKind> turns(List<SimulationKind> kinds) {
    int size = kinds.size() == 1 ? 1 : kinds.stream().mapToInt(one -> one.share).sum();
    List<SimulationKind> turns = new ArrayList<>();
    int[] had = new int[values().length];
    for (int turn = 1; turn <= size; turn++) {
      SimulationKind next = kinds.get(0);
      double most = Double.NEGATIVE_INFINITY;
      for (SimulationKind kind : kinds) {
        double lacks = (double) kind.share * turn / size - had[kind.ordinal()];
        if (lacks > most) {
          most = lacks;
          next = kind;
        }
      }
      had[next.ordinal()]++;
      turns.add(next);
    }
    return turns;
  }

  /** Returns the name in small letters. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the class that runs a seed. */
  String className() {
    return getClass().getPackageName() + "." + className;
  }

  /** Returns the class of the test. */
  String test() {
    return className + "Test";
  }

  /** Returns the first part of the properties of the test, such as {@code simulation.feed}. */
  String property() {
    return property;
  }

  /** Returns the file of the history in {@code target}. */
  Path history() {
    return Path.of("target", this == INBOUND ? "simulation.txt" : label() + "-simulation.txt");
  }
}
