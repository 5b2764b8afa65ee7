package chat.switchboard.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.FakeConversations;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.librechat.ThreadEnd;
import chat.switchboard.mongo.CallNotSent;
import chat.switchboard.mongo.FakeLeases;
import chat.switchboard.mongo.Lease;
import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.mongo.LeaseStore;
import chat.switchboard.mongo.Next;
import chat.switchboard.support.FakeTimers;
import com.mongodb.MongoTimeoutException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rounds of a lane, in fake time, with LibreChat and the inbox as the test wants them. */
@Tag("unit")
class ConversationLaneTest {

  private static final Duration LIFE = Duration.ofSeconds(9);
  private static final LeaseKey KEY = LeaseKey.conversation("a conversation");

  private final FakeTimers timers = new FakeTimers();
  private final FakeLeases.Shared shared = new FakeLeases.Shared();
  private final LeaseStore here = new FakeLeases(shared, "here", timers, LIFE);
  private final LeaseStore there = new FakeLeases(shared, "there", timers, LIFE);
  private final Lease lease = taken(here);
  private final List<String> steps = new ArrayList<>();
  private final List<List<NewMessage>> written = new ArrayList<>();
  private final List<Set<String>> checkedLater = new ArrayList<>();
  private final List<Set<String>> mended = new ArrayList<>();
  private final List<Long> waitedSince = new ArrayList<>();
  private final List<InboxEntry> inInbox = new ArrayList<>();
  private final List<InboxEntry> inDeletedConversations = new ArrayList<>();
  private int inboxReads;
  private int conversationReads;
  private boolean deleted;
  private long now;
  private Optional<Conversation> current = Optional.empty();
  private Inbox.Outcome outcome = new Inbox.Outcome.StillThere();
  private AnswerWait.End end = new AnswerWait.End(Optional.of(tail()), false, false);
  private boolean endFails;
  private boolean waitsOn = true;
  private LaneMedia.Look files = LaneMedia.Look.NO_FILES;
  private Runnable duringReads = () -> {};
  private Runnable duringWrite = () -> {};
  private final ConversationLane lane =
      new ConversationLane(
          new LaneBacklog(
              "a conversation",
              new RoutedInbox(null, null) {
                @Override
                Uni<Read> read(String conversationId, Set<String> senders) {
                  inboxReads++;
                  return Uni.createFrom()
                      .item(new Read(List.copyOf(inInbox), List.copyOf(inDeletedConversations)));
                }

                @Override
                Uni<Void> moveOn(List<InboxEntry> lost) {
                  inInbox.addAll(0, lost);
                  inDeletedConversations.removeAll(lost);
                  return Uni.createFrom().voidItem();
                }

                @Override
                Uni<Inbox.Outcome> outcome(String id, String conversationId) {
                  return Uni.createFrom().item(outcome);
                }
              },
              timers),
          new FakeConversations() {
            @Override
            public Uni<Optional<Conversation>> current(Conversation remembered) {
              conversationReads++;
              return Uni.createFrom().item(current);
            }

            @Override
            public Uni<Optional<Conversation>> find(String conversationId, String user) {
              return Uni.createFrom()
                  .item(deleted ? Optional.empty() : Optional.of(conversation(user)));
            }
          },
          new AnswerWait(null, null, null, null, null, null) {
            @Override
            Uni<End> end(Conversation conversation) {
              return endFails
                  ? Uni.createFrom().failure(new MongoTimeoutException("no primary"))
                  : Uni.createFrom().item(end);
            }

            @Override
            Uni<ThreadEnd> endRegardless(Conversation conversation) {
              return Uni.createFrom().item(tail());
            }

            @Override
            long now() {
              return now;
            }

            @Override
            boolean isWaiting(End end, long receivedAt) {
              waitedSince.add(receivedAt);
              return waitsOn;
            }
          },
          new LaneMedia(null, null, null) {
            @Override
            Uni<Look> look(Conversation conversation, List<InboxEntry> backlog) {
              duringReads.run();
              return Uni.createFrom().item(files);
            }
          },
          new BatchWriter(null, null, null, null, null, null, List.of()) {
            @Override
            Uni<List<Appended>> append(Conversation to, ThreadEnd tail, Batch batch) {
              return Uni.createFrom()
                  .item(
                      () -> {
                        duringWrite.run();
                        steps.add("append");
                        written.add(batch.messages());
                        return batch.messages().stream()
                            .<Appended>map(message -> new Appended.Now(saved(message)))
                            .toList();
                      });
            }

            @Override
            Uni<Void> handOn(Batch batch, List<Appended> appended) {
              steps.add("hand on");
              return Uni.createFrom().voidItem();
            }

            @Override
            void announce(Appended appended) {
              steps.add("announce");
            }

            @Override
            Uni<Void> mend(Conversation conversation, Set<String> messageIds) {
              mended.add(messageIds);
              return Uni.createFrom().voidItem();
            }
          },
          here,
          (conversation, messageIds) -> checkedLater.add(messageIds),
          new LaneLimits(null, null) {
            @Override
            Duration databaseTime() {
              return Duration.ofSeconds(5);
            }

            @Override
            Duration longestContention() {
              return LIFE.multipliedBy(3);
            }
          });

  @Test
  void messages_that_have_queued_up_go_in_together() {
    List<LaneItem> items = List.of(added(null), added(null), added(null));
    assertThat(round()).isEqualTo(Next.Again.NOW);
    assertThat(written).hasSize(1);
    assertThat(written.get(0)).containsExactlyElementsOf(messages(items));
    assertThat(items).allSatisfy(item -> assertThat(outcome(item)).isCompleted());
    assertThat(lane.insteadOfRound()).contains(new Next.Idle());
  }

  @Test
  void the_streams_are_told_of_a_message_before_it_is_handed_on_and_its_caller_is_answered() {
    LaneItem item = added(null);
    item.whenDone(() -> steps.add("done"));
    round();
    assertThat(steps).containsExactly("append", "announce", "hand on", "done");
  }

  @Test
  void a_branch_is_not_moved_while_librechat_generates_an_answer_that_would_hide_it() {
    end = new AnswerWait.End(Optional.empty(), false, false);
    lane.suspect(conversation("owner"), Set.of("branch"));
    added(null);
    assertThat(round()).isEqualTo(new Next.Again(Duration.ofMillis(500)));
    assertThat(mended).isEmpty();
    assertThat(written).isEmpty();
    end = new AnswerWait.End(Optional.of(tail()), false, false);
    assertThat(round()).isEqualTo(Next.Again.NOW);
    assertThat(mended).containsExactly(Set.of("branch"));
    round();
    assertThat(written).hasSize(1);
  }

  @Test
  void a_message_waits_for_an_answer_of_librechat_and_is_looked_at_once_more_afterwards() {
    end = new AnswerWait.End(Optional.empty(), false, false);
    LaneItem item = added(null);
    assertThat(round()).isEqualTo(new Next.Again(Duration.ofMillis(500)));
    assertThat(written).isEmpty();
    assertThat(item.waiting().subscribe().asCompletionStage()).isCompleted();
    end = new AnswerWait.End(Optional.of(tail()), false, false);
    round();
    assertThat(checkedLater).containsExactly(Set.of(item.messageId()));
    LaneItem next = added(null);
    round();
    assertThat(outcome(next)).isCompleted();
    assertThat(checkedLater).as("the next one did not wait").hasSize(1);
  }

  @Test
  void a_message_that_has_waited_too_long_is_appended_all_the_same_and_looked_at_afterwards() {
    end = new AnswerWait.End(Optional.empty(), true, false);
    waitsOn = false;
    LaneItem item = added(null);
    round();
    assertThat(outcome(item)).isCompleted();
    assertThat(checkedLater).as("the message is beside the answer").hasSize(1);
  }

  @Test
  void a_conversation_of_an_earlier_message_is_read_before_the_write() {
    LaneItem item = remembered("an owner");
    current = Optional.of(conversation("an owner"));
    assertThat(round()).isEqualTo(Next.Again.NOW);
    assertThat(conversationReads).isEqualTo(1);
    assertThat(item.conversation()).isSameAs(current.get());
    assertThat(outcome(item)).isCompleted();
    added(null);
    round();
    assertThat(conversationReads).as("this caller has read the conversation").isEqualTo(1);
  }

  @Test
  void a_conversation_that_has_changed_ends_the_messages_that_know_it_from_earlier_alone() {
    LaneItem gone = remembered("an owner");
    LaneItem another = added(null);
    round();
    assertThat(written).as("the end of the thread is read again").isEmpty();
    assertThat(catchThrowable(() -> outcome(gone).join()))
        .hasCauseInstanceOf(ConversationChanged.class);
    round();
    assertThat(outcome(another)).isCompleted();
    LaneItem others = remembered("another owner");
    current = Optional.of(conversation("an owner"));
    round();
    assertThat(catchThrowable(() -> outcome(others).join()))
        .hasCauseInstanceOf(ConversationChanged.class);
    assertThat(written).hasSize(1);
  }

  @Test
  void a_message_that_waited_is_not_written_into_a_conversation_that_was_deleted_meanwhile() {
    LaneItem item = added(null);
    end = new AnswerWait.End(Optional.empty(), false, false);
    round();
    timers.pass(Duration.ofSeconds(3));
    deleted = true;
    end = new AnswerWait.End(Optional.of(tail()), false, false);
    take(there);
    round();
    assertThat(written).isEmpty();
    assertThat(catchThrowable(() -> outcome(item).join()))
        .hasCauseInstanceOf(ConversationChanged.class);
  }

  @Test
  void messages_of_a_round_that_was_held_up_are_checked_under_the_same_lease() {
    LaneItem item = added(null);
    duringWrite = () -> now += 6_000;
    round();
    assertThat(outcome(item)).isCompleted();
    round();
    assertThat(mended).containsExactly(Set.of(item.messageId()));
  }

  @Test
  void messages_of_a_write_that_took_long_and_failed_are_checked_after_the_next_write() {
    LaneItem item = added(null);
    duringWrite =
        () -> {
          now += 6_000;
          throw new MongoTimeoutException("no response");
        };
    assertThat(lane.failed(catchThrowable(this::round))).isInstanceOf(Next.Again.class);
    duringWrite = () -> {};
    round();
    assertThat(outcome(item)).isCompleted();
    assertThat(checkedLater).containsExactly(Set.of(item.messageId()));
  }

  @Test
  void the_end_is_read_again_before_the_write_where_the_other_reads_took_long() {
    LaneItem item = added(null);
    duringReads =
        () -> {
          now += 2_001;
          end = new AnswerWait.End(Optional.empty(), false, false);
        };
    assertThat(round()).isEqualTo(Next.Again.NOW);
    assertThat(written).isEmpty();
    duringReads = () -> {};
    assertThat(round()).as("LibreChat generates").isEqualTo(new Next.Again(Duration.ofMillis(500)));
    end = new AnswerWait.End(Optional.of(tail()), false, false);
    round();
    assertThat(outcome(item)).isCompleted();
  }

  @Test
  void a_message_is_written_although_the_database_is_slow_for_long() {
    LaneItem item = added(null);
    duringReads = () -> now += 10_000;
    for (int i = 0; i < 3; i++) {
      assertThat(round()).isEqualTo(Next.Again.NOW);
    }
    assertThat(written).isEmpty();
    round();
    assertThat(outcome(item)).isCompleted();
    round();
    assertThat(mended).containsExactly(Set.of(item.messageId()));
  }

  @Test
  void a_round_whose_write_was_not_sent_is_repeated_a_few_times_also_without_a_waiting_caller() {
    LaneItem item = added(null);
    end = new AnswerWait.End(Optional.empty(), false, false);
    round();
    end = new AnswerWait.End(Optional.of(tail()), false, false);
    timers.pass(Duration.ofSeconds(30));
    here.renew(lease).await().atMost(Duration.ofSeconds(60));
    duringWrite =
        () -> {
          throw new CallNotSent(Duration.ofSeconds(2));
        };
    for (int i = 0; i < 3; i++) {
      assertThat(lane.failed(catchThrowable(this::round))).isInstanceOf(Next.Again.class);
      assertThat(outcome(item)).isNotDone();
    }
    duringWrite = () -> {};
    round();
    assertThat(outcome(item)).isCompleted();
    assertThat(checkedLater).as("the message waited").containsExactly(Set.of(item.messageId()));
    LaneItem next = added(null);
    lane.insteadOfRound();
    timers.pass(Duration.ofSeconds(30));
    for (int i = 0; i < 3; i++) {
      lane.failed(new CallNotSent(Duration.ofSeconds(2)));
    }
    assertThat(lane.failed(new CallNotSent(Duration.ofSeconds(2)))).isEqualTo(new Next.Idle());
    assertThat(failure(next)).isInstanceOf(CallNotSent.class);
  }

  private LaneItem remembered(String user) {
    LaneItem item =
        LaneItem.remembered(
            conversation(user),
            new NewMessage(UUID.randomUUID(), List.of("text"), "SMS", "sms", new Document()),
            0);
    lane.add(item);
    assertThat(lane.insteadOfRound()).isEmpty();
    return item;
  }

  private static Conversation conversation(String user) {
    Conversation conversation = new Conversation();
    conversation.conversationId = "a conversation";
    conversation.user = user;
    return conversation;
  }

  @Test
  void nothing_is_written_under_a_lease_that_may_be_lost() {
    LaneItem item = added(null);
    timers.freeze(LIFE);
    assertThat(round()).isEqualTo(Next.Again.NOW);
    assertThat(written).isEmpty();
    assertThat(outcome(item)).isNotDone();
  }

  @Test
  void messages_that_were_written_while_the_lease_was_lost_are_mended_in_the_next_round() {
    LaneItem item = added(null);
    duringWrite =
        () -> {
          take(there);
          timers.freeze(LIFE);
          assertThat(take(there)).isPresent();
        };
    round();
    assertThat(lease.isLost()).isTrue();
    assertThat(outcome(item)).isCompleted();
    assertThat(lane.insteadOfRound()).as("there is more to do").isEmpty();
    round();
    assertThat(mended).containsExactly(Set.of(item.messageId()));
    assertThat(lane.insteadOfRound()).contains(new Next.Idle());
  }

  @Test
  void a_write_that_took_long_is_not_mended_where_the_lease_is_still_held() {
    added(null);
    duringWrite = () -> timers.freeze(LIFE);
    round();
    assertThat(lease.isLost()).isFalse();
    assertThat(lane.insteadOfRound()).contains(new Next.Idle());
  }

  @Test
  void a_kept_message_that_the_inbox_no_longer_has_is_not_written() {
    LaneItem kept = added(entry());
    outcome = new Inbox.Outcome.Dropped();
    round();
    assertThat(written).isEmpty();
    assertThat(failure(kept)).isInstanceOf(ProblemException.class);
  }

  @Test
  void a_kept_message_that_reached_the_inbox_after_the_look_is_looked_for_again() {
    InboxEntry entry = entry();
    LaneItem kept = added(entry);
    assertThat(round()).isEqualTo(new Next.Again(Duration.ofMillis(25)));
    inInbox.add(entry);
    round();
    assertThat(outcome(kept)).isCompleted();
  }

  @Test
  void an_empty_inbox_is_read_four_times_a_second_and_not_for_each_message() {
    for (int i = 0; i < 10; i++) {
      added(null);
      round();
      timers.pass(Duration.ofMillis(20));
    }
    assertThat(inboxReads).isEqualTo(1);
    timers.pass(Duration.ofMillis(50));
    added(null);
    round();
    assertThat(inboxReads).isEqualTo(2);
  }

  @Test
  void the_inbox_is_read_for_a_kept_message_and_under_a_new_lease() {
    added(null);
    round();
    lane.acquired(false);
    added(null);
    round();
    assertThat(inboxReads).as("under a new lease").isEqualTo(2);
    InboxEntry entry = entry();
    inInbox.add(entry);
    added(entry);
    round();
    assertThat(inboxReads).as("for a kept message").isEqualTo(3);
  }

  @Test
  void the_place_of_a_message_is_checked_later_if_libre_chat_did_not_tell_its_status() {
    added(null);
    round();
    assertThat(checkedLater).isEmpty();
    end = new AnswerWait.End(Optional.of(tail()), false, true);
    LaneItem item = added(null);
    round();
    assertThat(checkedLater).containsExactly(Set.of(item.messageId()));
  }

  @Test
  void a_round_writes_by_what_was_read_while_the_lease_was_taken() {
    LaneItem item = added(null);
    lane.insteadOfRound();
    lane.readEarly();
    lane.acquired(true);
    run();
    assertThat(outcome(item)).isCompleted();
    assertThat(inboxReads).isEqualTo(1);
  }

  @Test
  void early_reads_are_repeated_if_another_replica_may_have_written_meanwhile() {
    LaneItem item = added(null);
    lane.insteadOfRound();
    lane.readEarly();
    InboxEntry other = entry();
    other.envelope = sealed();
    inInbox.add(other);
    lane.acquired(false);
    run();
    assertThat(outcome(item)).isCompleted();
    assertThat(inboxReads).isEqualTo(2);
    assertThat(written.get(0)).as("the message of the other replica too").hasSize(2);
  }

  @Test
  void early_reads_do_not_count_after_a_round_that_moves_messages() {
    LaneItem item = added(null);
    lane.insteadOfRound();
    lane.readEarly();
    lane.suspect(conversation("an owner"), Set.of("a message"));
    lane.acquired(true);
    run();
    assertThat(mended).hasSize(1);
    round();
    assertThat(outcome(item)).isCompleted();
    assertThat(inboxReads).isEqualTo(2);
  }

  @Test
  void failed_early_reads_fail_their_round_alone() {
    LaneItem item = added(null);
    lane.insteadOfRound();
    endFails = true;
    lane.readEarly();
    endFails = false;
    lane.acquired(true);
    assertThatThrownBy(this::run).isInstanceOf(MongoTimeoutException.class);
    round();
    assertThat(outcome(item)).isCompleted();
  }

  @Test
  void failed_early_reads_that_do_not_count_fail_no_round() {
    LaneItem item = added(null);
    lane.insteadOfRound();
    endFails = true;
    lane.readEarly();
    endFails = false;
    lane.acquired(false);
    run();
    assertThat(outcome(item)).isCompleted();
  }

  @Test
  void a_message_that_arrives_after_early_reads_goes_into_the_next_round() {
    added(null);
    lane.insteadOfRound();
    lane.readEarly();
    InboxEntry later = entry();
    LaneItem kept = added(later);
    lane.acquired(true);
    run();
    assertThat(written).hasSize(1);
    assertThat(written.get(0)).hasSize(1);
    later.envelope = sealed();
    inInbox.add(later);
    round();
    assertThat(outcome(kept)).isCompleted();
  }

  @Test
  void a_round_that_met_a_database_in_trouble_is_repeated_while_the_callers_wait() {
    LaneItem item = added(null);
    lane.insteadOfRound();
    assertThat(lane.failed(new MongoTimeoutException("no primary"))).isInstanceOf(Next.Again.class);
    assertThat(outcome(item)).isNotDone();
    timers.pass(Duration.ofSeconds(5));
    assertThat(lane.failed(new MongoTimeoutException("no primary"))).isEqualTo(new Next.Idle());
    assertThat(failure(item)).isInstanceOf(MongoTimeoutException.class);
  }

  @Test
  void a_round_that_failed_for_good_ends_its_messages_and_goes_on_with_those_behind() {
    List<LaneItem> items = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      items.add(added(null));
    }
    lane.insteadOfRound();
    assertThat(lane.failed(new IllegalStateException("a fault"))).isEqualTo(Next.Again.NOW);
    assertThat(failure(items.get(63))).isInstanceOf(IllegalStateException.class);
    round();
    assertThat(outcome(items.get(64))).isCompleted();
  }

  @Test
  void the_stop_of_the_service_answers_all_callers() {
    List<LaneItem> items = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      items.add(added(null));
    }
    lane.insteadOfRound();
    lane.refuse();
    assertThat(items).allMatch(item -> failure(item) instanceof ProblemException);
    assertThat(lane.insteadOfRound()).contains(new Next.Idle());
  }

  @Test
  void messages_that_may_have_become_a_branch_are_given_up_after_a_fault_and_at_a_stop() {
    lane.suspect(new Conversation(), Set.of());
    assertThat(lane.insteadOfRound()).isEmpty();
    assertThat(lane.failed(new IllegalStateException("a fault"))).isEqualTo(new Next.Idle());
    assertThat(lane.insteadOfRound()).contains(new Next.Idle());
    lane.suspect(new Conversation(), Set.of());
    lane.refuse();
    assertThat(lane.insteadOfRound()).contains(new Next.Idle());
  }

  @Test
  void a_check_of_the_place_outlasts_an_outage_of_the_database_of_up_to_two_minutes() {
    Next again = new Next.Again(Duration.ofMillis(500));
    lane.suspect(conversation("owner"), Set.of("branch"));
    assertThat(lane.insteadOfRound()).isEmpty();
    assertThat(lane.failed(new MongoTimeoutException("no primary"))).isEqualTo(again);
    now = 120_000;
    assertThat(lane.failed(new MongoTimeoutException("no primary"))).isEqualTo(again);
    round();
    assertThat(mended).containsExactly(Set.of("branch"));
    lane.suspect(conversation("owner"), Set.of("another"));
    now = 240_001;
    assertThat(lane.failed(new MongoTimeoutException("no primary"))).isEqualTo(new Next.Idle());
    assertThat(lane.insteadOfRound()).contains(new Next.Idle());
  }

  @Test
  void a_message_waits_on_if_libre_chat_falls_silent_during_an_answer() {
    now = 1;
    end = new AnswerWait.End(Optional.empty(), false, false);
    added(null);
    round();
    end = new AnswerWait.End(Optional.of(tail()), false, true);
    assertThat(round()).isEqualTo(new Next.Again(Duration.ofMillis(500)));
    assertThat(written).isEmpty();
    end = new AnswerWait.End(Optional.of(tail()), false, false);
    round();
    assertThat(written).hasSize(1);
    end = new AnswerWait.End(Optional.of(tail()), false, true);
    added(null);
    round();
    assertThat(written).as("LibreChat was idle before the silence").hasSize(2);
  }

  @Test
  void the_wait_for_an_answer_counts_from_the_oldest_message_here_or_in_the_inbox() {
    end = new AnswerWait.End(Optional.empty(), false, false);
    added(null, 3_000);
    round();
    assertThat(waitedSince).as("without a message in the inbox").containsExactly(3_000L);
    InboxEntry older = entry();
    older.receivedAt = new Date(2_000);
    older.envelope = sealed();
    inInbox.add(older);
    lane.acquired(false);
    round();
    assertThat(waitedSince).as("an older one in the inbox").last().isEqualTo(2_000L);
    added(null, 1_000);
    round();
    assertThat(waitedSince).as("an older one here").last().isEqualTo(1_000L);
  }

  @Test
  void a_message_waits_until_an_earlier_one_of_its_sender_has_left_a_deleted_conversation() {
    InboxEntry earlier = of("a person", 1);
    inDeletedConversations.add(earlier);
    InboxEntry later = of("a person", 2);
    InboxEntry anothers = of("another person", 3);
    inInbox.addAll(List.of(later, anothers));
    LaneItem item = added(later);
    assertThat(round()).isEqualTo(Next.Again.NOW);
    assertThat(writtenIds(0)).as("others do not wait").containsExactly(anothers.messageId);
    assertThat(item.waiting().subscribe().asCompletionStage()).isCompleted();
    inInbox.remove(anothers);
    assertThat(round()).isEqualTo(new Next.Again(Duration.ofMillis(250)));
    // Another replica finds the next conversation of the earlier message.
    inDeletedConversations.clear();
    inInbox.add(earlier);
    round();
    assertThat(writtenIds(1)).containsExactly(earlier.messageId, later.messageId);
    assertThat(outcome(item)).isCompleted();
  }

  @Test
  void a_message_that_its_replica_leaves_in_a_deleted_conversation_is_moved_after_5_s() {
    InboxEntry earlier = of("a person", 1);
    inDeletedConversations.add(earlier);
    InboxEntry later = of("a person", 2);
    inInbox.add(later);
    added(later);
    round();
    timers.pass(Duration.ofMillis(4_900));
    round();
    assertThat(written).isEmpty();
    timers.pass(Duration.ofMillis(100));
    round();
    assertThat(writtenIds(0)).containsExactly(earlier.messageId, later.messageId);
  }

  @Test
  void a_message_that_comes_before_the_one_in_a_deleted_conversation_does_not_wait_for_it() {
    inDeletedConversations.add(of("a person", 2));
    InboxEntry earlier = of("a person", 1);
    inInbox.add(earlier);
    added(earlier);
    round();
    assertThat(writtenIds(0)).containsExactly(earlier.messageId);
  }

  @Test
  void a_message_without_a_key_waits_for_an_earlier_one_of_its_sender_too() {
    InboxEntry earlier = of("a person", 1);
    inDeletedConversations.add(earlier);
    LaneItem item =
        LaneItem.unkept(
            conversation("an owner"),
            new NewMessage(UUID.randomUUID(), List.of("text"), "SMS", "sms", new Document()),
            0,
            Optional.of("a person"));
    lane.add(item);
    assertThat(round()).isEqualTo(new Next.Again(Duration.ofMillis(250)));
    timers.pass(Duration.ofSeconds(5));
    round();
    assertThat(writtenIds(0)).containsExactly(earlier.messageId, item.messageId());
  }

  @Test
  void an_empty_inbox_is_read_again_for_another_sender() {
    for (String sender : List.of("a person", "a person", "another person")) {
      lane.add(
          LaneItem.unkept(
              conversation("an owner"),
              new NewMessage(UUID.randomUUID(), List.of("text"), "SMS", "sms", new Document()),
              0,
              Optional.of(sender)));
      round();
    }
    assertThat(inboxReads).isEqualTo(2);
  }

  private List<String> writtenIds(int batch) {
    return written.get(batch).stream().map(one -> one.messageId().toString()).toList();
  }

  private static InboxEntry of(String sender, int arrival) {
    InboxEntry entry = entry();
    entry.sender = sender;
    entry.arrival = new BsonTimestamp(arrival, 1);
    entry.envelope = sealed();
    return entry;
  }

  private Next round() {
    assertThat(lane.insteadOfRound()).isEmpty();
    return run();
  }

  private Next run() {
    return lane.run(lease).await().atMost(Duration.ofSeconds(60));
  }

  private LaneItem added(InboxEntry entry) {
    return added(entry, 0);
  }

  private LaneItem added(InboxEntry entry, long receivedAt) {
    LaneItem item =
        new LaneItem(
            conversation("an owner"),
            new NewMessage(
                entry == null ? UUID.randomUUID() : UUID.fromString(entry.messageId),
                List.of("text"),
                "SMS",
                "sms",
                new Document()),
            receivedAt,
            entry,
            timers::nanoTime);
    lane.add(item);
    return item;
  }

  private static InboxEntry entry() {
    InboxEntry entry = new InboxEntry();
    entry.id = UUID.randomUUID().toString();
    entry.messageId = UUID.randomUUID().toString();
    entry.arrival = new BsonTimestamp(1, 1);
    entry.receivedAt = new Date(0);
    entry.sequence = 1L;
    return entry;
  }

  private static Document sealed() {
    return Envelope.seal(InboundMessages.sms());
  }

  private Lease taken(LeaseStore replica) {
    return take(replica).orElseThrow();
  }

  private static Optional<Lease> take(LeaseStore replica) {
    return replica.take(KEY).await().atMost(Duration.ofSeconds(60));
  }

  private static ThreadEnd tail() {
    return new ThreadEnd(Optional.empty(), Optional.empty());
  }

  private static Message saved(NewMessage message) {
    Message saved = new Message();
    saved.messageId = message.messageId().toString();
    return saved;
  }

  private static List<NewMessage> messages(List<LaneItem> items) {
    return items.stream().map(item -> item.message).toList();
  }

  private static CompletableFuture<Appended> outcome(LaneItem item) {
    return item.outcome().subscribe().asCompletionStage();
  }

  private static Throwable failure(LaneItem item) {
    Throwable thrown = catchThrowable(() -> outcome(item).getNow(null));
    return thrown == null ? null : thrown.getCause();
  }
}
