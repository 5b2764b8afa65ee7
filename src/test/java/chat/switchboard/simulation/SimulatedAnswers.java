package chat.switchboard.simulation;

import chat.switchboard.librechat.AgentClient.End;
import chat.switchboard.librechat.AgentClient.Start;
import chat.switchboard.librechat.SimulatedAgent;
import chat.switchboard.simulation.Happenings.Kind;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The agent of the simulated LibreChat: generates one answer for each request id. Refuses requests,
 * loses responses and streams, takes long, stores an answer in parts or not at all, and forgets all
 * requests at a restart. Another turn in the conversation aborts a running answer.
 */
final class SimulatedAnswers implements SimulatedAgent.Run {

  /** What LibreChat does with a request. */
  private enum Fate {
    TAKEN,
    /** No connection. */
    UNREACHABLE,
    UNAVAILABLE,
    TOO_MANY,
    /** An error as an event of a stream with status 200. */
    REFUSED,
    REQUEST_LOST,
    RESPONSE_LOST
  }

  /** How an answer ends. */
  private enum Ending {
    WHOLE,
    /** A part is stored, and completed under the same id. */
    IN_PARTS,
    /** The answer is stored as an error. */
    ERROR,
    /** What there is of the answer is stored, and stays unfinished. */
    UNFINISHED,
    /** The stream ends with an error, and nothing is stored. */
    FAILED,
    /** The stream breaks off, and nothing is stored. */
    NOTHING
  }

  /** An answer that LibreChat generates. */
  private static final class Job {
    final String streamId;
    final String conversationId;
    final String questionId;
    final List<Consumer<End>> followers = new ArrayList<>();
    SimulatedLibreChat.Turn turn;
    boolean saving;

    /** The answer, where a part of the answer is stored; null where nothing is. */
    String stored;

    Job(String streamId, String conversationId, String questionId) {
      this.streamId = streamId;
      this.conversationId = conversationId;
      this.questionId = questionId;
    }

    /** Ends the stream. */
    void tell(End end) {
      followers.forEach(follower -> follower.accept(end));
      followers.clear();
    }
  }

  /** The first words of an answer that is partly stored. */
  static final String PART = "a part of ";

  /** The first words of an answer that is stored as an error. */
  static final String ERROR = "an error instead of ";

  private static final Duration NO_RESPONSE = Duration.ofSeconds(15);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final World world;
  private final Faults faults;
  private final Happenings happenings;
  private final SimulatedLibreChat libreChat;
  private final OutboundJudge judge;
  private final SplittableRandom choices;
  private final boolean fails;

  /** All answers since the last restart, by their request ids. */
  private final Map<String, Job> jobs = new HashMap<>();

  private final Map<String, Job> streams = new HashMap<>();
  private int answers;
  private Consumer<String> onBegin = conversationId -> {};

  SimulatedAnswers(World world, Faults faults, SimulatedLibreChat libreChat, OutboundJudge judge) {
    this.world = world;
    this.faults = faults;
    this.happenings = world.happenings();
    this.libreChat = libreChat;
    this.judge = judge;
    this.choices = world.choices();
    this.fails = choices.nextInt(3) > 0;
  }

  /** Calls with the conversation of each answer that LibreChat begins to generate. */
  void onBegin(Consumer<String> called) {
    onBegin = called;
  }

  @Override
  public String toString() {
    return fails ? ", the agent fails" : "";
  }

  /** LibreChat restarts: the running answers are lost, and no request is known any more. */
  void restart(Duration time) {
    world.say("LibreChat restarts");
    List<Job> ended = streams.values().stream().filter(this::isRunning).toList();
    jobs.clear();
    streams.clear();
    libreChat.restart(time);
    ended.forEach(job -> job.tell(new End.Lost("the connection is closed")));
  }

  private boolean isRunning(Job job) {
    return libreChat.isRunning(job.turn);
  }

  @Override
  public Uni<Start> start(String conversationId, String questionId, String requestId) {
    SimulatedReplica by = world.current();
    Fate fate = fate();
    return Uni.createFrom()
        .emitter(
            waiting ->
                world.after(
                    null,
                    faults.latency(choices),
                    () -> {
                      Start start = take(fate, by, conversationId, questionId, requestId);
                      boolean lost = fate == Fate.RESPONSE_LOST || fate == Fate.REQUEST_LOST;
                      world.say("http LibreChat takes %s: %s, %s", requestId, fate, start);
                      world.after(
                          by,
                          lost ? NO_RESPONSE : faults.latency(choices),
                          () ->
                              waiting.complete(
                                  lost ? new Start.NoResponse("LibreChat: " + fate) : start));
                    }));
  }

  private Fate fate() {
    int drawn = choices.nextInt(20);
    boolean bad = !faults.areOver() && fails && drawn >= 12;
    return happenings.happens(Kind.FAILING_AGENT, bad) && bad
        ? Fate.values()[1 + drawn % (Fate.values().length - 1)]
        : Fate.TAKEN;
  }

  private static Start refused(Fate fate) {
    return new Start.Refused(
        "LibreChat: " + fate,
        Optional.of(RETRY_AFTER).filter(same -> fate == Fate.UNAVAILABLE || fate == Fate.TOO_MANY),
        false);
  }

  private Start take(
      Fate fate, SimulatedReplica by, String conversationId, String questionId, String requestId) {
    if (fate != Fate.TAKEN && fate != Fate.RESPONSE_LOST) {
      return refused(fate);
    }
    if (libreChat.isSilent()) {
      return refused(Fate.UNREACHABLE);
    }
    Job known = jobs.get(requestId);
    if (known != null) {
      return again(known);
    }
    SimulatedLibreChat.Turn other = libreChat.running(conversationId);
    if (other != null) {
      judge.askedBeside(by, other);
    }
    judge.asked(by, questionId);
    Job job = new Job("stream-" + (streams.size() + 1), conversationId, questionId);
    job.turn = libreChat.begin(conversationId, () -> abort(job));
    jobs.put(requestId, job);
    streams.put(job.streamId, job);
    world.after(null, time(), () -> finish(job));
    onBegin.accept(conversationId);
    return new Start.Running(job.streamId, 1);
  }

  /** LibreChat says "replaced" only while the other turn runs. */
  private Start again(Job known) {
    if (isRunning(known)) {
      return known.saving ? refused(Fate.UNAVAILABLE) : new Start.Running(known.streamId, 1);
    }
    return libreChat.running(known.conversationId) == null
        ? new Start.Settled()
        : new Start.Replaced();
  }

  /** In one case of eight the answer takes about as long as an attempt waits, or longer. */
  private Duration time() {
    boolean isLong = happenings.happens(Kind.SLOW_ANSWER, choices.nextInt(8) == 0);
    return Duration.ofMillis(
        isLong ? 15_000 + choices.nextLong(30_000) : 300 + choices.nextLong(9_000));
  }

  /** What there is of the answer is stored, in most cases; the stream ends as a whole answer's. */
  private void abort(Job job) {
    world.say("LibreChat: another turn aborts the answer %s", job.streamId);
    if (job.stored == null && choices.nextInt(3) > 0) {
      libreChat.partial(job.conversationId, job.questionId, PART + job.streamId);
    }
    job.tell(new End.Final());
  }

  private void finish(Job job) {
    if (!isRunning(job)) {
      return;
    }
    Ending ending = ending();
    String text = "answer " + ++answers + " to " + job.questionId;
    world.say("LibreChat ends \"%s\": %s", text, ending);
    switch (ending) {
      case WHOLE -> save(job, () -> libreChat.answer(job.conversationId, job.questionId, text));
      case IN_PARTS -> {
        job.stored = libreChat.partial(job.conversationId, job.questionId, PART + text);
        world.after(
            null,
            Duration.ofMillis(200 + choices.nextLong(2_000)),
            () -> save(job, () -> libreChat.complete(job.stored, text)));
      }
      case ERROR ->
          save(job, () -> libreChat.error(job.conversationId, job.questionId, ERROR + text));
      case UNFINISHED ->
          save(job, () -> libreChat.partial(job.conversationId, job.questionId, PART + text));
      case FAILED -> {
        libreChat.end(job.turn);
        job.tell(new End.Failed("an error"));
      }
      case NOTHING -> {
        libreChat.end(job.turn);
        job.tell(new End.Lost("the stream ended early"));
      }
      default -> throw new IllegalStateException(ending.toString());
    }
  }

  private Ending ending() {
    int drawn = choices.nextInt(24);
    if (drawn < 6) {
      return Ending.IN_PARTS;
    }
    boolean bad = fails && !faults.areOver() && drawn < 12;
    return happenings.happens(Kind.BAD_ANSWER, bad) && bad
        ? Ending.values()[2 + drawn % (Ending.values().length - 2)]
        : Ending.WHOLE;
  }

  /** The last frame of the stream and the write of the answer come in either order. */
  private void save(Job job, Runnable write) {
    if (!isRunning(job)) {
      return;
    }
    job.saving = true;
    long stored = choices.nextLong(600);
    world.after(null, Duration.ofMillis(choices.nextLong(600)), () -> job.tell(new End.Final()));
    world.after(
        null,
        Duration.ofMillis(stored),
        () -> {
          if (isRunning(job)) {
            write.run();
            world.say("LibreChat has stored the answer %s", job.streamId);
          }
        });
    world.after(
        null, Duration.ofMillis(stored + 1 + choices.nextLong(600)), () -> libreChat.end(job.turn));
  }

  @Override
  public Uni<End> follow(String streamId) {
    SimulatedReplica by = world.current();
    boolean drawn = !faults.areOver() && fails && choices.nextInt(6) == 0;
    boolean lost = happenings.happens(Kind.LOST_STREAM_OF_THE_AGENT, drawn) && drawn;
    return Uni.createFrom()
        .emitter(
            waiting -> {
              Consumer<End> tell =
                  end ->
                      world.after(
                          by,
                          faults.latency(choices),
                          () -> {
                            world.say("http stream %s: %s", streamId, end);
                            waiting.complete(end);
                          });
              Job job = streams.get(streamId);
              if (job == null || !isRunning(job)) {
                tell.accept(new End.Lost("404"));
              } else {
                job.followers.add(tell);
                if (lost) {
                  world.after(
                      null,
                      Duration.ofMillis(choices.nextLong(4_000)),
                      () -> {
                        if (job.followers.remove(tell)) {
                          tell.accept(new End.Lost("reset"));
                        }
                      });
                }
              }
            });
  }
}
