package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.mongo.CallNotSent;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.WriteModel;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jboss.logging.Logger;

/**
 * Appends messages to a conversation in the form that stock LibreChat shows: one chain below the
 * last message, with the conversation's deadline and tenant.
 */
@Singleton
public class MessageAppender {

  private static final Logger LOG = Logger.getLogger(MessageAppender.class);

  /**
   * The milliseconds between a turn of LibreChat, whose clock may be ahead, and the next message.
   * {@link #mend} puts messages there that another writer has hidden, each with a date of its own:
   * as many as one write has.
   */
  private static final int ROOM = 64;

  /**
   * If the write of messages that are there in part takes longer, the rest is not written at once:
   * the owner may have asked meanwhile, and LibreChat may generate an answer.
   */
  private static final Duration LONGEST_PART = Duration.ofSeconds(2);

  private final MessageConfig config;
  private final Clock clock;
  private final ThreadEndFinder tails;
  private final SourceIcon icon;
  private final LibreChatRelease release;
  private final Deadlines deadlines;
  private final SharedWrites writes;
  private final Strays strays;

  MessageAppender(
      MessageConfig config,
      Clock clock,
      ThreadEndFinder tails,
      SourceIcon icon,
      LibreChatRelease release,
      Deadlines deadlines,
      SharedWrites writes,
      Strays strays) {
    this.config = config;
    this.clock = clock;
    this.tails = tails;
    this.icon = icon;
    this.release = release;
    this.deadlines = deadlines;
    this.writes = writes;
    this.strays = strays;
  }

  /**
   * Appends the messages in this order with one write; a repeated call with the same messages
   * changes nothing. Only one process at a time may call this for one conversation.
   *
   * @param tail the end of the conversation, as it was just read
   * @return the result for each message, in the same order; fails with {@link CallNotSent} if the
   *     end is outdated: the messages have waited for other writes for more than 2 s, or some of
   *     them were there already and the service has learned of that after more than 2 s. In both
   *     cases a repeated call goes on
   */
  public Uni<List<Appended>> append(
      Conversation conversation, ThreadEnd tail, List<NewMessage> messages) {
    return release.requirePlainText().flatMap(plain -> insert(conversation, tail, messages));
  }

  private Uni<List<Appended>> insert(
      Conversation conversation, ThreadEnd tail, List<NewMessage> messages) {
    long begun = clock.millis();
    List<Message> documents = chain(conversation, tail, messages);
    Uni<List<Appended>> inserted =
        writes
            .insert(documents)
            .invoke(() -> tails.appended(conversation, documents))
            .map(done -> documents.stream().<Appended>map(Appended.Now::new).toList())
            .onFailure(DuplicateKey::is)
            .recoverWithUni(
                refused -> appendTheRest(conversation, messages, documents, begun, refused))
            .invoke(() -> FaultPoint.reached("appended"));
    return Uni.combine()
        .all()
        .unis(inserted, bump(conversation, documents.get(documents.size() - 1)))
        .with((appended, bumped) -> appended);
  }

  /**
   * LibreChat already has some of the messages, from an earlier try or from this one: these stay
   * unchanged, except a message that an earlier try has written into a conversation that is deleted
   * now.
   *
   * @param begun when the write of these messages began, in epoch milliseconds
   * @param refused why the messages were not all inserted
   */
  private Uni<List<Appended>> appendTheRest(
      Conversation conversation,
      List<NewMessage> messages,
      List<Message> tried,
      long begun,
      Throwable refused) {
    List<String> ids = messages.stream().map(one -> one.messageId().toString()).toList();
    return Message.<Message>list(in("messageId", ids))
        .flatMap(there -> strays.find(conversation, there))
        .flatMap(
            found -> {
              Map<String, Appended> known =
                  found.standing().stream()
                      .collect(Collectors.toMap(one -> one.messageId, one -> outcome(one, tried)));
              List<NewMessage> rest =
                  messages.stream()
                      .filter(one -> !known.containsKey(one.messageId().toString()))
                      .toList();
              if (rest.isEmpty()) {
                return Uni.createFrom().item(inOrder(ids, known, List.of()));
              }
              Message stray = found.strays().get(rest.get(0).messageId().toString());
              if (stray != null) {
                return bringBack(conversation, rest.get(0), stray, refused)
                    .flatMap(moved -> appendTheRest(conversation, messages, moved, begun, refused));
              }
              // Another user has a message with this id, which a further try would find too.
              return known.isEmpty()
                  ? Uni.createFrom().failure(refused)
                  : tails
                      .find(conversation)
                      .flatMap(tail -> appendInTime(conversation, tail, rest, begun))
                      .map(appended -> inOrder(ids, known, appended));
            });
  }

  private Uni<List<Appended>> appendInTime(
      Conversation conversation, ThreadEnd tail, List<NewMessage> rest, long begun) {
    return clock.millis() - begun > LONGEST_PART.toMillis()
        ? Uni.createFrom().failure(new CallNotSent(LONGEST_PART))
        : append(conversation, tail, rest);
  }

  /** Moves a message out of a deleted conversation to the end of this conversation. */
  private Uni<List<Message>> bringBack(
      Conversation conversation, NewMessage message, Message stray, Throwable refused) {
    return tails
        .find(conversation)
        .map(tail -> chain(conversation, tail, List.of(message)))
        .call(
            document ->
                strays
                    .replace(stray, document.get(0))
                    .invoke(
                        replaced -> {
                          if (!replaced) {
                            throw new IllegalStateException(
                                "Another process has moved message " + stray.messageId, refused);
                          }
                        }))
        .invoke(document -> tails.appended(conversation, document));
  }

  /** A message at the place that this try chose was inserted by this try. */
  private static Appended outcome(Message there, List<Message> tried) {
    boolean byThisTry =
        tried.stream()
            .anyMatch(
                one ->
                    one.messageId.equals(there.messageId)
                        && one.parentMessageId.equals(there.parentMessageId)
                        && one.createdAt.equals(there.createdAt));
    return byThisTry ? new Appended.Now(there) : new Appended.Before(there);
  }

  private static List<Appended> inOrder(
      List<String> ids, Map<String, Appended> known, List<Appended> now) {
    Map<String, Appended> all = new HashMap<>(known);
    now.forEach(one -> all.put(one.message().messageId, one));
    return ids.stream().map(all::get).toList();
  }

  /**
   * Moves messages that were written beside another writer's message, and so may be on a hidden
   * branch, to the branch that the page shows: before the first message from outside that was
   * written later, or else to the end. Changes nothing if the messages are in line.
   *
   * @return whether a message was moved
   */
  public Uni<Boolean> mend(Conversation conversation, Set<String> messageIds) {
    return tails
        .all(conversation)
        .flatMap(
            turns ->
                Branches.move(turns, messageIds)
                    .map(move -> reattach(conversation, move))
                    .orElseGet(() -> Uni.createFrom().item(false)));
  }

  private Uni<Boolean> reattach(Conversation conversation, Branches.Move move) {
    LOG.warnf(
        "%d messages of conversation %s are on a parallel branch; moving them to the "
            + "branch that the page shows.",
        move.chain().size(), conversation.conversationId);
    Date now = new Date(clock.millis());
    List<WriteModel<Message>> moves = new ArrayList<>();
    for (Branches.Place place : move.chain()) {
      moves.add(
          new UpdateOneModel<>(
              of(place, conversation),
              Updates.combine(
                  Updates.set("parentMessageId", place.parentMessageId()),
                  Updates.set("createdAt", place.createdAt()),
                  Updates.set("metadata." + Message.WRITTEN_AT, place.writtenAt()),
                  Updates.set("updatedAt", now))));
    }
    // Last: until then the page shows these messages at their old place.
    for (Branches.Place place : move.behind()) {
      moves.add(
          new UpdateOneModel<>(
              of(place, conversation),
              Updates.combine(
                  Updates.set("parentMessageId", place.parentMessageId()),
                  Updates.set("updatedAt", now))));
    }
    return Message.<Message>mongoCollection().bulkWrite(moves).replaceWith(true);
  }

  private static Bson of(Branches.Place place, Conversation conversation) {
    return and(eq("messageId", place.messageId()), eq("user", conversation.user));
  }

  /**
   * Moves the conversation to the top of the sidebar; never back, if two calls run at once. An
   * archived conversation returns to the sidebar, also one that was archived while the message
   * waited. The call need not wait for the insert of the messages: if the insert fails, the
   * conversation is listed too high until its next message, and nothing else is affected.
   */
  private Uni<Void> bump(Conversation conversation, Message newest) {
    List<Bson> changes = new ArrayList<>();
    changes.add(Updates.max("updatedAt", newest.createdAt));
    changes.add(Updates.set("isArchived", false));
    changes.add(Updates.unset("archivedAt"));
    if (deadlines.areExtended(conversation)) {
      changes.add(Updates.max("expiredAt", newest.expiredAt));
    }
    return writes
        .update(
            and(eq("conversationId", conversation.conversationId), eq("user", conversation.user)),
            Updates.combine(changes))
        .onFailure()
        .retry()
        .withBackOff(Duration.ofMillis(200))
        .atMost(2)
        .replaceWithVoid()
        // The messages are stored, and a failure would make their caller send them again. In an
        // archived conversation the owner would not see the messages: there the caller must retry.
        .onFailure(failure -> !conversation.putAway())
        .recoverWithUni(
            failure -> {
              LOG.warnf(
                  "Conversation %s has new messages but was not moved up in the sidebar: %s",
                  conversation.conversationId, Cause.of(failure));
              return Uni.createFrom().voidItem();
            })
        .invoke(() -> FaultPoint.reached("bumped"));
  }

  private List<Message> chain(
      Conversation conversation, ThreadEnd tail, List<NewMessage> messages) {
    List<Message> chain = new ArrayList<>(messages.size());
    String parent = tail.parent().map(ThreadNode::messageId).orElse(Message.NO_PARENT);
    long earliest = after(tail);
    for (NewMessage message : messages) {
      Message document = document(conversation, message, parent, new Date(earliest++));
      chain.add(document);
      parent = document.messageId;
    }
    return chain;
  }

  /**
   * Returns the current time, but at least a millisecond after every message of the conversation:
   * LibreChat and Switchboard find the newest message by this date, and clocks differ. After a turn
   * of LibreChat {@link #ROOM} stays free.
   */
  private long after(ThreadEnd tail) {
    long earliest =
        java.util.stream.Stream.of(tail.parent(), tail.newest())
            .flatMap(Optional::stream)
            .mapToLong(turn -> turn.createdAt().getTime() + (turn.external() ? 1 : ROOM))
            .max()
            .orElse(0);
    return Math.max(clock.millis(), earliest);
  }

  private static List<Document> content(NewMessage message, List<String> parts, String text) {
    boolean hasMarkdown =
        message.attached().filter(files -> !files.markdown().isEmpty()).isPresent();
    return (hasMarkdown ? List.of(text) : parts)
        .stream().map(part -> new Document("type", "text").append("text", part)).toList();
  }

  private Message document(
      Conversation conversation, NewMessage message, String parent, Date createdAt) {
    Message document = new Message();
    document.id = DeterministicIds.objectId(message.messageId());
    document.messageId = message.messageId().toString();
    document.conversationId = conversation.conversationId;
    document.user = conversation.user;
    document.parentMessageId = parent;
    document.sender = message.sender();
    List<String> parts = message.storedParts();
    String caption = String.join("\n", parts);
    document.text = message.attached().map(files -> files.below(caption)).orElse(caption);
    document.files =
        message.attached().map(Attached::files).filter(files -> !files.isEmpty()).orElse(null);
    document.content = document.files == null ? content(message, parts, document.text) : null;
    document.role =
        switch (config.storedRole()) {
          case USER -> "user";
          case EXTERNAL -> "external";
        };
    document.createdByUser = false;
    document.userSubmitted = release.knowsUserSubmitted() ? true : null;
    document.metadata = new Document(message.metadata()).append("role", "external");
    document.metadata.putIfAbsent("source", message.source());
    message
        .attached()
        .ifPresent(
            files ->
                document
                    .metadata
                    .append(Message.ATTACHMENTS, files.states())
                    .append(Message.CAPTION_LENGTH, caption.length()));
    if (parts.equals(message.parts())) {
      document.metadata.remove(Message.ESCAPED);
    } else {
      document.metadata.put(Message.ESCAPED, true);
    }
    document.endpoint = conversation.endpoint;
    document.model = SourceName.asModel(message.source());
    document.iconURL = icon.of(message.source());
    document.unfinished = false;
    document.error = false;
    document.temporary = Boolean.TRUE.equals(conversation.temporary);
    document.expiredAt = deadlines.ofMessage(conversation);
    document.tenantId = conversation.tenantId;
    document.meiliIndex = false;
    document.createdAt = createdAt;
    document.updatedAt = createdAt;
    document.version = 0;
    return document;
  }
}
