package chat.switchboard.simulation;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the seeds of a long run did, for each simulation. */
final class RunFigures {

  /** The figures of one simulation. */
  private static final class Column {
    private final long[] counts = new long[Happenings.Kind.values().length];
    private long seeds;
    private long violations;
    private long virtualNanos;
    private long cpuNanos;
  }

  private final Map<SimulationKind, Column> columns = new EnumMap<>(SimulationKind.class);

  /**
   * @param kinds the simulations that run
   */
  RunFigures(List<SimulationKind> kinds) {
    kinds.forEach(kind -> columns.put(kind, new Column()));
  }

  /** Adds the run of a seed; null if the run has failed. */
  void add(SimulationKind kind, Seeds.Run run, long cpuNanos) {
    Column column = columns.get(kind);
    column.seeds++;
    column.cpuNanos += cpuNanos;
    if (run == null) {
      column.violations++;
      return;
    }
    column.virtualNanos += run.virtualTime();
    column.violations += run.violates() ? 1 : 0;
    run.happenings().forEach(one -> column.counts[Happenings.kindOf(one).ordinal()]++);
  }

  /** Adds figures of another process. */
  void add(String numbers) {
    long[] next = Arrays.stream(numbers.split(" ")).mapToLong(Long::parseLong).toArray();
    int at = 0;
    for (Column column : columns.values()) {
      column.seeds += next[at++];
      column.violations += next[at++];
      column.virtualNanos += next[at++];
      column.cpuNanos += next[at++];
      for (int i = 0; i < column.counts.length; i++) {
        column.counts[i] += next[at++];
      }
    }
  }

  /** Returns all figures, for {@link #add(String)}. */
  String numbers() {
    StringBuilder line = new StringBuilder();
    for (Column column : columns.values()) {
      line.append(column.seeds).append(' ').append(column.violations).append(' ');
      line.append(column.virtualNanos).append(' ').append(column.cpuNanos).append(' ');
      Arrays.stream(column.counts).forEach(count -> line.append(count).append(' '));
    }
    return line.toString().strip();
  }

  long seeds() {
    return columns.values().stream().mapToLong(one -> one.seeds).sum();
  }

  double virtualDays() {
    return columns.values().stream().mapToLong(one -> one.virtualNanos).sum() / 86_400e9;
  }

  double cpuSeconds() {
    return columns.values().stream().mapToLong(one -> one.cpuNanos).sum() / 1e9;
  }

  /** Returns a table in Markdown with a column for each simulation. */
  String table() {
    StringBuilder table = new StringBuilder("| what |");
    columns.keySet().forEach(kind -> table.append(' ').append(kind.label()).append(" |"));
    table.append("\n| --- |").append(" --- |".repeat(columns.size())).append('\n');
    row(table, "seeds", "%,d", one -> one.seeds);
    row(table, "virtual days", "%.2f", one -> one.virtualNanos / 86_400e9);
    row(table, "seconds of CPU", "%.0f", one -> one.cpuNanos / 1e9);
    for (Happenings.Kind kind : Happenings.Kind.values()) {
      String name = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      if (columns.values().stream().anyMatch(one -> one.counts[kind.ordinal()] > 0)) {
        row(table, name, "%,d", one -> one.counts[kind.ordinal()]);
      }
    }
    row(table, "**seeds with violations**", "%,d", one -> one.violations);
    return table.toString();
  }

  private void row(
      StringBuilder table, String name, String format, Function<Column, Object> value) {
    table.append("| ").append(name).append(" |");
    table.append(
        columns.values().stream()
            .map(one -> String.format(Locale.ROOT, " " + format + " |", value.apply(one)))
            .collect(Collectors.joining()));
    table.append('\n');
  }
}
