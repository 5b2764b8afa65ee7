package chat.switchboard.inbound;

import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.librechat.ThreadEnd;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.mongo.Lease;
import chat.switchboard.mongo.Leases.Renewal;
import chat.switchboard.ops.FaultPoint;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The way into one conversation: one append at a time, in all replicas, by a lease. What has queued
 * up meanwhile goes in together. One step runs at a time, so that everything below {@link #run}
 * needs no lock.
 */
final class Lane {

  private static final Logger LOG = Logger.getLogger(Lane.class);

  /** Enough to be fast; few enough that one write stays far below MongoDB's limits. */
  private static final int MOST_AT_ONCE = 64;

  /**
   * How long the lease is kept after the last message: the next of a burst then costs no lease. So
   * long may another replica have to wait, whose first try makes us let go at the next step.
   */
  private static final Duration LINGER = Duration.ofMillis(200);

  /** How often a busy holder looks whether another replica wants the lease. */
  private static final Duration LOOK_ROUND = Duration.ofMillis(250);

  /** How long we stay away after another replica wanted it, so that it can have it. */
  private static final Duration AFTER_YOU = Duration.ofMillis(60);

  /** How often we try to get the lease that another replica holds. */
  private static final Duration TRY_AGAIN = Duration.ofMillis(25);

  /** How often we look whether LibreChat's answer is complete. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  final String conversationId;
  private final Lanes lanes;
  private final Queue<LaneItem> arriving = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean();

  private final Map<String, List<LaneItem>> pending = new LinkedHashMap<>();
  private volatile Lease lease;
  private long lookedRoundAt;

  /** Whether nothing was in the inbox for us at the last look under this lease. */
  private boolean inboxIsEmpty;

  private long lookedInInboxAt;

  /** Counts the pauses without work, so that only the last of them gives the lease back. */
  private volatile long rests;

  /** What may have become a branch: another writer may have written at the same time. */
  private record Suspect(Conversation conversation, List<NewMessage> messages) {}

  private final Queue<Suspect> suspects = new ConcurrentLinkedQueue<>();

  /** Whether the messages that are written next had to wait for an answer. */
  private boolean waited;

  Lane(String conversationId, Lanes lanes) {
    this.conversationId = conversationId;
    this.lanes = lanes;
  }

  void add(LaneItem item) {
    arriving.add(item);
  }

  /** Has the place of these messages checked. */
  void suspect(Conversation conversation, List<NewMessage> messages) {
    suspects.add(new Suspect(conversation, messages));
  }

  /** Whether it can be thrown away: nothing is in it, nothing runs, and no lease is held. */
  boolean isIdle() {
    return arriving.isEmpty() && suspects.isEmpty() && !running.get() && lease == null;
  }

  /** Starts the lane, unless it is running. */
  void kick() {
    if (running.compareAndSet(false, true)) {
      run();
    }
  }

  private void run() {
    step()
        .subscribe()
        .with(
            pause -> {
              if (pause.isNegative()) {
                rest();
              } else if (pause.isZero()) {
                run();
              } else {
                after(pause, this::run);
              }
            },
            failure -> {
              if (DatabaseRetry.isPassing(failure) && isInTime()) {
                after(DatabaseRetry.pause(), this::run);
                return;
              }
              fail(failure);
              rest();
            });
  }

  /** A failed step is retried while every caller still waits. */
  private boolean isInTime() {
    return !pending.isEmpty()
        && pending.values().stream()
            .flatMap(List::stream)
            .allMatch(item -> item.age().compareTo(lanes.databaseTime) < 0);
  }

  private void after(Duration pause, Runnable then) {
    vertx().setTimer(pause.toMillis(), timer -> then.run());
  }

  private Vertx vertx() {
    return lanes.vertx;
  }

  /** Nothing to do: the lease is given back after a while without work. */
  private void rest() {
    running.set(false);
    if (!arriving.isEmpty() || !suspects.isEmpty()) {
      kick();
      return;
    }
    if (lease == null) {
      lanes.remove(this);
      return;
    }
    long thisRest = ++rests;
    after(
        LINGER,
        () -> {
          if (rests == thisRest && arriving.isEmpty() && running.compareAndSet(false, true)) {
            letGo().subscribe().with(done -> rest(), failure -> rest());
          }
        });
  }

  private static final Duration NOTHING_LEFT = Duration.ofMillis(-1);

  /** One step; the item is how long to pause before the next, negative if there is none. */
  private Uni<Duration> step() {
    for (LaneItem item = arriving.poll();
        item != null;
        item = pending.size() < MOST_AT_ONCE ? arriving.poll() : null) {
      pending.computeIfAbsent(item.messageId(), id -> new ArrayList<>(1)).add(item);
    }
    if (pending.isEmpty() && suspects.isEmpty()) {
      return Uni.createFrom().item(NOTHING_LEFT);
    }
    if (lanes.isStopping()) {
      fail(ProblemException.later(503, "The service is being stopped", Duration.ofSeconds(1)));
      return letGo().replaceWith(NOTHING_LEFT);
    }
    if (lease == null) {
      return lanes
          .leases
          .take(conversationId)
          .map(
              taken -> {
                if (taken.isEmpty()) {
                  leaveToTheOther();
                  return TRY_AGAIN.plusMillis(
                      ThreadLocalRandom.current().nextLong(TRY_AGAIN.toMillis()));
                }
                lease = taken.get();
                lookedRoundAt = System.nanoTime();
                inboxIsEmpty = false;
                FaultPoint.reached("leased");
                return Duration.ZERO;
              });
    }
    if (lease.isOld() || System.nanoTime() - lookedRoundAt > LOOK_ROUND.toNanos()) {
      return lookRound();
    }
    return suspects.isEmpty() ? gatherAndAppend() : mend();
  }

  /**
   * What is kept in the inbox need not wait here for ever: the replica with the lease finds it
   * there. It waits long enough to see whether that replica is alive, and to take over if it is
   * not.
   */
  private void leaveToTheOther() {
    pending
        .values()
        .removeIf(
            same -> {
              boolean leave =
                  same.stream()
                      .allMatch(
                          item ->
                              item.entry().isPresent()
                                  && item.age().compareTo(lanes.longestContention) > 0);
              if (leave) {
                same.forEach(item -> item.failed(new TimeoutException()));
              }
              return leave;
            });
  }

  private Uni<Duration> lookRound() {
    lookedRoundAt = System.nanoTime();
    return lanes
        .leases
        .renew(lease)
        .flatMap(
            renewal ->
                switch (renewal) {
                  case KEPT -> Uni.createFrom().item(Duration.ZERO);
                  case WANTED_BY_ANOTHER -> letGo().replaceWith(AFTER_YOU);
                  case LOST -> {
                    lease = null;
                    yield Uni.createFrom().item(Duration.ZERO);
                  }
                });
  }

  private Uni<Void> letGo() {
    Lease held = lease;
    lease = null;
    return held == null
        ? Uni.createFrom().voidItem()
        : lanes.leases.giveBack(held).onFailure().recoverWithNull();
  }

  /** Nobody else appends while we have the lease, so that both can be read at once. */
  private Uni<Duration> gatherAndAppend() {
    return Uni.combine()
        .all()
        .unis(gather(), end(items().iterator().next().conversation))
        .asTuple()
        .flatMap(read -> append(read.getItem1(), read.getItem2()));
  }

  /**
   * The end of the thread, where a message can be appended.
   *
   * @param tail empty while an answer is generated
   * @param ours whether the answer is one that Switchboard asked for
   */
  private record End(Optional<ThreadEnd> tail, boolean ours) {}

  /**
   * An answer that we asked for is looked for first: when there is none any more, it is stored, and
   * the end that is read afterwards is behind it.
   */
  private Uni<End> end(Conversation conversation) {
    return lanes
        .replies
        .asking(conversationId)
        .flatMap(
            asking ->
                asking
                    ? Uni.createFrom().item(new End(Optional.empty(), true))
                    : lanes.generations.idleEnd(conversation).map(tail -> new End(tail, false)));
  }

  private Uni<List<InboxEntry>> gather() {
    Set<String> senders =
        items().stream()
            .flatMap(item -> item.entry().stream())
            .map(entry -> entry.sender)
            .filter(sender -> sender != null)
            .collect(Collectors.toSet());
    long begun = System.nanoTime();
    if (isInboxEmpty(begun)) {
      return Uni.createFrom().item(List.of());
    }
    return lanes
        .inbox
        .backlog(conversationId, senders, MOST_AT_ONCE)
        .flatMap(lanes::routed)
        .map(
            entries ->
                entries.stream()
                    .filter(entry -> conversationId.equals(entry.lane) && entry.envelope != null)
                    .toList())
        .invoke(
            entries -> {
              inboxIsEmpty = entries.isEmpty();
              lookedInInboxAt = begun;
            });
  }

  /**
   * Whether it need not be looked into again. What this process keeps comes with its message. What
   * another replica has kept since the last look waits as long as that replica waits for the lease.
   */
  private boolean isInboxEmpty(long now) {
    return inboxIsEmpty
        && now - lookedInInboxAt < LOOK_ROUND.toNanos()
        && items().stream().allMatch(item -> item.entry().isEmpty());
  }

  private Collection<LaneItem> items() {
    return pending.values().stream().map(same -> same.get(same.size() - 1)).toList();
  }

  private Uni<Duration> append(List<InboxEntry> backlog, End end) {
    Batch batch = Batch.of(items(), backlog);
    if (batch.messages().isEmpty() || vanished(backlog).findAny().isPresent()) {
      return lookAfterVanished(backlog);
    }
    Conversation conversation = items().iterator().next().conversation;
    if (end.tail().isPresent()) {
      return write(conversation, end.tail().get(), batch);
    }
    Duration longest = end.ours() ? lanes.longestWaitForReply : lanes.longestWait;
    return age(backlog).compareTo(longest) < 0
        ? waitForAnswer()
        : lanes.tails.find(conversation).flatMap(tail -> write(conversation, tail, batch));
  }

  /** How long the oldest message has waited. */
  private Duration age(List<InboxEntry> backlog) {
    long oldest =
        Math.min(
            items().stream().mapToLong(item -> item.receivedAt).min().orElse(Long.MAX_VALUE),
            backlog.stream()
                .mapToLong(one -> one.receivedAt.getTime())
                .min()
                .orElse(Long.MAX_VALUE));
    return Duration.ofMillis(lanes.now() - oldest);
  }

  /** Kept messages that the inbox no longer has for us, as far as it was read. */
  private Stream<LaneItem> vanished(List<InboxEntry> backlog) {
    if (backlog.size() >= MOST_AT_ONCE) {
      return Stream.empty();
    }
    Set<String> there = backlog.stream().map(entry -> entry.id).collect(Collectors.toSet());
    return items().stream()
        .filter(item -> item.entry().filter(entry -> !there.contains(entry.id)).isPresent());
  }

  /** Another replica has appended them, or a person has dropped them. */
  private Uni<Duration> lookAfterVanished(List<InboxEntry> backlog) {
    return Multi.createFrom()
        .items(vanished(backlog))
        .onItem()
        .transformToUniAndConcatenate(
            item ->
                lanes
                    .inbox
                    .outcome(item.entry().orElseThrow().id, conversationId)
                    .invoke(outcome -> vanish(item.messageId(), outcome)))
        .collect()
        .asList()
        .map(looked -> pending.isEmpty() ? Duration.ZERO : TRY_AGAIN);
  }

  private void vanish(String messageId, Inbox.Outcome outcome) {
    if (outcome instanceof Inbox.Outcome.StillThere) {
      // It was put there after we had looked.
      return;
    }
    List<LaneItem> same = pending.remove(messageId);
    if (outcome instanceof Inbox.Outcome.Stands stands) {
      same.forEach(item -> item.done(new Appended.Before(stands.message())));
    } else {
      same.forEach(item -> item.failed(ProblemException.of(410, "The message was dropped")));
    }
  }

  private Uni<Duration> waitForAnswer() {
    waited = true;
    pending.values().forEach(same -> same.forEach(LaneItem::hasToWait));
    return Uni.createFrom().item(LOOK_AGAIN);
  }

  private Uni<Duration> write(Conversation conversation, ThreadEnd tail, Batch batch) {
    if (lease.mayBeLost()) {
      return lookRound();
    }
    boolean late = waited;
    waited = false;
    return lanes
        .appender
        .append(conversation, tail, batch.messages())
        .invoke(
            () -> {
              if (late) {
                lanes.lookOnceMore(conversation, batch.messages());
              }
            })
        .call(() -> stillOurs(conversation, batch))
        .call(appended -> lanes.replies.want(toBeAnswered(batch, appended)))
        .call(appended -> lanes.relay.passOn(appended.stream().map(Appended::message).toList()))
        .call(
            () ->
                batch.entryIds().isEmpty()
                    ? Uni.createFrom().voidItem()
                    : lanes.inbox.appended(batch.entryIds()))
        .map(
            appended -> {
              appended.forEach(this::finish);
              return Duration.ZERO;
            });
  }

  private static List<Message> toBeAnswered(Batch batch, List<Appended> appended) {
    Set<String> wanted =
        batch.messages().stream()
            .filter(NewMessage::toBeAnswered)
            .map(message -> message.messageId().toString())
            .collect(Collectors.toSet());
    return appended.stream()
        .map(Appended::message)
        .filter(message -> wanted.contains(message.messageId))
        .toList();
  }

  /**
   * If this process was held up so long between the look at the lease and the write that another
   * may have taken it over, then both may have appended to the same message.
   */
  private Uni<Void> stillOurs(Conversation conversation, Batch batch) {
    if (!lease.mayBeLost()) {
      return Uni.createFrom().voidItem();
    }
    LOG.warnf(
        "The lease of conversation %s was not renewed for %s; checking whether this "
            + "replica still holds it.",
        conversationId, lease.heldWithoutRenewal());
    return lanes
        .leases
        .renew(lease)
        .flatMap(
            renewal ->
                renewal != Renewal.LOST
                    ? Uni.createFrom().voidItem()
                    : Uni.createFrom()
                        .voidItem()
                        .invoke(
                            () -> {
                              lease = null;
                              suspect(conversation, batch.messages());
                            }));
  }

  /** Under a lease of our own, what may have become a branch is put at the end. */
  private Uni<Duration> mend() {
    Suspect mending = suspects.peek();
    return lanes
        .appender
        .mend(mending.conversation(), mending.messages())
        .invoke(
            moved -> {
              suspects.remove(mending);
              if (moved) {
                lanes.announcer.refetch(mending.conversation().user);
              }
            })
        .replaceWith(Duration.ZERO);
  }

  private void finish(Appended appended) {
    List<LaneItem> same = pending.remove(appended.message().messageId);
    if (appended instanceof Appended.Now) {
      lanes.announcer.announce(appended.message());
    }
    if (same == null) {
      return;
    }
    // Of several copies one was the message, and the others were repeats.
    boolean first = true;
    for (LaneItem item : same) {
      item.done(first ? appended : new Appended.Before(appended.message()));
      first = false;
    }
  }

  private void fail(Throwable failure) {
    pending.values().forEach(same -> same.forEach(item -> item.failed(failure)));
    pending.clear();
    suspects.clear();
  }
}
