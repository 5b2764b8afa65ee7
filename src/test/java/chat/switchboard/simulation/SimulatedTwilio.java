package chat.switchboard.simulation;

import chat.switchboard.outbound.Carrier.Outcome;
import chat.switchboard.outbound.Carrier.Sms;
import chat.switchboard.simulation.Happenings.Kind;
import chat.switchboard.twilio.SimulatedCarrier;
import chat.switchboard.twilio.SimulatedWebhooks;
import com.twilio.exception.ApiConnectionException;
import com.twilio.http.Request;
import com.twilio.http.Response;
import io.smallrye.mutiny.Uni;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;

/**
 * The model of Twilio, below the real requests: accepts texts, drops or delays its responses,
 * refuses texts, and reports what became of them: late, repeated, out of order, or never.
 */
final class SimulatedTwilio implements SimulatedCarrier.Road {

  /** What Twilio does with a request. */
  private enum Fate {
    ACCEPTED,
    /** No connection. */
    UNREACHABLE,
    /** The connection breaks before Twilio has read the request. */
    REQUEST_LOST,
    /** Twilio accepts the text, and the response is lost. */
    RESPONSE_LOST,
    TOO_MANY,
    /** Twilio says that it did not accept the text. */
    UNAVAILABLE,
    /** A gateway fails; Twilio may have the text. */
    GATEWAY,
    /** Twilio fails, and may have the text. */
    INTERNAL,
    REFUSED,
    /** Twilio has given the text up by the time of the response. */
    GIVEN_UP
  }

  /** A request of a replica. */
  static final class HandOver {
    final String id;
    final String to;
    final String text;
    final long departedAt;
    final SimulatedReplica by;
    boolean accepted;

    /** Whether the replica knows from Twilio, or from the broken connection, that no text went. */
    boolean toldNone;

    HandOver(String id, String to, String text, long departedAt, SimulatedReplica by) {
      this.id = id;
      this.to = to;
      this.text = text;
      this.departedAt = departedAt;
      this.by = by;
    }
  }

  /** A report that Twilio got a response for. */
  record Report(String id, String sid, String status) {}

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(15);

  private final World world;
  private final Faults faults;
  private final Happenings happenings;
  private final SplittableRandom choices;
  private final Supplier<SimulatedReplica> balancer;
  private final boolean fails;
  private final boolean reportsFail;

  /** Whether Twilio itself stops texts to people who have opted out. */
  private final boolean stops;

  private final List<HandOver> handOvers = new ArrayList<>();
  private final Map<String, List<HandOver>> byId = new HashMap<>();
  private final List<Report> heard = new ArrayList<>();
  private final Set<String> stopped = new HashSet<>();
  private final OutboundJudge judge;
  private int sids;
  private int underWay;
  private long departedAt;
  private boolean left;
  private HandOver last;
  private Duration lastBack = Duration.ZERO;
  private boolean lastToldNone;

  SimulatedTwilio(
      World world, Faults faults, OutboundJudge judge, Supplier<SimulatedReplica> balancer) {
    this.world = world;
    this.faults = faults;
    this.happenings = world.happenings();
    this.judge = judge;
    this.balancer = balancer;
    this.choices = world.choices();
    this.fails = choices.nextInt(3) > 0;
    this.reportsFail = choices.nextInt(3) > 0;
    this.stops = choices.nextBoolean();
  }

  @Override
  public String toString() {
    return (fails ? ", Twilio fails" : "")
        + (reportsFail ? ", reports fail" : "")
        + (stops ? "" : ", Twilio ignores STOP");
  }

  List<HandOver> handOvers(String id) {
    return byId.getOrDefault(id, List.of());
  }

  List<HandOver> handOvers() {
    return handOvers;
  }

  List<Report> heard() {
    return heard;
  }

  /** Whether no report is under way. */
  boolean isAtRest() {
    return underWay == 0;
  }

  /** Twilio reads the words that stop texts, before it passes them on. */
  void reads(String person, String word) {
    if (word.equals("STOP")) {
      stopped.add(person);
    } else if (word.equals("START")) {
      stopped.remove(person);
    }
  }

  /** A request leaves the replica that runs now. A frozen process may not have sent it yet. */
  void depart(Runnable request) {
    SimulatedReplica by = world.current();
    long now = world.nanoTime();
    boolean inProcess = choices.nextInt(3) == 0;
    Duration there = faults.latency(choices);
    if (!faults.areOver() && fails && choices.nextInt(20) == 0) {
      Duration later = there.plusMillis(choices.nextLong(8_000));
      there = happenings.happens(Kind.SLOW_TWILIO, true) ? later : there;
    }
    world.after(
        inProcess ? by : null,
        there,
        () -> {
          // No program can check after it has begun to send.
          departedAt = now;
          world.as(by, request);
        });
  }

  boolean hasLeft() {
    return left;
  }

  /** A request arrives at Twilio; the response goes back by {@link #back}. */
  Response take(Request request) {
    if (!request.getUrl().endsWith("/Messages.json")) {
      left = true;
      throw new ApiConnectionException("no such resource", new SocketException());
    }
    String callback = field(request, "StatusCallback");
    last =
        new HandOver(
            callback.substring(callback.indexOf("?id=") + 4),
            field(request, "To"),
            field(request, "Body"),
            departedAt,
            world.current());
    Fate fate = fate();
    left = fate != Fate.UNREACHABLE;
    boolean isSlow = happenings.happens(Kind.SLOW_TWILIO, choices.nextInt(10) == 0);
    lastBack = Duration.ofMillis(30 + choices.nextLong(isSlow ? 14_000 : 400));
    lastToldNone =
        switch (fate) {
          case UNREACHABLE, TOO_MANY, UNAVAILABLE -> true;
          default -> false;
        };
    world.say("http Twilio takes \"%s\" to %s: %s", shown(last.text), last.to, fate);
    judge.departed(last, handOvers(last.id));
    handOvers.add(last);
    byId.computeIfAbsent(last.id, same -> new ArrayList<>()).add(last);
    boolean isStopped = stops && stopped.contains(last.to);
    return switch (fate) {
      case ACCEPTED, GIVEN_UP, RESPONSE_LOST -> {
        if (isStopped) {
          yield error(400, 21610);
        }
        String sid = accept(fate == Fate.GIVEN_UP);
        if (fate == Fate.RESPONSE_LOST) {
          throw lost(new SocketTimeoutException());
        }
        yield fate == Fate.GIVEN_UP
            ? response("{\"sid\":\"" + sid + "\",\"status\":\"failed\",\"error_code\":30003}", 201)
            : response("{\"sid\":\"" + sid + "\",\"status\":\"queued\"}", 201);
      }
      case UNREACHABLE -> throw new ApiConnectionException("no", new java.net.ConnectException());
      case REQUEST_LOST -> throw lost(new SocketException());
      case TOO_MANY ->
          new Response(
              "{\"code\":20429}",
              429,
              new Header[] {new BasicHeader("Retry-After", String.valueOf(choices.nextInt(4)))});
      case UNAVAILABLE -> error(503, 20503);
      case GATEWAY -> {
        perhapsAccept(isStopped);
        yield response("<html>", 503);
      }
      case INTERNAL -> {
        perhapsAccept(isStopped);
        yield error(500, 20500);
      }
      case REFUSED -> error(400, List.of(21211, 21408, 30034).get(choices.nextInt(3)));
    };
  }

  private Fate fate() {
    int drawn = choices.nextInt(100);
    boolean bad = !faults.areOver() && fails && drawn >= 60;
    if (!happenings.happens(Kind.FAILING_TWILIO, bad) || !bad) {
      return Fate.ACCEPTED;
    }
    Fate[] all = Fate.values();
    return all[1 + (drawn - 60) % (all.length - 1)];
  }

  private static Response error(int status, int code) {
    return response("{\"code\":" + code + ",\"status\":" + status + "}", status);
  }

  private static Response response(String content, int status) {
    return new Response(content, status, new Header[0]);
  }

  private ApiConnectionException lost(Exception cause) {
    lastBack = READ_TIMEOUT;
    return new ApiConnectionException("no response", cause);
  }

  private static String field(Request request, String name) {
    List<String> values = request.getPostParams().get(name);
    return values == null ? "" : values.get(0);
  }

  private static String shown(String text) {
    return text.length() < 60 ? text : text.substring(0, 60) + "…";
  }

  private void perhapsAccept(boolean isStopped) {
    if (!isStopped && choices.nextBoolean()) {
      accept(false);
    }
  }

  private String accept(boolean givenUp) {
    String sid = String.format("SM%032x", ++sids);
    last.accepted = true;
    judge.accepted(last);
    HandOver of = last;
    if (givenUp) {
      report(of, sid, "failed", "30003");
      return sid;
    }
    if (choices.nextInt(3) > 0) {
      report(of, sid, "sent", "");
    }
    int end = choices.nextInt(10);
    if (end < 7) {
      report(of, sid, "delivered", "");
    } else if (end < 9) {
      report(of, sid, "undelivered", choices.nextBoolean() ? "30008" : "30003");
      if (choices.nextInt(3) == 0) {
        report(of, sid, "delivered", "");
      }
    } else {
      report(of, sid, "failed", "30008");
    }
    return sid;
  }

  /** A report goes out at some time; reports overtake each other, and the response. */
  private void report(HandOver of, String sid, String status, String code) {
    boolean twice = !faults.areOver() && reportsFail && choices.nextInt(8) == 0;
    int times = happenings.happens(Kind.REPEATED_REPORT, twice) && twice ? 2 : 1;
    for (int i = 0; i < times; i++) {
      boolean lost = !faults.areOver() && reportsFail && choices.nextInt(8) == 0;
      if (happenings.happens(Kind.LOST_REPORT, lost) && lost) {
        continue;
      }
      underWay++;
      world.after(
          null,
          Duration.ofMillis(10 + choices.nextLong(choices.nextInt(4) == 0 ? 9_000 : 900)),
          () -> post(of, sid, status, code, true));
    }
  }

  private void post(HandOver of, String sid, String status, String code, boolean mayRepeat) {
    SimulatedReplica replica = balancer.get();
    if (replica == null) {
      if (mayRepeat) {
        world.after(null, Duration.ofSeconds(1), () -> post(of, sid, status, code, false));
      } else {
        underWay--;
      }
      return;
    }
    Map<String, String> fields = new HashMap<>();
    fields.put("MessageSid", sid);
    fields.put("MessageStatus", status);
    if (!code.isEmpty()) {
      fields.put("ErrorCode", code);
    }
    Duration back = faults.latency(choices);
    boolean[] ended = new boolean[1];
    Runnable end =
        () -> {
          if (!ended[0]) {
            ended[0] = true;
            underWay--;
          }
        };
    world.after(null, READ_TIMEOUT, end);
    world.after(
        replica,
        faults.latency(choices),
        () -> {
          world.say("Twilio reports %s %s of \"%s\"", status, code, shown(of.text));
          replica
              .get(SimulatedWebhooks.class)
              .report(fields, of.id)
              .subscribe()
              .with(
                  done ->
                      world.after(
                          null,
                          back,
                          () -> {
                            heard.add(new Report(of.id, sid, status));
                            world.say("the report %s of \"%s\" is taken", status, shown(of.text));
                            end.run();
                          }),
                  failure -> {
                    world.say("the report %s of \"%s\" fails", status, shown(of.text));
                    world.after(null, back, end);
                  });
        });
  }

  @Override
  public Uni<Outcome> back(Sms sms, Outcome outcome) {
    HandOver of = last;
    boolean none = lastToldNone;
    Duration time = lastBack;
    return Uni.createFrom()
        .emitter(
            waiting ->
                world.after(
                    of.by,
                    time,
                    () -> {
                      world.say(
                          "http response of Twilio to \"%s\": %s",
                          shown(of.text), outcome.getClass().getSimpleName());
                      of.toldNone = none;
                      waiting.complete(outcome);
                    }));
  }
}
