package chat.switchboard.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Runs seeds, with the classes of {@link SimulationLoader}. */
public final class Seeds {

  private final Method method;
  private final Method plan;
  private final Method happened;
  private final Method virtualTime;

  private Seeds(ClassLoader loader, SimulationKind kind) {
    try {
      Class<?> bridge = loader.loadClass("chat.switchboard.simulation.Bridge");
      plan = bridge.getMethod("plan", List.class);
      happened = bridge.getMethod("happened");
      virtualTime = bridge.getMethod("virtualTime");
      method = loader.loadClass(kind.className()).getMethod("run", long.class, boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the seeds of the code as it is. */
  static Seeds of(SimulationKind kind) {
    return new Seeds(loader(Map.of()), kind);
  }

  /** Returns the seeds of the code with a fault. */
  static Seeds of(SimulationKind kind, Mutant mutant) {
    return new Seeds(loader(mutant.compile()), kind);
  }

  /** Returns the seeds of all simulations of the code as it is, which share their classes. */
  static Map<SimulationKind, Seeds> ofAll() {
    ClassLoader loader = loader(Map.of());
    Map<SimulationKind, Seeds> all = new EnumMap<>(SimulationKind.class);
    for (SimulationKind kind : SimulationKind.values()) {
      all.put(kind, new Seeds(loader, kind));
    }
    return all;
  }

  private static ClassLoader loader(Map<String, byte[]> mutated) {
    return new SimulationLoader(Seeds.class.getClassLoader(), mutated);
  }

  /**
   * The result of a seed.
   *
   * @param figures one line
   * @param happenings the messages and faults, as {@link Happenings} names them
   * @param virtualTime in nanoseconds
   */
  record Run(
      List<String> violations,
      String figures,
      List<String> history,
      List<String> happenings,
      long virtualTime) {

    /** Whether a promise is broken. */
    boolean violates() {
      return !violations.isEmpty();
    }

    /** Returns the first violation without names and numbers: the promise that is broken. */
    String promise() {
      return violations
          .get(0)
          .replaceAll("\"[^\"]*\"|\\[.*\\]|[0-9a-f]{8}-[-0-9a-f]{27}|\\br?\\d+\\b", "…");
    }
  }

  /** Runs a seed; the history is empty unless it is recorded. */
  Run run(long seed, boolean recorded) {
    return run(seed, recorded, null);
  }

  /**
   * Runs a seed with these happenings alone.
   *
   * @param happenings null if the seed decides
   */
  Run run(long seed, boolean recorded, List<String> happenings) {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try {
      Thread.currentThread().setContextClassLoader(method.getDeclaringClass().getClassLoader());
      plan.invoke(null, happenings);
      @SuppressWarnings("unchecked")
      List<String> lines = (List<String>) method.invoke(null, seed, recorded);
      int end = lines.indexOf("");
      @SuppressWarnings("unchecked")
      List<String> things = (List<String>) happened.invoke(null);
      return new Run(
          lines.subList(0, end),
          lines.get(end + 1),
          lines.subList(end + 2, lines.size()),
          things,
          (long) virtualTime.invoke(null));
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("seed " + seed, e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  /** Returns the first seed with a violation; empty if there is none up to the last seed. */
  OptionalLong firstViolation(long last) {
    for (long seed = 1; seed <= last; seed++) {
      if (!run(seed, false).violations().isEmpty()) {
        return OptionalLong.of(seed);
      }
    }
    return OptionalLong.empty();
  }

  /**
   * With one seed writes its history, with two runs the seeds from the first to the second. With
   * {@code mutants} and a number writes the first seed that finds each mutant, up to that number; a
   * third argument is a part of the names of the mutants. All of this runs the outbound classes if
   * {@code outbound} comes first, and the feed if {@code feed} comes first.
   */
  public static void main(String[] arguments) {
    Optional<SimulationKind> named = SimulationKind.of(arguments[0]);
    SimulationKind kind = named.orElse(SimulationKind.INBOUND);
    if (named.isPresent()) {
      arguments = Arrays.copyOfRange(arguments, 1, arguments.length);
    }
    if (arguments[0].equals("mutants")) {
      mutants(arguments, kind);
      return;
    }
    Seeds seeds = of(kind);
    long first = Long.parseLong(arguments[0]);
    if (arguments.length == 1) {
      Run run = seeds.run(first, true);
      run.history().forEach(System.out::println);
      System.out.println(run.figures());
      return;
    }
    long last = Long.parseLong(arguments[1]);
    long failed = 0;
    for (long seed = first; seed <= last; seed++) {
      Run run = seeds.run(seed, false);
      if (!run.violations().isEmpty()) {
        failed++;
        System.out.println(run.figures() + ": " + run.violations());
      }
    }
    System.out.println((last - first + 1) + " seeds, " + failed + " with violations");
  }

  private static void mutants(String[] arguments, SimulationKind kind) {
    long last = Long.parseLong(arguments[1]);
    String part = arguments.length > 2 ? arguments[2] : "";
    List<Mutant> all =
        switch (kind) {
          case INBOUND -> Mutant.ALL;
          case OUTBOUND -> OutboundMutants.ALL;
          case FEED -> FeedMutants.ALL;
        };
    for (Mutant mutant : all.stream().filter(one -> one.name().contains(part)).toList()) {
      Seeds seeds = of(kind, mutant);
      OptionalLong found = seeds.firstViolation(last);
      System.out.printf(
          "| %s | %s | %s |%n",
          mutant.name(),
          found.isPresent() ? String.valueOf(found.getAsLong()) : "not in " + last,
          found.isPresent() ? seeds.run(found.getAsLong(), false).violations().get(0) : "");
    }
  }
}
