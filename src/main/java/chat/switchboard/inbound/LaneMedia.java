package chat.switchboard.inbound;

import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.media.MediaConfig;
import chat.switchboard.media.MessageFiles;
import chat.switchboard.media.MessageFiles.Belonging;
import chat.switchboard.media.MessageFiles.Composed;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lets messages wait for their files, for a while. The files are announced in the inbox, so that
 * they are kept like the message; from the first round on they have items of their own.
 */
@ApplicationScoped
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
   * @param composed the messages with files that go now, by their ids
   */
  record Look(Set<String> held, Map<String, Composed> composed) {

    static final Look NO_FILES = new Look(Set.of(), Map.of());

    /** Returns what can be appended now. */
    Batch ready(Batch batch, List<InboxEntry> backlog) {
      if (held.isEmpty() && composed.isEmpty()) {
        return batch;
      }
      return batch.without(held, backlog).with(composed);
    }
  }

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
    Map<String, Composed> composed = new HashMap<>();
    return Multi.createFrom()
        .iterable(withFiles)
        .onItem()
        .transformToUniAndConcatenate(entry -> look(conversation, entry, held, composed))
        .collect()
        .asList()
        .map(done -> new Look(held, composed));
  }

  private Uni<Void> look(
      Conversation conversation,
      InboxEntry entry,
      Set<String> held,
      Map<String, Composed> composed) {
    InboundMessage message = Envelope.open(entry.envelope);
    return files
        .expect(belonging(conversation, entry), message.files())
        .flatMap(
            found -> {
              if (found.areOpen() && isYoung(entry)) {
                held.add(entry.messageId);
                return Uni.createFrom().voidItem();
              }
              return files
                  .compose(message.parts(), found)
                  .invoke(text -> composed.put(entry.messageId, text))
                  .replaceWithVoid();
            });
  }

  private boolean isYoung(InboxEntry entry) {
    return clock.millis() - entry.receivedAt.getTime() < config.patience().toMillis();
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
