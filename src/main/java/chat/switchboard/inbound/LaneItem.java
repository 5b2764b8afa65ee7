package chat.switchboard.inbound;

import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.NewMessage;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** A message on its way through a lane. */
final class LaneItem {

  final NewMessage message;
  final long receivedAt;
  private final CompletableFuture<Appended> outcome = new CompletableFuture<>();
  private final CompletableFuture<Void> waiting = new CompletableFuture<>();
  private final LongSupplier nanoTime;
  private final long enteredAt;
  private final String sender;
  private volatile InboxEntry entry;
  private volatile Conversation conversation;

  /** Whether the conversation was read for an earlier message only. */
  private volatile boolean remembered;

  /** The monotonic time at which the last read of the conversation was sent, in nanoseconds. */
  private volatile long readAt;

  /** The monotonic time of the begin of the round, in nanoseconds. */
  private volatile long roundAt;

  /** Whether the last read of the conversation is too long ago. */
  private volatile boolean outdated;

  LaneItem(Conversation conversation, NewMessage message, long receivedAt, InboxEntry entry) {
    this(conversation, message, receivedAt, entry, null, System::nanoTime);
  }

  /**
   * @param nanoTime the monotonic time
   */
  LaneItem(
      Conversation conversation,
      NewMessage message,
      long receivedAt,
      InboxEntry entry,
      LongSupplier nanoTime) {
    this(conversation, message, receivedAt, entry, null, nanoTime);
  }

  private LaneItem(
      Conversation conversation,
      NewMessage message,
      long receivedAt,
      InboxEntry entry,
      String sender,
      LongSupplier nanoTime) {
    this.sender = sender;
    this.conversation = conversation;
    this.message = message;
    this.receivedAt = receivedAt;
    this.entry = entry;
    this.nanoTime = nanoTime;
    this.enteredAt = nanoTime.getAsLong();
    this.readAt = enteredAt;
    this.roundAt = enteredAt;
  }

  /**
   * Returns a message that is in no inbox.
   *
   * @param sender the person and the service number; empty for a message that names a conversation
   */
  static LaneItem unkept(
      Conversation conversation, NewMessage message, long receivedAt, Optional<String> sender) {
    return new LaneItem(
        conversation, message, receivedAt, null, sender.orElse(null), System::nanoTime);
  }

  /** Returns a message whose conversation the lane has to read before the write. */
  static LaneItem remembered(Conversation conversation, NewMessage message, long receivedAt) {
    LaneItem item = new LaneItem(conversation, message, receivedAt, null);
    item.remembered = true;
    return item;
  }

  Conversation conversation() {
    return conversation;
  }

  /** Whether the conversation was not read for this message yet. */
  boolean isRemembered() {
    return remembered;
  }

  /**
   * Begins a round. Marks the conversation as outdated if the last read is longer ago than this
   * time: the owner may have deleted the conversation since.
   */
  void expire(Duration longest) {
    roundAt = nanoTime.getAsLong();
    outdated |= roundAt - readAt > longest.toNanos();
  }

  boolean isOutdated() {
    return outdated;
  }

  /** Whether the conversation must be read before the write. */
  boolean isUnread() {
    return remembered || outdated;
  }

  /**
   * Notes the conversation as the database has it; another user's conversation is another. The read
   * counts from the begin of the round: it may have been answered long before the other reads of
   * the round.
   */
  void read(Conversation current) {
    if (current.user.equals(conversation.user)) {
      conversation = current;
      remembered = false;
      outdated = false;
      readAt = roundAt;
    }
  }

  String messageId() {
    return message.messageId().toString();
  }

  /**
   * Returns the entry in the inbox; empty for a message whose caller repeats the request if this
   * process dies.
   */
  Optional<InboxEntry> entry() {
    return Optional.ofNullable(entry);
  }

  /**
   * Returns the person and the service number, whose messages keep their order; empty for a message
   * that names a conversation.
   */
  Optional<String> sender() {
    InboxEntry kept = entry;
    return Optional.ofNullable(kept == null ? sender : kept.sender);
  }

  /** Returns the time since the message entered this process. */
  Duration age() {
    return Duration.ofNanos(nanoTime.getAsLong() - enteredAt);
  }

  void kept(InboxEntry kept) {
    entry = kept;
  }

  /** Returns the outcome of the message. A caller that stops waiting does not end the message. */
  Uni<Appended> outcome() {
    return observed(outcome);
  }

  /** Completes when the message must wait for an answer of LibreChat. */
  Uni<Void> waiting() {
    return observed(waiting);
  }

  /** The end of a subscription cancels its future: each subscription gets a copy. */
  private static <T> Uni<T> observed(CompletableFuture<T> shared) {
    return Uni.createFrom().completionStage(shared::copy);
  }

  void whenDone(Runnable action) {
    CompletableFuture<Appended> unused = outcome.whenComplete((appended, failure) -> action.run());
  }

  void hasToWait() {
    waiting.complete(null);
  }

  void done(Appended appended) {
    if (outcome.complete(appended)) {
      MessageLog.appended(this, appended);
    }
  }

  void failed(Throwable failure) {
    outcome.completeExceptionally(failure);
  }
}
