package chat.switchboard.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/** Runs seeds, with the classes of {@link SimulationLoader}. */
public final class Seeds {

  private static final String INBOUND = "Simulation";
  private static final String OUTBOUND = "OutboundSimulation";

  private static final String FEED = "FeedSimulation";

  private final Method method;
  private final Method plan;
  private final Method happened;
  private final Method virtualTime;

  private Seeds(Map<String, byte[]> mutated, String simulation) {
    try {
      ClassLoader loader = new SimulationLoader(Seeds.class.getClassLoader(), mutated);
      Class<?> bridge = loader.loadClass("chat.switchboard.simulation.Bridge");
      plan = bridge.getMethod("plan", List.class);
      happened = bridge.getMethod("happened");
      virtualTime = bridge.getMethod("virtualTime");
      method =
          loader
              .loadClass("chat.switchboard.simulation." + simulation)
              .getMethod("run", long.class, boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the seeds of the code as it is. */
  static Seeds ofToday() {
    return new Seeds(Map.of(), INBOUND);
  }

  /** Returns the seeds of the outbound classes as they are. */
  static Seeds outbound() {
    return new Seeds(Map.of(), OUTBOUND);
  }

  /** Returns the seeds of the outbound classes with a fault. */
  static Seeds outbound(Mutant mutant) {
    return new Seeds(mutant.compile(), OUTBOUND);
  }

  /** Returns the seeds of the feed and the streams as they are. */
  static Seeds feed() {
    return new Seeds(Map.of(), FEED);
  }

  /** Returns the seeds of the feed and the streams with a fault. */
  static Seeds feed(Mutant mutant) {
    return new Seeds(mutant.compile(), FEED);
  }

  /** Returns the seeds of the code with a fault. */
  static Seeds of(Mutant mutant) {
    return new Seeds(mutant.compile(), INBOUND);
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
    if (arguments[0].equals("mutants")) {
      mutants(arguments, Mutant.ALL, Seeds::of);
      return;
    }
    boolean outbound = arguments[0].equals("outbound");
    boolean feed = arguments[0].equals("feed");
    Seeds seeds = outbound ? outbound() : feed ? feed() : ofToday();
    if (outbound || feed) {
      arguments = Arrays.copyOfRange(arguments, 1, arguments.length);
    }
    if (arguments[0].equals("mutants")) {
      mutants(
          arguments,
          feed ? FeedMutants.ALL : OutboundMutants.ALL,
          feed ? Seeds::feed : Seeds::outbound);
      return;
    }
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

  private static void mutants(String[] arguments, List<Mutant> all, Function<Mutant, Seeds> with) {
    long last = Long.parseLong(arguments[1]);
    String part = arguments.length > 2 ? arguments[2] : "";
    for (Mutant mutant : all.stream().filter(one -> one.name().contains(part)).toList()) {
      Seeds seeds = with.apply(mutant);
      OptionalLong found = seeds.firstViolation(last);
      System.out.printf(
          "| %s | %s | %s |%n",
          mutant.name(),
          found.isPresent() ? String.valueOf(found.getAsLong()) : "not in " + last,
          found.isPresent() ? seeds.run(found.getAsLong(), false).violations().get(0) : "");
    }
  }
}
