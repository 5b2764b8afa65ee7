package chat.switchboard.inbound;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Generations;
import chat.switchboard.librechat.MessageAppender;
import chat.switchboard.librechat.MessageConfig;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.librechat.ThreadEndFinder;
import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.LeaseConfig;
import chat.switchboard.mongo.Leases;
import chat.switchboard.replies.Replies;
import chat.switchboard.replies.RepliesConfig;
import chat.switchboard.routing.GroupRelay;
import chat.switchboard.stream.Announcer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** All lanes of this process that have something to do. */
@ApplicationScoped
class Lanes {

  /** Messages in all lanes together; those that callers wait for are bounded elsewhere. */
  private static final int FULL = 10_000;

  /** By then LibreChat has stored what it was storing when the messages were written. */
  private static final Duration LOOK_ONCE_MORE = Duration.ofSeconds(1);

  final Inbox inbox;
  final Leases leases;
  final ThreadEndFinder tails;
  final Generations generations;
  final MessageAppender appender;
  final Announcer announcer;
  final GroupRelay relay;
  final Replies replies;
  final Vertx vertx;
  final Duration databaseTime;
  final Duration longestContention;
  final Duration longestWait;

  /** Of an answer that we have asked for we know that it is being generated. */
  final Duration longestWaitForReply;

  private final EntryRouter router;
  private final Clock clock;
  private final ConcurrentHashMap<String, Lane> open = new ConcurrentHashMap<>();
  private final AtomicInteger inside = new AtomicInteger();
  private volatile boolean stopping;

  Lanes(
      Inbox inbox,
      EntryRouter router,
      Leases leases,
      ThreadEndFinder tails,
      Generations generations,
      MessageAppender appender,
      Announcer announcer,
      GroupRelay relay,
      Replies replies,
      Vertx vertx,
      Clock clock,
      MessageConfig messageConfig,
      DatabaseConfig databaseConfig,
      LeaseConfig leaseConfig,
      RepliesConfig repliesConfig,
      MeterRegistry meters) {
    this.inbox = inbox;
    this.router = router;
    this.leases = leases;
    this.tails = tails;
    this.generations = generations;
    this.appender = appender;
    this.announcer = announcer;
    this.relay = relay;
    this.replies = replies;
    this.vertx = vertx;
    this.clock = clock;
    this.databaseTime = databaseConfig.timeout();
    this.longestContention = leaseConfig.lease().multipliedBy(3);
    this.longestWait = messageConfig.waitForAnswer();
    Duration reply = repliesConfig.timeout();
    this.longestWaitForReply = reply.compareTo(longestWait) > 0 ? reply : longestWait;
    Gauge.builder("switchboard.lanes.active", open, ConcurrentHashMap::size).register(meters);
  }

  /** Last: what is under way may still come to its end before. */
  void onStop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
    stopping = true;
    open.values().forEach(Lane::kick);
  }

  /**
   * Puts a message into its lane. One that is kept in the inbox stays there alone when the lanes
   * are full: it is tried again from there, and no memory is spent on it.
   */
  void submit(LaneItem item) {
    if (inside.get() >= FULL && item.entry().isPresent()) {
      return;
    }
    inside.incrementAndGet();
    item.whenDone(inside::decrementAndGet);
    open.compute(
            item.conversation.conversationId,
            (id, lane) -> {
              Lane there = lane == null ? new Lane(id, this) : lane;
              there.add(item);
              return there;
            })
        .kick();
  }

  /**
   * Has the place of these messages checked in a moment: LibreChat may have stored something beside
   * them between the look at it and the write. Best effort: a replica that dies before does not
   * check.
   */
  void lookOnceMore(Conversation conversation, List<NewMessage> messages) {
    vertx.setTimer(
        LOOK_ONCE_MORE.toMillis(),
        timer -> {
          if (!stopping) {
            open.compute(
                    conversation.conversationId,
                    (id, lane) -> {
                      Lane there = lane == null ? new Lane(id, this) : lane;
                      there.suspect(conversation, messages);
                      return there;
                    })
                .kick();
          }
        });
  }

  void remove(Lane lane) {
    open.computeIfPresent(
        lane.conversationId,
        (id, there) -> {
          if (there != lane || !lane.isIdle()) {
            return there;
          }
          leases.forget(id);
          return null;
        });
  }

  /** The same entries, each with its conversation, as far as one can be found. */
  Uni<List<InboxEntry>> routed(List<InboxEntry> entries) {
    return Multi.createFrom()
        .iterable(entries)
        .onItem()
        .transformToUniAndConcatenate(router::findLane)
        .collect()
        .asList();
  }

  long now() {
    return clock.millis();
  }

  boolean isStopping() {
    return stopping;
  }
}
