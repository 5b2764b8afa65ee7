package chat.switchboard.replies;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.ThreadEnd;
import chat.switchboard.librechat.ThreadNode;
import chat.switchboard.librechat.UnansweredRun;
import chat.switchboard.replies.Reply.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The plan for the open replies of a conversation. */
@Tag("unit")
class ReplyPlannerTest {

  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final Recipient ANN = new Recipient("+15550001001", Optional.of("+15550009999"));
  private static final Recipient BOB = new Recipient("+15550001002", Optional.of("+15550009999"));

  private final ReplyPlanner planner =
      new ReplyPlanner(new Settings(), Clock.fixed(NOW, ZoneOffset.UTC));

  // When

  @ParameterizedTest(name = "{0}")
  @MethodSource("waits")
  void the_replies_wait_until_the_burst_is_over_or_the_next_attempt_is_due(
      String label, List<Reply> open, Optional<Duration> pause) {
    assertThat(planner.untilDue(open)).isEqualTo(pause);
  }

  private static Stream<Arguments> waits() {
    return Stream.of(
        Arguments.of("nothing is open", List.of(), Optional.empty()),
        Arguments.of("one is due now", List.of(due(pending("a"), 0)), Optional.empty()),
        Arguments.of("one is overdue", List.of(due(pending("a"), -5_000)), Optional.empty()),
        Arguments.of(
            "one is due in a moment", List.of(due(pending("a"), 1)), Optional.of(millis(1))),
        Arguments.of(
            "the newest of a burst decides",
            List.of(due(pending("a"), -1_000), due(pending("b"), 1_500)),
            Optional.of(millis(1_500))),
        Arguments.of(
            "a burst of exactly the longest length still waits",
            List.of(wanted(due(pending("a"), -1_000), 30_000), due(pending("b"), 1_500)),
            Optional.of(millis(1_500))),
        Arguments.of(
            "a burst that does not end is answered all the same",
            List.of(wanted(due(pending("a"), -1_000), 30_001), due(pending("b"), 1_500)),
            Optional.empty()),
        Arguments.of(
            "a later attempt is not hurried by an old question",
            List.of(attempted(wanted(due(pending("a"), 60_000), 900_000), 1)),
            Optional.of(millis(60_000))),
        Arguments.of(
            "what LibreChat is asked already does not wait",
            List.of(asking("a"), due(pending("b"), 1_500)),
            Optional.empty()));
  }

  // At the end of the conversation

  @Test
  void questions_at_the_end_are_answered_together_by_the_answer_to_the_newest() {
    Reply first = from(pending("a"), ANN);
    Reply second = from(pending("b"), ANN);
    ReplyPlan plan = plan(run("b", "a"), List.of(first, second), List.of(), List.of(ANN));
    ReplyPlan.Ask ask = (ReplyPlan.Ask) plan;
    assertThat(ask.last()).isSameAs(second);
    assertThat(ask.others()).containsExactly(first);
    assertThat(ask.asked().messageId).isEqualTo("b");
    assertThat(ask.to()).containsExactly(ANN);
    assertThat(ask.elsewhere()).isEmpty();
  }

  @Test
  void a_question_without_a_phone_is_asked_for_nobody() {
    ReplyPlan.Ask ask = (ReplyPlan.Ask) plan(run("a"), List.of(pending("a")), List.of(), List.of());
    assertThat(ask.to()).isEmpty();
  }

  @Test
  void questions_that_are_not_at_the_end_are_settled_apart() {
    Reply before = from(pending("old"), ANN);
    Reply here = from(pending("a"), ANN);
    ReplyPlan plan = plan(run("a"), List.of(before, here), List.of(), List.of(ANN));
    assertThat(plan).isInstanceOf(ReplyPlan.Ask.class);
    assertThat(plan.elsewhere()).containsExactly(before);
    assertThat(((ReplyPlan.Ask) plan).here()).containsExactly(here);
  }

  @Test
  void a_question_that_was_repeated_is_where_its_repetition_is() {
    Reply repeated = from(pending("a"), ANN);
    repeated.repeatId = "a again";
    ReplyPlan plan = plan(run("a again"), List.of(repeated), List.of(), List.of(ANN));
    assertThat(((ReplyPlan.Ask) plan).last()).isSameAs(repeated);
    assertThat(((ReplyPlan.Ask) plan).asked().messageId).isEqualTo("a again");
  }

  @Test
  void nothing_at_the_end_leaves_nothing_to_ask() {
    Reply gone = from(pending("a"), ANN);
    assertThat(plan(run(), List.of(gone), List.of(), List.of(ANN)))
        .isEqualTo(new ReplyPlan.Nothing(List.of(gone)));
  }

  @Test
  void an_answer_that_exists_is_delivered_and_not_asked_for() {
    Message answer = message("answer");
    UnansweredRun end = new UnansweredRun(List.of(message("a")), Optional.of(answer));
    Reply here = from(pending("a"), ANN);
    assertThat(plan(end, List.of(here), List.of(), List.of(ANN)))
        .isEqualTo(new ReplyPlan.Deliver(List.of(), List.of(here), answer));
  }

  @Test
  void an_answer_that_exists_is_delivered_also_where_no_phone_may_be_answered_now() {
    UnansweredRun end = new UnansweredRun(List.of(message("a")), Optional.of(message("answer")));
    assertThat(plan(end, List.of(from(pending("a"), ANN)), List.of(), List.of()))
        .isInstanceOf(ReplyPlan.Deliver.class);
  }

  @Test
  void phones_that_may_not_be_answered_get_silence() {
    Reply here = from(pending("a"), ANN);
    assertThat(plan(run("a"), List.of(here), List.of(), List.of()))
        .isEqualTo(new ReplyPlan.StaySilent(List.of(), List.of(here)));
  }

  @Test
  void of_several_people_those_get_the_answer_who_may_be_answered() {
    Reply ann = from(pending("a"), ANN);
    Reply bob = from(pending("b"), BOB);
    ReplyPlan.Ask ask =
        (ReplyPlan.Ask) plan(run("b", "a"), List.of(ann, bob), List.of(), List.of(BOB));
    assertThat(ask.to()).containsExactly(BOB);
  }

  @Test
  void a_person_who_wrote_to_two_numbers_is_answered_once_by_the_number_used_last() {
    Recipient other = new Recipient(ANN.to(), Optional.of("+15550008888"));
    ReplyPlan.Ask ask =
        (ReplyPlan.Ask)
            plan(
                run("b", "a"),
                List.of(from(pending("a"), ANN), from(pending("b"), other)),
                List.of(),
                List.of(ANN));
    assertThat(ask.to()).containsExactly(other);
  }

  // Cut off by the owner's turn

  @Test
  void a_question_whose_answer_was_cut_off_is_repeated_behind_the_answered_turn() {
    Reply cut = from(begun(pending("a"), 10), ANN);
    ReplyPlan plan = plan(run(), List.of(cut), List.of(cut), List.of(ANN));
    assertThat(plan)
        .isEqualTo(new ReplyPlan.Repeat(List.of(), List.of(cut), ANSWERED, List.of(ANN)));
  }

  @Test
  void what_was_cut_off_is_answered_with_what_has_come_since() {
    Reply cut = from(begun(pending("a"), 10), ANN);
    Reply since = from(pending("b"), ANN);
    ReplyPlan.Ask ask =
        (ReplyPlan.Ask) plan(run("b"), List.of(cut, since), List.of(cut), List.of(ANN));
    assertThat(ask.here()).containsExactly(cut, since);
    assertThat(ask.asked().messageId).isEqualTo("b");
    assertThat(ask.elsewhere()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, false", "240000, false", "240001, true"})
  void the_owners_turn_has_twice_the_time_of_an_answer_to_get_its_own(
      long waited, boolean givenUp) {
    Reply cut = from(begun(pending("a"), waited), ANN);
    ReplyPlan plan =
        planner.plan(
            ReplySituation.of(OWNERS_TURN, run(), List.of(cut)).withCutOff(List.of(cut)),
            List.of(ANN));
    assertThat(plan).isInstanceOf(givenUp ? ReplyPlan.GiveUp.class : ReplyPlan.Postpone.class);
  }

  @ParameterizedTest
  @CsvSource({"0, true", "2, true", "3, false", "4, false"})
  void a_question_is_repeated_at_most_three_times(int repeats, boolean again) {
    Reply cut = from(begun(pending("a"), 10), ANN);
    cut.repeats = repeats;
    assertThat(plan(run(), List.of(cut), List.of(cut), List.of(ANN)))
        .isInstanceOf(again ? ReplyPlan.Repeat.class : ReplyPlan.GiveUp.class);
  }

  @Test
  void a_phone_that_has_opted_out_meanwhile_gets_no_repetition() {
    Reply cut = from(begun(pending("a"), 10), ANN);
    assertThat(plan(run(), List.of(cut), List.of(cut), List.of()))
        .isEqualTo(new ReplyPlan.StaySilent(List.of(), List.of(cut)));
  }

  @Test
  void each_open_reply_is_in_exactly_one_place_of_the_plan() {
    Reply elsewhere = from(pending("x"), BOB);
    Reply cut = from(begun(pending("a"), 10), ANN);
    Reply here = from(pending("b"), ANN);
    ReplyPlan.Ask ask =
        (ReplyPlan.Ask)
            plan(run("b"), List.of(elsewhere, cut, here), List.of(cut), List.of(ANN, BOB));
    assertThat(Stream.concat(ask.elsewhere().stream(), ask.here().stream()))
        .containsExactly(elsewhere, cut, here);
  }

  // States

  @ParameterizedTest
  @CsvSource({
    "PENDING, true, false",
    "ASKING, true, false",
    "ANSWERED, false, true",
    "SKIPPED, false, true",
    "DEAD, false, false"
  })
  void a_state_is_open_or_final_or_waits_for_an_operator(State state, boolean open, boolean last) {
    assertThat(state.isOpen()).isEqualTo(open);
    assertThat(state.isFinal()).isEqualTo(last);
  }

  private static final ThreadEnd ANSWERED = end(false);
  private static final ThreadEnd OWNERS_TURN = end(true);

  private static ThreadEnd end(boolean byOwner) {
    ThreadNode node =
        new ThreadNode("last", null, new Date(0), new Date(0), byOwner, false, new Date(0));
    return new ThreadEnd(Optional.of(node), Optional.of(node));
  }

  private ReplyPlan plan(
      UnansweredRun run, List<Reply> open, List<Reply> cut, List<Recipient> allowed) {
    return planner.plan(ReplySituation.of(ANSWERED, run, open).withCutOff(cut), allowed);
  }

  /** The messages from outside at the end, the newest first. */
  private static UnansweredRun run(String... ids) {
    return new UnansweredRun(
        Stream.of(ids).map(ReplyPlannerTest::message).toList(), Optional.empty());
  }

  private static Message message(String id) {
    Message message = new Message();
    message.messageId = id;
    return message;
  }

  private static Reply pending(String id) {
    Reply reply = new Reply();
    reply.id = id;
    reply.state = State.PENDING;
    reply.wantedAt = Date.from(NOW);
    reply.dueAt = Date.from(NOW);
    reply.attempts = 0;
    return reply;
  }

  private static Reply asking(String id) {
    Reply reply = pending(id);
    reply.state = State.ASKING;
    return reply;
  }

  private static Reply due(Reply reply, long inMillis) {
    reply.dueAt = Date.from(NOW.plusMillis(inMillis));
    return reply;
  }

  private static Reply wanted(Reply reply, long beforeMillis) {
    reply.wantedAt = Date.from(NOW.minusMillis(beforeMillis));
    return reply;
  }

  private static Reply begun(Reply reply, long beforeMillis) {
    reply.begunAt = Date.from(NOW.minusMillis(beforeMillis));
    return reply;
  }

  private static Reply attempted(Reply reply, int attempts) {
    reply.attempts = attempts;
    return reply;
  }

  private static Reply from(Reply reply, Recipient phone) {
    reply.phones.add(phone.stored());
    return reply;
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  /** The settings of the service without any set. */
  private record Settings() implements RepliesConfig {

    @Override
    public Duration debounce() {
      return Duration.ofSeconds(2);
    }

    @Override
    public Duration timeout() {
      return Duration.ofSeconds(120);
    }

    @Override
    public int maxAttempts() {
      return 8;
    }

    @Override
    public Duration initialBackoff() {
      return Duration.ofSeconds(5);
    }

    @Override
    public Duration maxBackoff() {
      return Duration.ofMinutes(5);
    }

    @Override
    public int perSender() {
      return 10;
    }

    @Override
    public Duration perSenderWindow() {
      return Duration.ofMinutes(5);
    }

    @Override
    public int perOwner() {
      return 2;
    }
  }
}
