package chat.switchboard.inbound;

import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.ThreadEnd;
import chat.switchboard.mongo.CallNotSent;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.mongo.Lease;
import chat.switchboard.mongo.LeaseStore;
import chat.switchboard.mongo.Next;
import chat.switchboard.mongo.Round;
import chat.switchboard.ops.FaultPoint;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jboss.logging.Logger;

/**
 * Appends messages to one conversation, one batch at a time in all replicas. Messages that arrive
 * during an append go into the next batch together.
 */
final class ConversationLane implements Round {

  private static final Logger LOG = Logger.getLogger(ConversationLane.class);

  /** The interval at which the lane checks whether LibreChat's answer is complete. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  /**
   * The interval at which the lane checks whether the files of its messages are there, and whether
   * the earlier messages of a deleted conversation are.
   */
  private static final Duration LOOK_FOR_HELD = Duration.ofMillis(250);

  /** The pause before the inbox is read again for a message that arrived after the last read. */
  private static final Duration AFTER_VANISHED = Duration.ofMillis(25);

  /**
   * What was read longer ago is read again before the write: the conversation, and the end of its
   * thread together with LibreChat's status.
   */
  private static final Duration FRESH = Duration.ofSeconds(2);

  /** The most rounds in a row that end without a write because the database is slow. */
  private static final int MOST_OUTDATED = 3;

  /** After a longer round, such as in a process that was suspended, the place is checked. */
  private static final Duration LONGEST_ROUND = Duration.ofSeconds(5);

  /** While the database is not available, a check of the place is repeated for this long. */
  private static final Duration LONGEST_CHECK = Duration.ofMinutes(2);

  /** Has the place of messages that waited checked again, after LibreChat has stored its answer. */
  interface BranchWatch {
    void checkLater(Conversation conversation, Set<String> messageIds);
  }

  /**
   * Messages that may have become a branch: another writer may have written at the same time.
   *
   * @param since epoch milliseconds
   */
  private record Suspect(Conversation conversation, Set<String> messageIds, long since) {}

  /**
   * What a round knows before it writes.
   *
   * @param conversation empty if no conversation had to be read, or if it is gone
   */
  private record Reads(
      LaneEntries entries, AnswerWait.End end, Optional<Conversation> conversation) {}

  private final LaneBacklog inbox;
  private final Conversations conversations;
  private final AnswerWait answers;
  private final LaneMedia media;
  private final BatchWriter writer;
  private final LeaseStore leases;
  private final BranchWatch branches;
  private final LaneLimits limits;
  private final PendingMessages pending = new PendingMessages();
  private final Queue<Suspect> suspects = new ConcurrentLinkedQueue<>();

  /**
   * Whether the place of the messages that are written next is checked: they had to wait for an
   * answer, or are or may be beside one, or an earlier write of them took long and may have
   * succeeded.
   */
  private boolean toBeChecked;

  /**
   * When LibreChat last told that it generates an answer, in epoch milliseconds; 0 if LibreChat has
   * told since that it generates none.
   */
  private long generatedAt;

  /** When the round has begun to read the end of the conversation, in epoch milliseconds. */
  private long gatheredAt;

  /** What the lane reads, or has read, before it has the lease; null without early reads. */
  private Uni<Reads> early;

  /** Whether the early reads belong to the attempt to take the lease that is under way. */
  private boolean earlyIsNew;

  /** Whether the next round writes by the early reads. */
  private boolean earlyCounts;

  /** The number of rounds in a row without a write because their reads were outdated. */
  private int outdated;

  ConversationLane(
      LaneBacklog inbox,
      Conversations conversations,
      AnswerWait answers,
      LaneMedia media,
      BatchWriter writer,
      LeaseStore leases,
      BranchWatch branches,
      LaneLimits limits) {
    this.inbox = inbox;
    this.conversations = conversations;
    this.answers = answers;
    this.media = media;
    this.writer = writer;
    this.leases = leases;
    this.branches = branches;
    this.limits = limits;
  }

  void add(LaneItem item) {
    pending.add(item);
  }

  /** Has the place of these messages checked. */
  void suspect(Conversation conversation, Set<String> messageIds) {
    suspects.add(new Suspect(conversation, messageIds, answers.now()));
  }

  @Override
  public Optional<Next> insteadOfRound() {
    pending.admit();
    return pending.isEmpty() && suspects.isEmpty()
        ? Optional.of(new Next.Idle())
        : Optional.empty();
  }

  /**
   * Begins to read. If early reads of a former attempt are still under way, the next round waits
   * for them and then reads again.
   */
  @Override
  public void readEarly() {
    if (early != null || !suspects.isEmpty() || inbox.mayMoveOn()) {
      return;
    }
    inbox.forget();
    early = read().memoize().indefinitely();
    earlyIsNew = true;
    early.subscribe().with(read -> {}, failure -> {});
  }

  @Override
  public void acquired(boolean counts) {
    earlyCounts = counts && earlyIsNew;
    earlyIsNew = false;
    if (early == null) {
      inbox.forget();
    }
    FaultPoint.reached("leased");
  }

  @Override
  public Uni<Boolean> isStillWaiting() {
    pending.leaveToHolder(limits.longestContention());
    return Uni.createFrom().item(true);
  }

  @Override
  public Uni<Next> run(Lease lease) {
    if (!suspects.isEmpty()) {
      earlyCounts = false;
      return mend();
    }
    return gatherAndAppend(lease);
  }

  /**
   * The failed round is repeated while every caller still waits. A round whose write was not sent
   * is repeated a few times in any case; then the database counts as unavailable. Checks of the
   * place are repeated for longer than the callers wait, since no other replica knows of them.
   */
  @Override
  public Next failed(Throwable failure) {
    if (failure instanceof CallNotSent && countOutdatedRound()) {
      return new Next.Again(DatabaseRetry.pause());
    }
    if (DatabaseRetry.isPassing(failure) && pending.areYoungerThan(limits.databaseTime())) {
      return new Next.Again(DatabaseRetry.pause());
    }
    pending.fail(failure);
    if (DatabaseRetry.isPassing(failure)) {
      long oldest = answers.now() - LONGEST_CHECK.toMillis();
      suspects.removeIf(suspect -> suspect.since() < oldest);
    } else {
      suspects.clear();
    }
    if (pending.hasArrivals()) {
      return Next.Again.NOW;
    }
    return suspects.isEmpty() ? new Next.Idle() : new Next.Again(LOOK_AGAIN);
  }

  @Override
  public void refuse() {
    pending.failAll(
        ProblemException.later(503, "The service is being stopped", Duration.ofSeconds(1)));
    suspects.clear();
  }

  private Uni<Next> gatherAndAppend(Lease lease) {
    return gather()
        .flatMap(
            read -> {
              // What was read may belong to the messages that were ended.
              return pending.read(read.conversation())
                  ? append(lease, read.entries(), read.end())
                  : Uni.createFrom().item(Next.Again.NOW);
            });
  }

  private Uni<Reads> gather() {
    Uni<Reads> before = early;
    boolean counts = earlyCounts;
    early = null;
    earlyCounts = false;
    if (before == null) {
      return read();
    }
    return counts
        ? before
        : before
            .onFailure()
            .recoverWithNull()
            .chain(
                () -> {
                  inbox.forget();
                  return read();
                });
  }

  /** No other replica appends while this one has the lease, so that all can be read at once. */
  private Uni<Reads> read() {
    gatheredAt = answers.now();
    pending.expire(FRESH);
    return Uni.combine()
        .all()
        .unis(inbox.read(pending), answers.end(pending.conversation()), conversation())
        .with(Reads::new);
  }

  /**
   * Reads a conversation that is known from an earlier message only, or that was read before a
   * message waited: for the lease, for files, or for an answer.
   */
  private Uni<Optional<Conversation>> conversation() {
    return pending
        .remembered()
        .map(conversations::current)
        .or(() -> pending.outdated().map(this::readAgain))
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
  }

  /** Empty if the conversation is gone, or takes no messages now. */
  private Uni<Optional<Conversation>> readAgain(Conversation outdated) {
    return conversations
        .find(outdated.conversationId, outdated.user)
        .map(found -> found.filter(there -> !there.readOnly()));
  }

  private Uni<Next> append(Lease lease, LaneEntries entries, AnswerWait.End end) {
    List<InboxEntry> backlog = entries.here();
    Batch batch = Batch.of(pending.newest(), backlog);
    List<LaneItem> vanished = pending.vanished(backlog);
    if (batch.messages().isEmpty() || !vanished.isEmpty()) {
      return lookAfter(vanished);
    }
    Set<String> behind = entries.held(pending.newest());
    Batch inOrder = batch.withoutOnly(behind, backlog);
    // Callers need not wait for the messages of a deleted conversation.
    pending.haveToWait(behind);
    return media
        .look(pending.conversation(), backlog)
        .flatMap(look -> append(lease, look, look.without(inOrder, backlog), backlog, end));
  }

  private Uni<Next> append(
      Lease lease, LaneMedia.Look look, Batch batch, List<InboxEntry> backlog, AnswerWait.End end) {
    // Callers need not wait for files.
    pending.haveToWait(look.held());
    if (batch.messages().isEmpty()) {
      return Uni.createFrom().item(new Next.Again(LOOK_FOR_HELD));
    }
    Conversation conversation = pending.conversation();
    if (!mayGenerate(end)) {
      toBeChecked |= end.isGuessed();
      return write(lease, conversation, end.tail().get(), look, batch);
    }
    return answers.isWaiting(end, oldest(backlog))
        ? waitForAnswer()
        : writeBesideAnswer(lease, conversation, look, batch);
  }

  /**
   * LibreChat generates an answer, and the messages have waited for as long as messages wait at
   * most, perhaps at another replica. The answer may hide them when LibreChat stores it.
   */
  private Uni<Next> writeBesideAnswer(
      Lease lease, Conversation conversation, LaneMedia.Look look, Batch batch) {
    toBeChecked = true;
    return answers
        .endRegardless(conversation)
        .flatMap(tail -> write(lease, conversation, tail, look, batch));
  }

  /**
   * Whether LibreChat generates an answer, as far as is known. If LibreChat has told of an answer
   * and then tells no status, the answer may still run: the database has nothing of an answer that
   * is generated again (<i>Regenerate</i>), or of words that the owner wrote during the answer.
   */
  private boolean mayGenerate(AnswerWait.End end) {
    boolean generates = end.tail().isEmpty();
    if (!end.isGuessed()) {
      generatedAt = generates && !end.ours() ? answers.now() : 0;
      return generates;
    }
    return generates || (generatedAt > 0 && answers.isWaiting(end, generatedAt));
  }

  private long oldest(List<InboxEntry> backlog) {
    return Math.min(
        pending.oldest(),
        backlog.stream()
            .mapToLong(entry -> entry.receivedAt.getTime())
            .min()
            .orElse(Long.MAX_VALUE));
  }

  private Uni<Next> lookAfter(List<LaneItem> vanished) {
    return Multi.createFrom()
        .iterable(vanished)
        .onItem()
        .transformToUniAndConcatenate(
            item ->
                inbox
                    .outcome(item)
                    .invoke(outcome -> pending.finishVanished(item.messageId(), outcome)))
        .collect()
        .asList()
        .map(looked -> pending.isEmpty() ? Next.Again.NOW : new Next.Again(AFTER_VANISHED));
  }

  private Uni<Next> waitForAnswer() {
    toBeChecked = true;
    pending.haveToWait();
    return Uni.createFrom().item(new Next.Again(LOOK_AGAIN));
  }

  private Uni<Next> write(
      Lease lease, Conversation conversation, ThreadEnd tail, LaneMedia.Look look, Batch batch) {
    return media
        .compose(batch, look)
        .flatMap(composed -> write(lease, conversation, tail, composed));
  }

  private Uni<Next> write(Lease lease, Conversation conversation, ThreadEnd tail, Batch batch) {
    if (lease.mayBeLost()) {
      // The next round begins with a renewal.
      return Uni.createFrom().item(Next.Again.NOW);
    }
    if (answers.now() - gatheredAt > FRESH.toMillis() && countOutdatedRound()) {
      return Uni.createFrom().item(Next.Again.NOW);
    }
    boolean late = toBeChecked;
    toBeChecked = false;
    return writer
        .append(conversation, tail, batch)
        .onFailure()
        .invoke(() -> toBeChecked = late || tookLong())
        .invoke(
            () -> {
              outdated = 0;
              if (late) {
                branches.checkLater(conversation, batch.messageIds());
              }
            })
        // The streams hear of a message when its insert is acknowledged: the later writes need not
        // be waited for, since LibreChat's page finds the message from now on.
        .invoke(appended -> appended.forEach(writer::announce))
        .call(() -> checkLease(lease, conversation, batch))
        .call(appended -> writer.handOn(batch, appended))
        .map(
            appended -> {
              appended.forEach(pending::finish);
              return Next.Again.NOW;
            });
  }

  /**
   * Counts a round whose end of the conversation is outdated before the write. While the database
   * is slow for long, each end is outdated when the messages could be written. Therefore, after
   * {@link #MOST_OUTDATED} such rounds the messages are written all the same, and their place is
   * checked.
   *
   * @return whether another round reads the end again instead of the write
   */
  private boolean countOutdatedRound() {
    outdated = outdated == MOST_OUTDATED ? 0 : outdated + 1;
    return outdated > 0;
  }

  private boolean tookLong() {
    return answers.now() - gatheredAt > LONGEST_ROUND.toMillis();
  }

  /**
   * If this process was held up so long between the look at the lease and the write that another
   * replica may have taken the lease over, then both may have appended to the same message. The
   * owner may have written there already after a shorter time.
   */
  private Uni<Void> checkLease(Lease lease, Conversation conversation, Batch batch) {
    if (tookLong()) {
      suspect(conversation, batch.messageIds());
    }
    if (!lease.mayBeLost()) {
      return Uni.createFrom().voidItem();
    }
    LOG.warnf(
        "The lease of conversation %s was not renewed for %s; checking whether this "
            + "replica still holds it.",
        conversation.conversationId, lease.heldWithoutRenewal());
    return leases
        .renew(lease)
        .invoke(
            renewal -> {
              if (lease.isLost()) {
                suspect(conversation, batch.messageIds());
              }
            })
        .replaceWithVoid();
  }

  /**
   * Under a lease of our own, what may have become a branch is put at the end; not while LibreChat
   * generates an answer, which would come after the moved messages and hide them.
   */
  private Uni<Next> mend() {
    Suspect mending = suspects.peek();
    return answers
        .end(mending.conversation())
        .flatMap(
            end ->
                mayGenerate(end) && answers.isWaiting(end, mending.since())
                    ? waitForAnswer()
                    : move(mending));
  }

  private Uni<Next> move(Suspect mending) {
    return writer
        .mend(mending.conversation(), mending.messageIds())
        .invoke(() -> suspects.remove(mending))
        .replaceWith(Next.Again.NOW);
  }
}
