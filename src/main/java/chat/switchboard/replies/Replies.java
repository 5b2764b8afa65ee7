package chat.switchboard.replies;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.librechat.AgentClient;
import chat.switchboard.librechat.Message;
import chat.switchboard.mongo.Backoff;
import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.phone.PhoneIdentities;
import chat.switchboard.replies.Reply.State;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Keeps which messages are to be answered, until they are. */
@ApplicationScoped
public class Replies {

  private static final List<String> OPEN = List.of(State.PENDING.name(), State.ASKING.name());

  private final AgentClient agent;
  private final PhoneIdentities identities;
  private final InboxRetentionConfig inboxRetentionConfig;
  private final RepliesConfig repliesConfig;
  private final Clock clock;
  private final Event<ReplyWanted> wanted;

  Replies(
      AgentClient agent,
      PhoneIdentities identities,
      InboxRetentionConfig inboxRetentionConfig,
      RepliesConfig repliesConfig,
      Clock clock,
      Event<ReplyWanted> wanted) {
    this.identities = identities;
    this.agent = agent;
    this.inboxRetentionConfig = inboxRetentionConfig;
    this.repliesConfig = repliesConfig;
    this.clock = clock;
    this.wanted = wanted;
  }

  /**
   * Keeps that these messages, which stand in their conversation, are to be answered; for one that
   * is kept already nothing changes. Whoever has kept the messages may forget them when this is
   * done.
   */
  public Uni<Void> want(List<Message> questions) {
    if (questions.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    return Multi.createFrom()
        .iterable(questions)
        .onItem()
        .transformToUniAndConcatenate(this::keep)
        .collect()
        .asList()
        .invoke(
            kept -> {
              FaultPoint.reached("wanted");
              wanted.fire(new ReplyWanted(questions.get(0).conversationId));
            })
        .replaceWithVoid();
  }

  private Uni<Void> keep(Message question) {
    Reply reply = new Reply();
    reply.id = question.messageId;
    reply.conversationId = question.conversationId;
    reply.user = question.user;
    reply.state = State.PENDING;
    Recipient.of(question).map(Recipient::stored).ifPresent(reply.phones::add);
    reply.wantedAt = now();
    reply.dueAt = Date.from(clock.instant().plus(repliesConfig.debounce()));
    reply.attempts = 0;
    reply.round = 0;
    reply.history.add(change(State.PENDING, null));
    return reply
        .persist()
        .replaceWithVoid()
        .onFailure(DuplicateKey::is)
        .recoverWithItem((Void) null);
  }

  /** Whether LibreChat is being asked in this conversation, by whatever replica. */
  public Uni<Boolean> asking(String conversationId) {
    return agent.isThere()
        ? BoundedCount.any(
            replies(), and(eq("conversationId", conversationId), eq("state", State.ASKING.name())))
        : Uni.createFrom().item(false);
  }

  /** What is still to be answered in this conversation, in the order in which it came. */
  Uni<List<Reply>> open(String conversationId) {
    return Reply.<Reply>find(
            and(eq("conversationId", conversationId), in("state", OPEN)),
            Sorts.ascending("wantedAt"))
        .list();
  }

  /** Conversations with something that is due, or that nobody may be at any more. */
  Uni<List<String>> due(int limit) {
    return Reply.<Reply>find(
            or(
                eq("state", State.ASKING.name()),
                and(eq("state", State.PENDING.name()), lte("dueAt", now()))),
            Sorts.ascending("dueAt"))
        .page(0, limit)
        .list()
        .map(due -> due.stream().map(reply -> reply.conversationId).distinct().toList());
  }

  /** LibreChat is going to be asked to answer this message. */
  Uni<Optional<Reply>> ask(Reply reply, String askedId, Collection<Recipient> phones) {
    List<Bson> changes = new ArrayList<>();
    changes.add(Updates.set("askedId", askedId));
    changes.add(Updates.set("phones", phones.stream().map(Recipient::stored).toList()));
    if (reply.askedAt == null) {
      changes.add(Updates.set("askedAt", now()));
    }
    return change(reply, State.PENDING, State.ASKING, null, changes);
  }

  /**
   * LibreChat has begun to generate an answer to this message.
   *
   * @param answering whether it is known to be at it still
   */
  Uni<Void> begun(Reply reply, boolean answering) {
    return replies()
        .updateOne(
            and(eq("_id", reply.id), eq("state", State.ASKING.name())),
            Updates.combine(
                Updates.set("begunAt", now()),
                answering ? Updates.set("answering", true) : Updates.unset("answering")))
        .replaceWithVoid();
  }

  /** Those that LibreChat is generating an answer to, whatever replica asked. */
  Uni<List<Reply>> answering(int limit) {
    return Reply.<Reply>find(and(eq("answering", true), eq("state", State.ASKING.name())))
        .page(0, limit)
        .list();
  }

  /** The question is about to be put once more at the end, as this message. */
  Uni<Optional<Reply>> repeating(Reply reply, String repeatId) {
    return change(
        reply,
        State.PENDING,
        State.PENDING,
        null,
        List.of(Updates.set("repeatId", repeatId), Updates.inc("repeats", 1)));
  }

  /** Those that the answer to one of these answers as well. */
  Uni<List<Reply>> coveredBy(List<String> ids, int limit) {
    return Reply.<Reply>find(in("coveredBy", ids)).page(0, limit).list();
  }

  /** It is not time yet; it is no fault of anybody. */
  Uni<Optional<Reply>> postpone(Reply reply, Duration pause, String cause) {
    return change(
        reply,
        reply.state,
        State.PENDING,
        cause,
        List.of(Updates.set("dueAt", Date.from(clock.instant().plus(pause)))));
  }

  /**
   * A try has failed; the next is after a pause that grows, with full jitter.
   *
   * @param atLeast how long LibreChat wants to be left alone
   * @param newRound whether the next try must be another request
   */
  Uni<Optional<Reply>> failed(
      Reply reply,
      String cause,
      Optional<Duration> atLeast,
      boolean newRound,
      List<String> failedAnswers) {
    Backoff backoff = new Backoff(repliesConfig.initialBackoff(), repliesConfig.maxBackoff());
    Instant next = clock.instant().plus(backoff.delay(reply.attempts));
    Instant soonest = clock.instant().plus(atLeast.orElse(Duration.ZERO));
    List<Bson> changes = new ArrayList<>();
    changes.add(Updates.set("dueAt", Date.from(next.isBefore(soonest) ? soonest : next)));
    changes.add(Updates.inc("attempts", 1));
    changes.add(Updates.set("error", cause));
    if (newRound) {
      changes.add(Updates.inc("round", 1));
      changes.add(Updates.set("failedAnswers", failedAnswers));
    }
    return change(reply, reply.state, State.PENDING, cause, changes);
  }

  Uni<Optional<Reply>> bury(Reply reply, String cause) {
    return change(
        reply,
        reply.state,
        State.DEAD,
        cause,
        List.of(Updates.inc("attempts", 1), Updates.set("error", cause), Updates.unset("dueAt")));
  }

  Uni<Optional<Reply>> answered(Reply reply, String answerId) {
    return change(
        reply,
        reply.state,
        State.ANSWERED,
        null,
        List.of(
            Updates.set("answerId", answerId),
            Updates.unset("error"),
            Updates.unset("dueAt"),
            Updates.set("forgetAt", forgetAt())));
  }

  /** There will be no answer to this one. */
  Uni<Optional<Reply>> skip(Reply reply, String cause) {
    return change(
        reply,
        reply.state,
        State.SKIPPED,
        cause,
        List.of(
            Updates.set("error", cause),
            Updates.unset("dueAt"),
            // It does not count as an answer to its sender.
            Updates.unset("askedAt"),
            Updates.set("forgetAt", forgetAt())));
  }

  /** The answer to another message answers these as well. */
  Uni<Void> cover(List<Reply> replies, Reply by) {
    return Multi.createFrom()
        .iterable(replies)
        .onItem()
        .transformToUniAndConcatenate(
            reply ->
                change(
                    reply,
                    reply.state,
                    State.SKIPPED,
                    "The answer to a later message answers this one as well",
                    List.of(
                        Updates.set("coveredBy", by.id),
                        Updates.unset("dueAt"),
                        Updates.unset("askedAt"),
                        Updates.set("forgetAt", forgetAt()))))
        .collect()
        .asList()
        .replaceWithVoid();
  }

  private Uni<Optional<Reply>> change(
      Reply reply, State from, State to, String cause, List<Bson> changes) {
    List<Bson> all = new ArrayList<>(changes);
    all.add(Updates.set("state", to.name()));
    if (to != State.ASKING) {
      all.add(Updates.unset("answering"));
    }
    if (from != to) {
      all.add(Updates.push("history", change(to, cause)));
    }
    return replies()
        .findOneAndUpdate(
            and(eq("_id", reply.id), eq("state", from.name())),
            Updates.combine(all),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable);
  }

  private Document change(State state, String cause) {
    Document change = new Document("state", state.name()).append("at", now());
    return cause == null ? change : change.append("cause", cause);
  }

  /** Takes those away to whom the answer is not to be sent. */
  Uni<Optional<Reply>> onlyTo(Reply reply, Collection<Recipient> phones) {
    return replies()
        .findOneAndUpdate(
            eq("_id", reply.id),
            Updates.set("phones", phones.stream().map(Recipient::stored).toList()),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable);
  }

  /** Whether this person recently caused more requests to LibreChat than this limit. */
  Uni<Boolean> wasAskedMoreThan(int most, String person) {
    Date since = Date.from(clock.instant().minus(repliesConfig.perSenderWindow()));
    return identities
        .of(person)
        .flatMap(
            who ->
                BoundedCount.upTo(
                    most + 1, replies(), and(in("phones.to", who.names()), gt("askedAt", since))))
        .map(count -> count > most);
  }

  /** One of them, by the id of the message that is to be answered. */
  public Uni<Optional<Reply>> find(String id) {
    return Reply.<Reply>findById(id).map(Optional::ofNullable);
  }

  /** Those in this state, those that came first before the others. */
  public Uni<List<Reply>> list(State state, int offset, int limit) {
    return Reply.<Reply>find(eq("state", state.name()), Sorts.ascending("wantedAt", "_id"))
        .range(offset, offset + limit - 1)
        .list();
  }

  /** The number of replies in this state, at most as {@link BoundedCount} counts. */
  public Uni<Long> count(State state) {
    return BoundedCount.of(replies(), eq("state", state.name()));
  }

  /** Gives a dead letter another chance. */
  public Uni<Optional<Reply>> requeue(String id) {
    Reply dead = new Reply();
    dead.id = id;
    return change(
        dead,
        State.DEAD,
        State.PENDING,
        "Requeued by hand",
        List.of(
            Updates.set("attempts", 0),
            Updates.set("dueAt", now()),
            Updates.set("repeats", 0),
            // LibreChat may remember the old request, and that it came to nothing.
            Updates.inc("round", 1)));
  }

  /** Drops one that waits, or a dead letter. */
  public Uni<Boolean> drop(String id) {
    return Reply.delete(and(eq("_id", id), in("state", State.PENDING.name(), State.DEAD.name())))
        .map(dropped -> dropped > 0);
  }

  /** Removes everything that is kept here of the person with these names. */
  public Uni<Long> forgetPerson(Collection<String> names) {
    return Reply.delete(in("phones.to", names));
  }

  private Date now() {
    return Date.from(clock.instant());
  }

  private Date forgetAt() {
    return Date.from(clock.instant().plus(inboxRetentionConfig.retention()));
  }

  private static ReactiveMongoCollection<Reply> replies() {
    return Reply.mongoCollection();
  }
}
