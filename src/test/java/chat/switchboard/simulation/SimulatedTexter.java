package chat.switchboard.simulation;

import chat.switchboard.api.SimulatedOrders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;

/** A program that sends texts by the API, one after the other, with or without a key. */
final class SimulatedTexter {

  /** A text that a program requested. */
  static final class Wanted {
    final SimulatedTexter by;
    final int number;
    final String text;
    final Optional<Instant> at;
    final long askedAt;
    long acknowledgedAt;
    int attempts;
    boolean refused;
    List<String> ids = List.of();

    Wanted(SimulatedTexter by, int number, String text, Optional<Instant> at, long askedAt) {
      this.by = by;
      this.number = number;
      this.text = text;
      this.at = at;
      this.askedAt = askedAt;
    }

    boolean isAcknowledged() {
      return !ids.isEmpty();
    }
  }

  private static final int MOST_ATTEMPTS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  final String name;
  final String to;
  final List<Wanted> wanted = new ArrayList<>();
  private final World world;
  private final Faults faults;
  private final SplittableRandom choices;
  private final Supplier<SimulatedReplica> balancer;
  private final String conversationId;
  private final String from;
  private final boolean hasKey;
  private final long longestPause;
  private final Happenings happenings;
  private final int index;
  private int left;
  private int number;
  private int posts;

  SimulatedTexter(
      World world,
      Faults faults,
      int index,
      String to,
      String from,
      String conversationId,
      int texts,
      long longestPause,
      Supplier<SimulatedReplica> balancer) {
    this.world = world;
    this.faults = faults;
    this.choices = world.choices();
    this.happenings = world.happenings();
    this.index = index;
    this.name = "program " + index;
    this.to = to;
    this.from = from;
    this.conversationId = conversationId;
    this.left = texts;
    this.longestPause = longestPause;
    this.hasKey = choices.nextInt(3) > 0;
    this.balancer = balancer;
  }

  void begin(Duration after) {
    world.after(null, after, this::next);
  }

  boolean isDone() {
    return left == 0 && wanted.stream().allMatch(one -> one.isAcknowledged() || one.refused);
  }

  private void next() {
    if (left == 0) {
      return;
    }
    left--;
    number++;
    Optional<Instant> at =
        choices.nextInt(6) == 0
            ? Optional.of(Instant.ofEpochMilli(world.millis() + choices.nextLong(20_000)))
            : Optional.empty();
    String text = name + " sends text " + number;
    if (choices.nextInt(12) == 0) {
      text += (" and again text " + number + " of " + name).repeat(60);
    }
    if (!happenings.happens(Happenings.Kind.MESSAGE, 100 * index + number, true)) {
      next();
      return;
    }
    Wanted next = new Wanted(this, number, text, at, world.nanoTime());
    wanted.add(next);
    attempt(next);
  }

  private void attempt(Wanted text) {
    if (text.isAcknowledged() || text.refused) {
      return;
    }
    if (text.attempts >= MOST_ATTEMPTS || (text.attempts > 0 && !hasKey)) {
      refused(text, "no response");
      return;
    }
    text.attempts++;
    boolean[] over = new boolean[1];
    Runnable again =
        () -> {
          if (!over[0]) {
            over[0] = true;
            attempt(text);
          }
        };
    world.after(null, PATIENCE, again);
    SimulatedReplica replica = balancer.get();
    if (replica == null) {
      world.after(null, Duration.ofMillis(200 + choices.nextLong(3_000)), again);
      return;
    }
    Duration back = faults.latency(choices);
    Duration pause = Duration.ofMillis(200 + choices.nextLong(3_000));
    boolean drawn = !faults.areOver() && choices.nextInt(20) == 0;
    boolean dropped =
        happenings.happens(Happenings.Kind.DROPPED_ANSWER, 1_000 * index + ++posts, drawn);
    world.after(
        replica,
        faults.latency(choices),
        () -> {
          world.say("%s asks %s for text %d", name, replica.name(), text.number);
          replica
              .get(SimulatedOrders.class)
              .post(
                  hasKey ? Optional.of(name + "-" + text.number) : Optional.empty(),
                  to,
                  UUID.fromString(conversationId),
                  text.text,
                  from,
                  text.at)
              .subscribe()
              .with(
                  ids -> {
                    world.say("response to %s, text %d: queued", name, text.number);
                    if (!dropped) {
                      world.after(null, back, () -> acknowledged(text, ids, over));
                    }
                  },
                  failure -> {
                    world.say("response to %s, text %d: %s", name, text.number, failure);
                    if (dropped) {
                      return;
                    }
                    if (SimulatedOrders.isRefusal(failure)) {
                      world.after(null, back, () -> refused(text, failure.getMessage()));
                    } else {
                      world.after(null, back.plus(pause), again);
                    }
                  });
        });
  }

  private void acknowledged(Wanted text, List<String> ids, boolean[] over) {
    if (over[0] || text.isAcknowledged()) {
      return;
    }
    over[0] = true;
    text.ids = ids;
    text.acknowledgedAt = world.nanoTime();
    world.say("%s: text %d is acknowledged", name, text.number);
    pause();
  }

  private void refused(Wanted text, String why) {
    if (!text.refused && !text.isAcknowledged()) {
      text.refused = true;
      world.say("%s: text %d is given up: %s", name, text.number, why);
      pause();
    }
  }

  private void pause() {
    world.after(null, Duration.ofMillis(choices.nextLong(longestPause)), this::next);
  }
}
