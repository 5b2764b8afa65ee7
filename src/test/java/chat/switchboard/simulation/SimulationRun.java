package chat.switchboard.simulation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A run of many seeds, on all processors: {@code ./mvnw verify -Psimulation -Dseeds=1000000}. Each
 * processor has a process of its own, which takes blocks of seeds; the simulations take turns. The
 * run writes a line each 10 s, what it has in the end or when it is stopped, and each violation,
 * shrunken, into {@code target/simulation}.
 *
 * <p>System properties: {@code seeds} (2000), {@code simulation.first} (1), {@code
 * simulation.kinds} (inbound,outbound,feed), {@code simulation.processes} (the processors), {@code
 * simulation.minutes} (no limit).
 */
public final class SimulationRun {

  private static final int BLOCK = 20;
  private static final int MOST_REPORTS = 10;
  private static final int RUNS_OF_SHRINKER = 1_500;
  private static final Path REPORTS = Path.of("target", "simulation");
  private static final long LINE_NANOS = 10_000_000_000L;

  private static final long ONE_YEAR_IN_MINUTES = 525_600;
  private static final String ALL_KINDS = "inbound,outbound,feed";

  private final List<SimulationKind> kinds =
      SimulationKind.all(System.getProperty("simulation.kinds", ALL_KINDS));
  private final List<SimulationKind> turns = SimulationKind.turns(kinds);
  private final long first = Long.getLong("simulation.first", 1);
  private final long last = first + Long.getLong("seeds", 2_000) - 1;
  private final int processes =
      Integer.getInteger("simulation.processes", Runtime.getRuntime().availableProcessors());
  private final long begun = System.nanoTime();
  private final long end =
      begun + Long.getLong("simulation.minutes", ONE_YEAR_IN_MINUTES) * 60_000_000_000L;
  private final Deque<Long> again = new ArrayDeque<>();
  private final Set<Process> workers = ConcurrentHashMap.newKeySet();
  private final TreeSet<Long> underWay = new TreeSet<>();
  private final TreeMap<Long, String> violations = new TreeMap<>();
  private final RunFigures figures = new RunFigures(kinds);
  private long next = first;
  private long lastLine = begun;
  private int died;
  private boolean closed;

  /** With {@code worker} takes blocks of seeds from the standard input. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length > 1 && arguments[0].equals("worker")) {
      work(SimulationKind.all(arguments[1]));
      return;
    }
    System.exit(new SimulationRun().run() ? 0 : 1);
  }

  /** Runs the seeds; false if a promise is broken. */
  boolean run() throws InterruptedException {
    Thread table = new Thread(this::close);
    Runtime.getRuntime().addShutdownHook(table);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Math.min(processes, (last - first) / BLOCK + 1); i++) {
      Thread thread = new Thread(this::drive);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    close();
    Runtime.getRuntime().removeShutdownHook(table);
    return violations.isEmpty();
  }

  /** Feeds one process with blocks; a process that ends too early is started again. */
  private void drive() {
    for (Long block = take(); block != null; block = take()) {
      Process process = start();
      workers.add(process);
      try (PrintWriter out = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
          BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
        while (block != null) {
          out.println(block + " " + Math.min(last, block + BLOCK - 1));
          if (!heard(in, block)) {
            giveBack(block);
            break;
          }
          block = take();
        }
      } catch (IOException e) {
        giveBack(block);
      } finally {
        process.destroy();
      }
    }
  }

  private Process start() {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx768m",
            "-Xmn400m",
            // A seed fails thousands of commands; a violation is repeated with its stack traces.
            "-XX:-StackTraceInThrowable",
            "-Xss2m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=" + Integer.getInteger("simulation.compiler", 4),
            // Methods of the libraries are called from many places: with the usual inlining the
            // compiler takes more processor time than 1,000 seeds.
            "-XX:MaxInlineLevel=6",
            "-XX:InlineSmallCode=800",
            "-XX:FreqInlineSize=120",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            SimulationRun.class.getName(),
            "worker",
            kinds.stream().map(SimulationKind::label).collect(Collectors.joining(",")));
    try {
      return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized Long take() {
    if (closed || System.nanoTime() > end) {
      return null;
    }
    Long block = again.poll();
    if (block == null) {
      if (next > last) {
        return null;
      }
      block = next;
      next += BLOCK;
    }
    underWay.add(block);
    return block;
  }

  private synchronized void giveBack(Long block) {
    if (block == null || closed || !underWay.remove(block)) {
      return;
    }
    if (++died > 20) {
      violations.put(block, "the process of this block of seeds ends too early");
      closed = true;
      return;
    }
    again.add(block);
  }

  /** Takes the lines of a block; false if the process has ended before. */
  private boolean heard(BufferedReader in, long block) throws IOException {
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 3);
      if (words[0].equals("violation")) {
        violated(Long.parseLong(words[1]), words[2]);
      } else if (words[0].equals("done")) {
        done(block, words[1] + " " + words[2]);
        return true;
      }
    }
    return false;
  }

  private synchronized void violated(long seed, String sentence) {
    if (violations.put(seed, sentence) == null) {
      SimulationKind kind = kind(turns, seed);
      System.out.printf(
          "Seed %d: %s (-Dtest=%s -D%s.seed=%d)%n",
          seed, sentence, kind.test(), kind.property(), seed);
    }
  }

  private static SimulationKind kind(List<SimulationKind> turns, long seed) {
    return turns.get((int) (seed % turns.size()));
  }

  private synchronized void done(long block, String numbers) {
    underWay.remove(block);
    figures.add(numbers);
    if (System.nanoTime() - lastLine > LINE_NANOS) {
      lastLine = System.nanoTime();
      System.out.println(progress());
    }
  }

  private synchronized String progress() {
    double seconds = (System.nanoTime() - begun) / 1e9;
    long resume = underWay.isEmpty() ? next : underWay.first();
    if (!again.isEmpty()) {
      resume = Math.min(resume, again.stream().mapToLong(Long::longValue).min().getAsLong());
    }
    return String.format(
        Locale.ROOT,
        "%,d of %,d seeds, %.1f virtual days, %d with violations, %.0f seeds/s, %.0f s of CPU;"
            + " go on with -Dsimulation.first=%d -Dseeds=%d",
        figures.seeds(),
        last - first + 1,
        figures.virtualDays(),
        violations.size(),
        figures.seeds() / seconds,
        figures.cpuSeconds(),
        Math.min(resume, last + 1),
        Math.max(0, last + 1 - resume));
  }

  /** Writes what the run has. */
  private synchronized void close() {
    if (closed && lastLine == Long.MAX_VALUE) {
      return;
    }
    closed = true;
    lastLine = Long.MAX_VALUE;
    workers.forEach(Process::destroy);
    System.out.println(progress());
    System.out.print(figures.table());
    violations.forEach(
        (seed, sentence) ->
            System.out.printf("%s seed %d: %s%n", kind(turns, seed).label(), seed, sentence));
    System.out.flush();
  }

  private static void work(List<SimulationKind> kinds) throws IOException {
    Map<SimulationKind, Seeds> seeds = Seeds.ofAll();
    List<SimulationKind> turns = SimulationKind.turns(kinds);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    long cpu = 0;
    int reports = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] range = line.split(" ");
      RunFigures figures = new RunFigures(kinds);
      long to = Long.parseLong(range[1]);
      for (long seed = Long.parseLong(range[0]); seed <= to; seed++) {
        SimulationKind kind = kind(turns, seed);
        Seeds.Run run = runOrTell(seeds.get(kind), seed);
        long before = cpu;
        cpu = cpu();
        figures.add(kind, run, cpu - before);
        if (run != null && run.violates()) {
          System.out.println("violation " + seed + " " + run.violations().get(0));
          if (reports++ < MOST_REPORTS) {
            report(seeds.get(kind), kind, seed);
          }
        }
      }
      System.out.println("done " + figures.numbers());
    }
  }

  /** Runs a seed; a failure of the simulation itself counts as a violation. */
  private static Seeds.Run runOrTell(Seeds seeds, long seed) {
    try {
      return seeds.run(seed, false);
    } catch (RuntimeException | StackOverflowError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      System.out.println("violation " + seed + " the simulation fails: " + cause);
      return null;
    }
  }

  private static void report(Seeds seeds, SimulationKind kind, long seed) throws IOException {
    Files.createDirectories(REPORTS);
    Files.write(
        REPORTS.resolve(kind.label() + "-seed-" + seed + ".txt"),
        new Shrinker(seeds, seed, RUNS_OF_SHRINKER).shrink().report());
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
