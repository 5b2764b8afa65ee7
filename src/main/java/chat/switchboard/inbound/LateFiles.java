package chat.switchboard.inbound;

import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.Messages;
import chat.switchboard.media.IncomingFile;
import chat.switchboard.media.MediaItem;
import chat.switchboard.media.MediaState;
import chat.switchboard.media.MessageFiles;
import chat.switchboard.mongo.WhileIdle;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.ops.Periodic;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bson.Document;
import org.jboss.logging.Logger;

/**
 * Puts a second message into the inbox for each file that was stored after its message was
 * appended. The ids are computed from the file, so that a repetition after a crash, or at another
 * replica, adds nothing.
 */
@Singleton
class LateFiles {

  private static final Periodic PERIODIC =
      new Periodic(Logger.getLogger(LateFiles.class), "Looking for late files");

  private static final int AT_ONCE = 64;

  private final MessageFiles files;
  private final Messages messages;
  private final EntryFactory entries;
  private final Inbox inbox;

  LateFiles(MessageFiles files, Messages messages, EntryFactory entries, Inbox inbox) {
    this.files = files;
    this.messages = messages;
    this.entries = entries;
    this.inbox = inbox;
  }

  @Scheduled(
      every = "1s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = WhileIdle.class)
  Uni<Void> sweep() {
    return PERIODIC.run(
        files
            .lateAndSettled(AT_ONCE)
            .onItem()
            .transformToMulti(items -> Multi.createFrom().iterable(items))
            .onItem()
            .transformToUniAndConcatenate(this::add)
            .collect()
            .asList());
  }

  private Uni<Void> add(MediaItem item) {
    return messages
        .find(item.messageId, item.user)
        .flatMap(
            found ->
                // If the owner has deleted the message, no second message follows.
                found.map(first -> keep(item, first)).orElseGet(() -> Uni.createFrom().voidItem()))
        .invoke(() -> FaultPoint.reached("media-late-kept"))
        .chain(() -> files.areNoLongerLate(item.id));
  }

  private Uni<Void> keep(MediaItem item, Message first) {
    Document metadata = new Document(first.metadata);
    metadata.keySet().removeAll(List.of("media", "location", "button", "list", "referral"));
    IncomingFile file = IncomingFile.late(item);
    InboundMessage message =
        new InboundMessage(
                new InboundMessage.ToConversation(UUID.fromString(first.conversationId)),
                List.of(file.placeholder()),
                first.sender,
                metadata.get("source") instanceof String source ? source : first.model,
                metadata.append("completes", first.messageId),
                Optional.empty(),
                true)
            .with(List.of(file));
    InboxEntry entry =
        entries.late(
            message,
            DeterministicIds.uuid("late file", item.id),
            first,
            item.phoneNumber,
            // The agent answers again once it can see the file.
            Boolean.TRUE.equals(item.toBeAnswered) && item.state == MediaState.STORED);
    return inbox.keep(entry).replaceWithVoid();
  }
}
