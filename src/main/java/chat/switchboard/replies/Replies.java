package chat.switchboard.replies;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.librechat.AgentClient;
import chat.switchboard.librechat.Message;
import chat.switchboard.mongo.BatchCommand;
import chat.switchboard.mongo.BatchCommand.Outcome;
import chat.switchboard.mongo.Batcher;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import chat.switchboard.mongo.UpcomingWork;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.replies.Reply.State;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.event.Event;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bson.conversions.Bson;

/** Stores the requests for answers to messages, and their states. */
@Store
@Singleton
public class Replies implements UpcomingWork {

  private static final List<String> OPEN =
      Stream.of(State.values()).filter(State::isOpen).map(State::name).toList();

  /** The maximum number of running answers that are read for several conversations together. */
  private static final int MOST_ASKING = 1_000;

  private final AgentClient agent;
  private final PhoneIdentities identities;
  private final RepliesConfig config;
  private final ReplyTransitions transitions;
  private final Event<ReplyWanted> wanted;
  private final Batcher<String, Boolean> askings;

  Replies(
      AgentClient agent,
      PhoneIdentities identities,
      RepliesConfig config,
      ReplyTransitions transitions,
      Event<ReplyWanted> wanted,
      Batchers batchers) {
    this.agent = agent;
    this.identities = identities;
    this.config = config;
    this.transitions = transitions;
    this.wanted = wanted;
    this.askings = batchers.of(Replies::askings);
  }

  /**
   * Stores a request for an answer to each of these messages, which the conversation already
   * contains; a request that is stored already stays as it is. When the result completes, the
   * caller need not remember the messages any more.
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
    Recipient.of(question).map(Recipient::stored).ifPresent(reply.phones::add);
    transitions.begin(reply, transitions.in(config.debounce()));
    return reply
        .persist()
        .replaceWithVoid()
        .onFailure(DuplicateKey::is)
        .recoverWithItem((Void) null);
  }

  /** Whether any replica is requesting an answer from LibreChat in this conversation. */
  public Uni<Boolean> asking(String conversationId) {
    return agent.isThere() ? askings.ask(conversationId) : Uni.createFrom().item(false);
  }

  private static Uni<List<Outcome<Boolean>>> askings(List<String> conversationIds) {
    if (conversationIds.size() == 1) {
      return BoundedCount.any(
              replies(), and(eq("conversationId", conversationIds.get(0)), isAsking()))
          .map(asking -> BatchCommand.same(conversationIds, asking));
    }
    return replies()
        .find(
            and(in("conversationId", conversationIds), isAsking()),
            new FindOptions().limit(MOST_ASKING).projection(Projections.include("conversationId")))
        .map(reply -> reply.conversationId)
        .collect()
        .asList()
        .map(
            asking ->
                asking.size() >= MOST_ASKING
                    ? BatchCommand.alone(conversationIds)
                    : conversationIds.stream()
                        .<Outcome<Boolean>>map(id -> new Outcome.Done<>(asking.contains(id)))
                        .toList());
  }

  private static Bson isAsking() {
    return eq("state", State.ASKING.name());
  }

  /** Returns the open replies of this conversation, in the order of their requests. */
  Uni<List<Reply>> open(String conversationId) {
    return Reply.<Reply>find(
            and(eq("conversationId", conversationId), in("state", OPEN)),
            Sorts.ascending("wantedAt"))
        .list();
  }

  /** Returns conversations with a due reply, or with a request whose replica may have stopped. */
  Uni<List<String>> due(int limit) {
    return Reply.<Reply>find(dueUntil(transitions.now()), Sorts.ascending("dueAt"))
        .page(0, limit)
        .list()
        .map(due -> due.stream().map(reply -> reply.conversationId).distinct().toList());
  }

  private static Bson dueUntil(Date moment) {
    return or(
        eq("state", State.ASKING.name()),
        and(eq("state", State.PENDING.name()), lte("dueAt", moment)));
  }

  /** Notes the request to LibreChat before the request is sent. */
  Uni<Optional<Reply>> ask(Reply reply, String askedId, Collection<Recipient> phones) {
    List<Bson> changes = new ArrayList<>();
    changes.add(Updates.set("askedId", askedId));
    changes.add(Updates.set("phones", phones.stream().map(Recipient::stored).toList()));
    if (reply.askedAt == null) {
      changes.add(Updates.set("askedAt", transitions.now()));
    }
    return transitions.take(reply.id, State.PENDING, State.ASKING, null, changes);
  }

  /**
   * Notes that LibreChat has begun to generate the answer.
   *
   * @param answering whether LibreChat is known to be generating still
   */
  Uni<Void> begun(Reply reply, boolean answering) {
    return replies()
        .updateOne(
            and(eq("_id", reply.id), eq("state", State.ASKING.name())),
            Updates.combine(
                Updates.set("begunAt", transitions.now()),
                answering ? Updates.set("answering", true) : Updates.unset("answering")))
        .replaceWithVoid();
  }

  /** Returns replies whose answers LibreChat is generating now, requested by any replica. */
  Uni<List<Reply>> answering(int limit) {
    return Reply.<Reply>find(and(eq("answering", true), eq("state", State.ASKING.name())))
        .page(0, limit)
        .list();
  }

  /**
   * Notes the id of the message that repeats the question at the end of the conversation, before
   * the message is appended.
   */
  Uni<Optional<Reply>> repeating(Reply reply, String repeatId) {
    return transitions.take(
        reply.id,
        State.PENDING,
        State.PENDING,
        null,
        List.of(Updates.set("repeatId", repeatId), Updates.inc("repeats", 1)));
  }

  /** Returns the replies that the answer to one of these messages also answers. */
  Uni<List<Reply>> coveredBy(List<String> ids, int limit) {
    return Reply.<Reply>find(in("coveredBy", ids)).page(0, limit).list();
  }

  /** Schedules another attempt without counting an attempt. */
  Uni<Optional<Reply>> postpone(Reply reply, Duration pause, String cause) {
    return transitions.take(
        reply, State.PENDING, cause, Updates.set("dueAt", transitions.in(pause)));
  }

  /**
   * Schedules the next attempt after a failure, with a growing pause and full jitter.
   *
   * @param atLeast the shortest pause that LibreChat asks for
   * @param newRound whether the next attempt must be another request
   */
  Uni<Optional<Reply>> failed(
      Reply reply,
      String cause,
      Optional<Duration> atLeast,
      boolean newRound,
      List<String> failedAnswers) {
    List<Bson> changes = new ArrayList<>();
    changes.add(Updates.set("dueAt", transitions.nextAttempt(reply.attempts, atLeast)));
    changes.add(Updates.inc("attempts", 1));
    changes.add(Updates.set("error", cause));
    if (newRound) {
      changes.add(Updates.inc("round", 1));
      changes.add(Updates.set("failedAnswers", failedAnswers));
    }
    return transitions.take(reply.id, reply.state, State.PENDING, cause, changes);
  }

  Uni<Optional<Reply>> bury(Reply reply, String cause) {
    return transitions.take(
        reply, State.DEAD, cause, Updates.inc("attempts", 1), Updates.set("error", cause));
  }

  Uni<Optional<Reply>> answered(Reply reply, String answerId) {
    return transitions.take(
        reply, State.ANSWERED, null, Updates.set("answerId", answerId), Updates.unset("error"));
  }

  /** Ends a reply without an answer. */
  Uni<Optional<Reply>> skip(Reply reply, String cause) {
    return transitions.take(
        reply,
        State.SKIPPED,
        cause,
        Updates.set("error", cause),
        // The reply does not count as an answer to its sender.
        Updates.unset("askedAt"));
  }

  /** Ends replies that the answer to another message also answers. */
  Uni<Void> cover(List<Reply> replies, Reply by) {
    return Multi.createFrom()
        .iterable(replies)
        .onItem()
        .transformToUniAndConcatenate(
            reply ->
                transitions.take(
                    reply,
                    State.SKIPPED,
                    "The answer to a later message answers this one as well",
                    Updates.set("coveredBy", by.id),
                    Updates.unset("askedAt")))
        .collect()
        .asList()
        .replaceWithVoid();
  }

  /** Limits the recipients of the answer to these phones. */
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
    Date since = transitions.in(config.perSenderWindow().negated());
    return identities
        .of(person)
        .flatMap(
            who ->
                BoundedCount.upTo(
                    most + 1, replies(), and(in("phones.to", who.names()), gt("askedAt", since))))
        .map(count -> count > most);
  }

  /** Returns the reply of the message with this id. */
  public Uni<Optional<Reply>> find(String id) {
    return Reply.<Reply>findById(id).map(Optional::ofNullable);
  }

  /** Returns the replies in this state, the oldest first. */
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
    return transitions.take(
        id,
        State.DEAD,
        State.PENDING,
        "Requeued by hand",
        List.of(
            Updates.set("attempts", 0),
            Updates.set("dueAt", transitions.now()),
            Updates.set("repeats", 0),
            // LibreChat may remember that the old request failed.
            Updates.inc("round", 1)));
  }

  /** Drops a waiting reply or a dead letter. */
  public Uni<Boolean> drop(String id) {
    return Reply.delete(and(eq("_id", id), in("state", State.PENDING.name(), State.DEAD.name())))
        .map(dropped -> dropped > 0);
  }

  /** Removes everything that is kept here of the person with these names. */
  public Uni<Long> forgetPerson(Collection<String> names) {
    return Reply.delete(in("phones.to", names));
  }

  private static ReactiveMongoCollection<Reply> replies() {
    return Reply.mongoCollection();
  }

  @Override
  public Uni<Boolean> isDueBefore(Date moment) {
    return BoundedCount.any(Reply.mongoCollection(), dueUntil(moment));
  }
}
