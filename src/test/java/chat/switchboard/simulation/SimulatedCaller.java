package chat.switchboard.simulation;

import chat.switchboard.inbound.InboundMessage;
import chat.switchboard.inbound.InboundMessage.DedupeKey;
import chat.switchboard.inbound.InboundMessage.Destination;
import chat.switchboard.inbound.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.bson.Document;

/**
 * A caller of the service, who sends one message after the other: the next one follows when the
 * message before is acknowledged or given up.
 */
final class SimulatedCaller {

  /** The kinds of callers. */
  enum Kind {
    /** Repeats a webhook without a response, and sometimes one with a response. */
    TWILIO,
    /** Repeats a request with the same key. */
    PROGRAM,
    /** Sends without a key, and so never again. */
    WITHOUT_KEY
  }

  /** A message of a caller. */
  static final class Sent {
    final SimulatedCaller by;
    final String text;
    final int number;
    final long sentAt;
    int attempts;
    boolean acknowledged;
    boolean refused;

    Sent(SimulatedCaller by, String text, int number, long sentAt) {
      this.by = by;
      this.text = text;
      this.number = number;
      this.sentAt = sentAt;
    }
  }

  private static final int MOST_ATTEMPTS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  final Kind kind;
  final String name;
  final Destination destination;
  final List<Sent> sent = new ArrayList<>();
  private final World world;
  private final Faults faults;
  private final SplittableRandom choices;
  private final Supplier<SimulatedReplica> balancer;
  private final long longestPause;
  private final Happenings happenings;
  private final int index;
  private int left;
  private int number;
  private int posts;

  SimulatedCaller(
      World world,
      Faults faults,
      Kind kind,
      int index,
      Destination destination,
      int messages,
      long longestPause,
      Supplier<SimulatedReplica> balancer) {
    this.world = world;
    this.faults = faults;
    this.choices = world.choices();
    this.kind = kind;
    this.index = index;
    this.name = "caller " + index;
    this.happenings = world.happenings();
    this.destination = destination;
    this.left = messages;
    this.longestPause = longestPause;
    this.balancer = balancer;
  }

  void begin(Duration after) {
    world.after(null, after, this::sendNext);
  }

  boolean isDone() {
    return left == 0 && sent.stream().allMatch(one -> one.acknowledged || one.refused);
  }

  private void sendNext() {
    if (left == 0) {
      return;
    }
    left--;
    number++;
    if (!happenings.happens(Happenings.Kind.MESSAGE, 100 * index + number, true)) {
      sendNext();
      return;
    }
    Sent next = new Sent(this, name + " writes message " + number, number, world.nanoTime());
    sent.add(next);
    attempt(next);
  }

  private void ended(Sent message) {
    boolean repeats = kind == Kind.TWILIO && message.acknowledged && choices.nextInt(5) == 0;
    if (happenings.happens(
        Happenings.Kind.REPEATED_WEBHOOK, 100 * index + message.number, repeats)) {
      world.say("%s repeats \"%s\"", name, message.text);
      post(message, receipt -> {}, () -> {});
    }
    world.after(null, Duration.ofMillis(choices.nextLong(longestPause)), this::sendNext);
  }

  private void attempt(Sent message) {
    if (message.acknowledged || message.refused) {
      return;
    }
    if (message.attempts >= MOST_ATTEMPTS || (message.attempts > 0 && kind == Kind.WITHOUT_KEY)) {
      message.refused = true;
      world.say("%s gives up \"%s\"", name, message.text);
      ended(message);
      return;
    }
    message.attempts++;
    boolean[] over = new boolean[1];
    Runnable again =
        () -> {
          if (!over[0]) {
            over[0] = true;
            attempt(message);
          }
        };
    world.after(null, PATIENCE, again);
    post(
        message,
        receipt -> {
          if (!over[0]) {
            over[0] = true;
            answered(message, receipt);
          }
        },
        () -> world.after(null, Duration.ofMillis(200 + choices.nextLong(3_000)), again));
  }

  private void answered(Sent message, Receipt receipt) {
    if (receipt instanceof Receipt.Refused refused) {
      world.say("%s: \"%s\" is refused: %s", name, message.text, refused.outcome());
      if (refused.outcome().contains("busy")) {
        attempt(message);
        return;
      }
      message.refused = true;
    } else {
      world.say("%s: \"%s\" is acknowledged: %s", name, message.text, receipt.outcome());
      message.acknowledged = true;
    }
    ended(message);
  }

  private void post(Sent message, java.util.function.Consumer<Receipt> answered, Runnable failed) {
    SimulatedReplica replica = balancer.get();
    if (replica == null) {
      failed.run();
      return;
    }
    Duration there = faults.latency(choices);
    Duration back = faults.latency(choices);
    boolean drawn = !faults.areOver() && choices.nextInt(20) == 0;
    boolean dropped =
        happenings.happens(Happenings.Kind.DROPPED_ANSWER, 1000 * index + ++posts, drawn);
    world.after(
        replica,
        there,
        () -> {
          world.say("%s posts \"%s\" to %s", name, message.text, replica.name());
          replica
              .pipeline()
              .receive(inbound(message))
              .subscribe()
              .with(
                  receipt -> {
                    world.say("response to \"%s\": %s", message.text, receipt.outcome());
                    if (!dropped) {
                      world.after(null, back, () -> answered.accept(receipt));
                    }
                  },
                  failure -> {
                    world.say(
                        "response to \"%s\": %s",
                        message.text, failure.toString().lines().findFirst().orElse(""));
                    if (!dropped) {
                      world.after(null, back, failed);
                    }
                  });
        });
  }

  private InboundMessage inbound(Sent message) {
    Optional<DedupeKey> key =
        switch (kind) {
          case TWILIO ->
              Optional.of(
                  new InboundMessage.TwilioMessage(
                      "AC1", "SM-" + name.replace(" ", "") + "-" + message.number));
          case PROGRAM ->
              Optional.of(
                  new InboundMessage.IdempotencyKey(name.replace(" ", "") + "-" + message.number));
          case WITHOUT_KEY -> Optional.empty();
        };
    return new InboundMessage(
        destination, List.of(message.text), name, "sms", new Document(), key, false);
  }
}
