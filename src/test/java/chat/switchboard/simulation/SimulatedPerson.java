package chat.switchboard.simulation;

import chat.switchboard.twilio.SimulatedWebhooks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** A person with a phone: writes texts, some of which stop or start the texts to the person. */
final class SimulatedPerson {

  /**
   * A text of the person that the service has acknowledged.
   *
   * @param sentAt the monotonic time at which the person wrote
   */
  record Written(String words, long sentAt, long acknowledgedAt) {}

  private static final int MOST_ATTEMPTS = 12;
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  final String number;
  final List<Written> acknowledged = new ArrayList<>();

  /** When the person last wrote START, whether or not the text arrived. */
  long startedAt = Long.MIN_VALUE / 2;

  private final World world;
  private final Faults faults;
  private final SimulatedTwilio twilio;
  private final SplittableRandom choices;
  private final Supplier<SimulatedReplica> balancer;
  private final String service;
  private final Happenings happenings;

  /** The numbers of the texts of this person, and of the responses, are above this number. */
  private final int first;

  private boolean stopped;
  private int series;
  private int posts;
  private int sids;
  private int waiting;

  SimulatedPerson(
      World world,
      Faults faults,
      SimulatedTwilio twilio,
      int index,
      String number,
      String service,
      Supplier<SimulatedReplica> balancer) {
    this.world = world;
    this.faults = faults;
    this.twilio = twilio;
    this.choices = world.choices();
    this.number = number;
    this.service = service;
    this.balancer = balancer;
    this.happenings = world.happenings();
    this.first = 100_000 * (index + 1);
  }

  boolean isDone() {
    return waiting == 0;
  }

  boolean neverStopped() {
    return !stopped;
  }

  /** Writes these texts, the next one after the response to the one before. */
  void writes(Duration after, List<String> words, Duration pause) {
    waiting++;
    int from = first + 100 * series++;
    world.after(null, after, () -> write(words, from, 0, pause));
  }

  private void write(List<String> words, int from, int index, Duration pause) {
    if (index == words.size()) {
      waiting--;
      return;
    }
    if (!happenings.happens(Happenings.Kind.MESSAGE, from + index, true)) {
      write(words, from, index + 1, pause);
      return;
    }
    String sid = String.format("SM%s%010x", number.substring(1) + "0".repeat(11), ++sids);
    sid = sid.substring(0, 2) + "0".repeat(Math.max(0, 34 - sid.length())) + sid.substring(2);
    twilio.reads(number, words.get(index));
    stopped |= words.get(index).equals("STOP");
    if (words.get(index).equals("START")) {
      startedAt = world.nanoTime();
    }
    world.say("%s writes %s", number, words.get(index));
    Map<String, String> fields = new HashMap<>();
    fields.put("MessageSid", sid);
    fields.put("SmsSid", sid);
    fields.put("AccountSid", OutboundSimulation.ACCOUNT);
    fields.put("From", number);
    fields.put("To", service);
    fields.put("Body", words.get(index));
    fields.put("NumMedia", "0");
    attempt(
        fields,
        1,
        world.nanoTime(),
        () -> world.after(null, pause, () -> write(words, from, index + 1, pause)));
  }

  private void attempt(Map<String, String> fields, int number, long sentAt, Runnable then) {
    boolean[] over = new boolean[1];
    Runnable again =
        () -> {
          if (!over[0]) {
            over[0] = true;
            if (number < MOST_ATTEMPTS) {
              attempt(fields, number + 1, sentAt, then);
            } else {
              then.run();
            }
          }
        };
    world.after(null, PATIENCE, again);
    SimulatedReplica replica = balancer.get();
    if (replica == null) {
      world.after(null, Duration.ofSeconds(1), again);
      return;
    }
    Duration back = faults.latency(choices);
    Duration pause = Duration.ofMillis(200 + choices.nextLong(2_000));
    boolean drawn = !faults.areOver() && choices.nextInt(20) == 0;
    boolean dropped = happenings.happens(Happenings.Kind.DROPPED_ANSWER, first + ++posts, drawn);
    String words = fields.get("Body");
    world.after(
        replica,
        faults.latency(choices),
        () ->
            replica
                .get(SimulatedWebhooks.class)
                .text(fields)
                .subscribe()
                .with(
                    answer -> {
                      if (!dropped) {
                        world.after(
                            null,
                            back,
                            () -> {
                              if (!over[0]) {
                                over[0] = true;
                                world.say("\"%s\" of %s is acknowledged", words, this.number);
                                acknowledged.add(new Written(words, sentAt, world.nanoTime()));
                                then.run();
                              }
                            });
                      }
                    },
                    failure -> {
                      world.say("\"%s\" of %s fails: %s", words, this.number, failure);
                      if (!dropped) {
                        world.after(null, back.plus(pause), again);
                      }
                    }));
  }
}
