package chat.switchboard.inbound;

import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.media.MediaConfig;
import chat.switchboard.media.MessageFiles;
import chat.switchboard.media.MessageFiles.Belonging;
import chat.switchboard.media.MessageFiles.Composed;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Holds messages back until their files are stored, {@code switchboard.media.wait} at most. The
 * inbox entry of a message contains the addresses of its files; the first look at the entry makes
 * an item for each file.
 */
@Singleton
class LaneMedia {

  private final MessageFiles files;
  private final MediaConfig config;
  private final Clock clock;

  LaneMedia(MessageFiles files, MediaConfig config, Clock clock) {
    this.files = files;
    this.config = config;
    this.clock = clock;
  }

  /**
   * The files of the messages of a batch.
   *
   * @param held the ids of messages that wait for their files
   * @param ready the files of the messages that can go now, by the ids of the messages
   */
  record Look(Set<String> held, Map<String, Ready> ready) {

    static final Look NO_FILES = new Look(Set.of(), Map.of());

    /** Returns the batch without the messages that wait for files. */
    Batch without(Batch batch, List<InboxEntry> backlog) {
      return batch.without(held, backlog);
    }
  }

  /** The text of a message, and its files as they are now. */
  record Ready(List<String> parts, MessageFiles.Files files) {}

  /** Looks at the files of the messages of these entries. */
  Uni<Look> look(Conversation conversation, List<InboxEntry> backlog) {
    List<InboxEntry> withFiles =
        backlog.stream()
            .filter(entry -> entry.envelope != null && !Envelope.files(entry.envelope).isEmpty())
            .toList();
    if (withFiles.isEmpty()) {
      return Uni.createFrom().item(Look.NO_FILES);
    }
    Set<String> held = new HashSet<>();
    Map<String, Ready> ready = new HashMap<>();
    return Multi.createFrom()
        .iterable(withFiles)
        .onItem()
        .transformToUniAndConcatenate(entry -> look(conversation, entry, held, ready))
        .collect()
        .asList()
        .map(done -> new Look(held, ready));
  }

  /** Puts the files into the messages of a batch that is written now. */
  Uni<Batch> compose(Batch batch, Look look) {
    Map<String, Composed> composed = new HashMap<>();
    return look.ready().isEmpty()
        ? Uni.createFrom().item(batch)
        : Multi.createFrom()
            .iterable(look.ready().entrySet())
            .onItem()
            .transformToUniAndConcatenate(
                one ->
                    files
                        .compose(one.getValue().parts(), one.getValue().files())
                        .invoke(text -> composed.put(one.getKey(), text)))
            .collect()
            .asList()
            .map(done -> batch.with(composed));
  }

  private Uni<Void> look(
      Conversation conversation, InboxEntry entry, Set<String> held, Map<String, Ready> ready) {
    InboundMessage message = Envelope.open(entry.envelope);
    return files
        .expect(belonging(conversation, entry), message.files())
        .invoke(
            found -> {
              if (found.areOpen() && isYoung(entry)) {
                held.add(entry.messageId);
              } else {
                ready.put(entry.messageId, new Ready(message.parts(), found));
              }
            })
        .replaceWithVoid();
  }

  private boolean isYoung(InboxEntry entry) {
    return clock.millis() - entry.receivedAt.getTime() < config.messageWait().toMillis();
  }

  private static Belonging belonging(Conversation conversation, InboxEntry entry) {
    return new Belonging(
        entry.messageId,
        conversation.conversationId,
        conversation.user,
        Optional.ofNullable(entry.phoneNumber),
        Boolean.TRUE.equals(entry.toBeAnswered));
  }

  /** Notes which files are not in the messages that were appended: a second message follows. */
  Uni<Void> noteLate(Collection<Appended> appended) {
    List<String> pending =
        appended.stream()
            .flatMap(one -> MessageFiles.pending(one.message().attachments()).stream())
            .toList();
    return files.areLate(pending);
  }
}
