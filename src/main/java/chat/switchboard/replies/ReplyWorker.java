package chat.switchboard.replies;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import chat.switchboard.librechat.AgentClient;
import chat.switchboard.librechat.AnswerReader;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.Generations;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.ThreadEnd;
import chat.switchboard.librechat.ThreadNode;
import chat.switchboard.librechat.UnansweredRun;
import chat.switchboard.mongo.ExclusiveRunner;
import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.replies.Reply.State;
import chat.switchboard.routing.NoticesConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Has the messages of one conversation answered, one answer at a time, in one replica at a time. A
 * burst is answered once: by the answer to its last message.
 */
@ApplicationScoped
class ReplyWorker {

  private static final Logger LOG = Logger.getLogger(ReplyWorker.class);

  /** A burst that does not end is answered all the same, after so many times the quiet. */
  private static final int LONGEST_BURST = 15;

  /** How soon we look again where LibreChat is at something else. */
  private static final Duration BUSY = Duration.ofSeconds(1);

  private final Replies replies;
  private final AgentCall attempts;
  private final ReplyPolicy silence;
  private final ReplySender sending;
  private final AgentClient agent;
  private final Conversations conversations;
  private final Generations generations;
  private final AnswerReader answers;
  private final Repeats repeats;
  private final ExclusiveRunner alone;
  private final RepliesConfig repliesConfig;
  private final NoticesConfig noticesConfig;
  private final Clock clock;
  private final Vertx vertx;
  private final MeterRegistry meters;
  private final Map<String, Cancellable> busy = new ConcurrentHashMap<>();
  private final Map<String, Integer> perOwner = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  ReplyWorker(
      Replies replies,
      AgentCall attempts,
      ReplyPolicy silence,
      ReplySender sending,
      AgentClient agent,
      Conversations conversations,
      Generations generations,
      AnswerReader answers,
      Repeats repeats,
      ExclusiveRunner alone,
      RepliesConfig repliesConfig,
      NoticesConfig noticesConfig,
      Clock clock,
      Vertx vertx,
      MeterRegistry meters) {
    this.replies = replies;
    this.attempts = attempts;
    this.silence = silence;
    this.sending = sending;
    this.agent = agent;
    this.conversations = conversations;
    this.generations = generations;
    this.answers = answers;
    this.repeats = repeats;
    this.alone = alone;
    this.repliesConfig = repliesConfig;
    this.noticesConfig = noticesConfig;
    this.clock = clock;
    this.vertx = vertx;
    this.meters = meters;
  }

  /** What is under way is left to another replica, or to our next start. */
  void onStop(@Observes ShutdownEvent event) {
    stopping = true;
    busy.values().forEach(Cancellable::cancel);
  }

  void onWanted(@Observes ReplyWanted wanted) {
    later(wanted.conversationId(), repliesConfig.debounce());
  }

  private void later(String conversationId, Duration pause) {
    vertx.setTimer(Math.max(1, pause.toMillis()), timer -> kick(conversationId));
  }

  /** The name of the lease under which one conversation's messages are answered. */
  static LeaseKey lease(String conversationId) {
    return LeaseKey.reply(conversationId);
  }

  /** Starts with this conversation, unless somebody is at it. */
  void kick(String conversationId) {
    if (stopping || !agent.isThere() || busy.putIfAbsent(conversationId, () -> {}) != null) {
      return;
    }
    Cancellable work =
        alone
            .run(lease(conversationId), () -> work(conversationId))
            .onTermination()
            .invoke(() -> busy.remove(conversationId))
            .subscribe()
            .with(
                done -> {},
                failure ->
                    LOG.warnf(
                        "Processing the replies of conversation %s failed and will be retried: %s",
                        conversationId, Cause.of(failure)));
    busy.computeIfPresent(conversationId, (id, started) -> work);
  }

  private Uni<Boolean> work(String conversationId) {
    return Uni.createFrom()
        .deferred(() -> step(conversationId))
        .repeat()
        .whilst(goOn -> goOn && !stopping)
        .collect()
        .last();
  }

  /** One answer; says whether there may be more to do now. */
  private Uni<Boolean> step(String conversationId) {
    return replies
        .open(conversationId)
        .flatMap(
            open -> {
              Optional<Duration> notYet = notYet(open);
              if (open.isEmpty() || notYet.isPresent()) {
                notYet.ifPresent(pause -> later(conversationId, pause));
                return no();
              }
              String user = open.get(0).user;
              if (!enter(user)) {
                return no();
              }
              return conversations
                  .find(conversationId, user)
                  .flatMap(
                      found ->
                          found
                              .map(conversation -> go(conversation, open))
                              .orElseGet(() -> skip(open, "The conversation was deleted")))
                  .onTermination()
                  .invoke(() -> leave(user));
            });
  }

  /** How long to wait still: for the end of the burst, or for the time of the next try. */
  private Optional<Duration> notYet(List<Reply> open) {
    if (open.isEmpty() || open.stream().anyMatch(reply -> reply.state == State.ASKING)) {
      return Optional.empty();
    }
    Reply first = open.get(0);
    Reply newest = open.get(open.size() - 1);
    long now = clock.millis();
    long longest = repliesConfig.debounce().toMillis() * LONGEST_BURST;
    boolean endless = newest.attempts == 0 && now - first.wantedAt.getTime() > longest;
    long left = newest.dueAt.getTime() - now;
    return left <= 0 || endless ? Optional.empty() : Optional.of(Duration.ofMillis(left));
  }

  /** LibreChat lets a user generate only a few answers at once, and the owner wants some too. */
  private boolean enter(String user) {
    int inside = perOwner.merge(user, 1, Integer::sum);
    if (inside > repliesConfig.perOwner()) {
      leave(user);
      return false;
    }
    return true;
  }

  private void leave(String user) {
    perOwner.computeIfPresent(user, (id, inside) -> inside == 1 ? null : inside - 1);
  }

  private Uni<Boolean> go(Conversation conversation, List<Reply> open) {
    Optional<Reply> asking = open.stream().filter(reply -> reply.state == State.ASKING).findFirst();
    if (asking.isPresent()) {
      return attempts
          .resume(conversation, asking.get())
          .flatMap(attempt -> after(conversation, asking.get(), attempt));
    }
    return silence
        .mayBeAnswered(phones(open))
        .flatMap(
            allowed ->
                alone.inTurn(
                    LeaseKey.conversation(conversation.conversationId),
                    lease ->
                        plan(conversation, open, allowed)
                            .call(
                                plan ->
                                    alone.isStillHeld(lease).flatMap(ours -> undo(plan, ours)))))
        .flatMap(plan -> carryOut(conversation, plan));
  }

  /** What is to be done, found out while nothing can be appended to the conversation. */
  private sealed interface Plan {

    /** LibreChat is generating another answer. */
    record Wait(List<Reply> open) implements Plan {}

    /**
     * @param elsewhere messages that are not at the end of the conversation any more
     * @param here messages at its end, by the time they came
     * @param end the end
     * @param asking the one of them that LibreChat is asked to answer; the lanes wait from here on
     */
    record Go(List<Reply> elsewhere, List<Reply> here, UnansweredRun end, Optional<Reply> asking)
        implements Plan {}

    /**
     * The owner's turn has cut answers off, and they cannot be asked for again, or not yet.
     *
     * @param cut those replies
     * @param cause why it will not be asked for again; empty while the owner's turn has no answer
     */
    record CutOff(List<Reply> elsewhere, List<Reply> cut, Optional<String> cause) implements Plan {}
  }

  private Uni<Plan> plan(Conversation conversation, List<Reply> open, List<Recipient> allowed) {
    return generations
        .idleEnd(conversation)
        .flatMap(
            idle ->
                idle.map(
                        tail ->
                            answers
                                .openEnd(conversation, tail)
                                .flatMap(end -> plan(conversation, open, tail, end, allowed)))
                    .orElseGet(() -> Uni.createFrom().item(new Plan.Wait(open))));
  }

  private Uni<Plan> plan(
      Conversation conversation,
      List<Reply> open,
      ThreadEnd tail,
      UnansweredRun end,
      List<Recipient> allowed) {
    Set<String> run =
        end.run().stream().map(message -> message.messageId).collect(Collectors.toSet());
    Map<Boolean, List<Reply>> atEnd =
        open.stream()
            .collect(
                Collectors.partitioningBy(
                    reply ->
                        run.contains(reply.id)
                            || (reply.repeatId != null && run.contains(reply.repeatId))));
    List<Reply> here = atEnd.get(true);
    return repeats
        .cutOff(conversation, atEnd.get(false))
        .flatMap(
            cut -> {
              List<Reply> elsewhere = new ArrayList<>(atEnd.get(false));
              elsewhere.removeAll(cut);
              if (cut.isEmpty() || !here.isEmpty()) {
                // What was cut off is answered by the answer to what has come since.
                List<Reply> together = new ArrayList<>(cut);
                together.addAll(here);
                return ask(elsewhere, together, end, allowed);
              }
              return askAgain(conversation, elsewhere, cut, tail, allowed);
            });
  }

  private Uni<Plan> ask(
      List<Reply> elsewhere, List<Reply> here, UnansweredRun end, List<Recipient> allowed) {
    if (here.isEmpty() || end.answer().isPresent() || isSilent(here, allowed)) {
      return Uni.createFrom().item(new Plan.Go(elsewhere, here, end, Optional.empty()));
    }
    return replies
        .ask(here.get(here.size() - 1), end.run().get(0).messageId, to(allowed, phones(here)))
        .invoke(() -> FaultPoint.reached("asking"))
        .map(asking -> new Plan.Go(elsewhere, here, end, asking));
  }

  private static boolean isSilent(List<Reply> here, List<Recipient> allowed) {
    return !phones(here).isEmpty() && to(allowed, phones(here)).isEmpty();
  }

  /** Behind the owner's turn, once that has been answered. */
  private Uni<Plan> askAgain(
      Conversation conversation,
      List<Reply> elsewhere,
      List<Reply> cut,
      ThreadEnd tail,
      List<Recipient> allowed) {
    UnansweredRun nothing = new UnansweredRun(List.of(), Optional.empty());
    Reply last = cut.get(cut.size() - 1);
    if (isSilent(cut, allowed)) {
      return Uni.createFrom().item(new Plan.Go(elsewhere, cut, nothing, Optional.empty()));
    }
    if (tail.parent().filter(ThreadNode::byUser).isPresent()) {
      long waited = clock.millis() - last.begunAt.getTime();
      boolean tooLong = waited > 2 * repliesConfig.timeout().toMillis();
      return Uni.createFrom()
          .item(
              new Plan.CutOff(
                  elsewhere,
                  cut,
                  Optional.of("The owner's turn that cut the answer off has no answer itself")
                      .filter(cause -> tooLong)));
    }
    if (Repeats.times(last) >= Repeats.MOST) {
      return Uni.createFrom()
          .item(
              new Plan.CutOff(
                  elsewhere, cut, Optional.of("The owner's turns cut the answer off each time")));
    }
    return repeats
        .append(conversation, tail, last, cut)
        .flatMap(
            repeated -> {
              if (repeated.isEmpty()) {
                return Uni.createFrom()
                    .item(new Plan.CutOff(elsewhere, cut, Optional.of("The message is gone")));
              }
              count("repeated");
              return ask(
                  elsewhere,
                  cut,
                  new UnansweredRun(List.of(repeated.get()), Optional.empty()),
                  allowed);
            });
  }

  private static List<Recipient> phones(List<Reply> open) {
    // The number that the person has used last, where there are several.
    Map<String, Recipient> byPerson = new LinkedHashMap<>();
    open.stream()
        .flatMap(reply -> reply.phones.stream())
        .map(Recipient::of)
        .forEach(phone -> byPerson.put(phone.account(), phone));
    return List.copyOf(byPerson.values());
  }

  private static List<Recipient> to(Collection<Recipient> allowed, List<Recipient> wanted) {
    List<String> people = allowed.stream().map(Recipient::to).toList();
    return wanted.stream().filter(phone -> people.contains(phone.to())).toList();
  }

  /** If something may have been appended meanwhile after all, it is planned again. */
  private Uni<Void> undo(Plan plan, boolean ours) {
    return !ours && plan instanceof Plan.Go go && go.asking().isPresent()
        ? replies
            .postpone(go.asking().get(), Duration.ZERO, "Planned again")
            .flatMap(done -> Uni.createFrom().failure(new IllegalStateException("Planned again")))
        : Uni.createFrom().voidItem();
  }

  private Uni<Boolean> carryOut(Conversation conversation, Plan plan) {
    if (plan instanceof Plan.Wait wait) {
      return busy(wait.open().get(wait.open().size() - 1));
    }
    if (plan instanceof Plan.CutOff cutOff) {
      return settle(conversation, cutOff.elsewhere()).flatMap(settled -> cutOff(cutOff));
    }
    Plan.Go go = (Plan.Go) plan;
    return settle(conversation, go.elsewhere()).flatMap(settled -> here(conversation, go));
  }

  private Uni<List<Boolean>> settle(Conversation conversation, List<Reply> elsewhere) {
    return Multi.createFrom()
        .iterable(elsewhere)
        .onItem()
        .transformToUniAndConcatenate(reply -> settle(conversation, reply))
        .collect()
        .asList();
  }

  private Uni<Boolean> cutOff(Plan.CutOff plan) {
    return Multi.createFrom()
        .iterable(plan.cut())
        .onItem()
        .transformToUniAndConcatenate(
            reply ->
                plan.cause()
                    .map(cause -> bury(reply, cause))
                    .orElseGet(
                        () ->
                            replies
                                .postpone(reply, BUSY, "The owner's turn is not answered yet")
                                .replaceWith(false)))
        .collect()
        .asList()
        .replaceWith(plan.cause().isPresent());
  }

  /** Not at the end any more: it has an answer of its own, or somebody has gone on without one. */
  private Uni<Boolean> settle(Conversation conversation, Reply reply) {
    return answers
        .below(conversation, reply.askedId == null ? reply.id : reply.askedId)
        .flatMap(
            found ->
                found.answer().isPresent()
                    ? after(conversation, reply, new AgentCallResult.Answered(found.answer().get()))
                    : skip(
                        List.of(reply), "The conversation has gone on without an answer to this"));
  }

  private Uni<Boolean> here(Conversation conversation, Plan.Go go) {
    if (go.here().isEmpty()) {
      return no();
    }
    Reply last = go.here().get(go.here().size() - 1);
    List<Reply> others = new ArrayList<>(go.here());
    others.remove(last);
    if (go.end().answer().isPresent()) {
      // Generated by a request whose end we have not seen.
      Reply all = last;
      all.phones = phones(go.here()).stream().map(Recipient::stored).toList();
      return replies
          .onlyTo(all, phones(go.here()))
          .flatMap(done -> replies.cover(others, all))
          .flatMap(
              done ->
                  after(conversation, all, new AgentCallResult.Answered(go.end().answer().get())));
    }
    if (go.asking().isEmpty()) {
      return skip(go.here(), "It came from a number of ours, or from somebody who opted out");
    }
    Reply asking = go.asking().get();
    return replies
        .cover(others, asking)
        .flatMap(done -> withinLimit(asking))
        .flatMap(
            reply ->
                reply.isEmpty()
                    ? yes()
                    : attempts
                        .ask(conversation, reply.get(), go.end().run().get(0))
                        .flatMap(attempt -> after(conversation, reply.get(), attempt)));
  }

  /** Two programs that answer each other come to an end here. */
  private Uni<Optional<Reply>> withinLimit(Reply asking) {
    List<Recipient> phones = phones(List.of(asking));
    return silence
        .notTooOften(phones)
        .flatMap(
            few -> {
              if (few.size() == phones.size()) {
                return Uni.createFrom().item(Optional.of(asking));
              }
              return few.isEmpty()
                  ? skip(List.of(asking), "Too many automatic answers to this sender")
                      .map(done -> Optional.empty())
                  : replies.onlyTo(asking, few);
            });
  }

  private Uni<Boolean> after(Conversation conversation, Reply reply, AgentCallResult attempt) {
    if (attempt instanceof AgentCallResult.Answered answered) {
      return answered(reply, answered.answer());
    }
    if (attempt instanceof AgentCallResult.Busy) {
      return busy(reply);
    }
    if (attempt instanceof AgentCallResult.Open) {
      return replies.postpone(reply, Duration.ZERO, "Taken up again").replaceWith(true);
    }
    if (attempt instanceof AgentCallResult.Never never) {
      return bury(reply, never.cause());
    }
    AgentCallResult.Again again = (AgentCallResult.Again) attempt;
    return again(reply, again);
  }

  private Uni<Boolean> answered(Reply reply, Message answer) {
    return question(reply)
        .flatMap(question -> sending.answer(reply, question.orElse(answer), answer))
        .flatMap(done -> replies.answered(reply, answer.messageId))
        .invoke(
            noted -> {
              FaultPoint.reached("answered");
              count("answered");
              meters
                  .timer("switchboard.replies.duration")
                  .record(Duration.ofMillis(clock.millis() - reply.wantedAt.getTime()));
            })
        .replaceWith(true);
  }

  private static Uni<Optional<Message>> question(Reply reply) {
    return Message.<Message>find(
            and(
                eq("messageId", reply.askedId == null ? reply.id : reply.askedId),
                eq("user", reply.user)))
        .firstResult()
        .map(Optional::ofNullable);
  }

  /** LibreChat is at another answer: that is no failure, unless it takes too long. */
  private Uni<Boolean> busy(Reply reply) {
    long patience = repliesConfig.timeout().toMillis() * (reply.attempts + 1);
    return clock.millis() - reply.wantedAt.getTime() > patience
        ? again(reply, new AgentCallResult.Again("LibreChat was at another answer all the time"))
        : replies.postpone(reply, BUSY, "LibreChat is at another answer").replaceWith(false);
  }

  private Uni<Boolean> again(Reply reply, AgentCallResult.Again again) {
    if (reply.attempts + 1 >= repliesConfig.maxAttempts()) {
      return bury(reply, again.cause());
    }
    LOG.warnf(
        "Attempt %d to get an answer to message %s failed: %s",
        reply.attempts + 1, reply.id, again.cause());
    count("retried");
    return replies
        .failed(reply, again.cause(), again.atLeast(), again.over(), again.failedAnswers())
        .replaceWith(true);
  }

  private Uni<Boolean> bury(Reply reply, String cause) {
    LOG.errorf("Message %s gets no answer and is a dead letter: %s", reply.id, cause);
    count("dead");
    Optional<String> apology = noticesConfig.noAnswer().filter(text -> !text.isBlank());
    return apology
        .map(text -> sending.apology(reply, text))
        .orElseGet(() -> Uni.createFrom().voidItem())
        .flatMap(done -> replies.bury(reply, cause))
        .replaceWith(true);
  }

  private Uni<Boolean> skip(List<Reply> open, String cause) {
    return Multi.createFrom()
        .iterable(open)
        .onItem()
        .transformToUniAndConcatenate(
            reply -> replies.skip(reply, cause).invoke(() -> count("skipped")))
        .collect()
        .asList()
        .replaceWith(true);
  }

  private void count(String outcome) {
    meters.counter("switchboard.replies", "outcome", outcome).increment();
  }

  private static Uni<Boolean> yes() {
    return Uni.createFrom().item(true);
  }

  private static Uni<Boolean> no() {
    return Uni.createFrom().item(false);
  }
}
