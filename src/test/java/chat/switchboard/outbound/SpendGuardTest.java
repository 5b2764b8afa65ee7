package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.ops.JwtSecretConfig;
import chat.switchboard.outbound.SpendGuard.Origin;
import chat.switchboard.outbound.SpendGuard.Verdict;
import chat.switchboard.outbound.SpendGuard.Wish;
import chat.switchboard.support.Configured;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The decisions of the spend guard, and their counts. */
@Tag("unit")
class SpendGuardTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String OURS = "+15557654321";
  private static final String ANN = "+12025550123";
  private static final String BOB = "+12025550124";

  private final FakeLedger ledger =
      new FakeLedger(Clock.fixed(Instant.parse("2026-11-25T18:00:00Z"), ZoneOffset.UTC));
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Set<String> known = new HashSet<>();
  private Instant knownBefore;
  private boolean paused;
  private SpendGuard guard = guard();

  private SpendGuard guard(String... limits) {
    return new SpendGuard(
        new SpendDestinations(Optional.empty(), Set.of(), List.of(OURS)),
        ledger,
        new SendingSwitch(null, null, null) {
          @Override
          public Uni<Boolean> isPaused() {
            return Uni.createFrom().item(paused);
          }
        },
        new PeopleDirectory() {
          @Override
          public Uni<Optional<String>> owner(String conversationId) {
            return Uni.createFrom()
                .item(
                    conversationId.startsWith("of ")
                        ? Optional.of(conversationId.substring(3))
                        : Optional.empty());
          }

          @Override
          public Uni<Boolean> isKnown(String person, Instant before) {
            knownBefore = before;
            return Uni.createFrom().item(known.contains(person));
          }
        },
        new Secrets(
            Configured.with(JwtSecretConfig.class, "switchboard.jwt-secret", "a test's secret")),
        Configured.with(SpendConfig.class, limits),
        meters);
  }

  @Test
  void a_text_of_a_caller_counts_for_the_person_the_owner_and_all() {
    assertThat(request(wish(ANN, 3, Origin.CALLER))).isInstanceOf(Verdict.Granted.class);
    assertThat(kinds()).containsExactly("all=3", "owner=3", "person=3");
    assertThat(request(wish(BOB, 2, Origin.CALLER))).isInstanceOf(Verdict.Granted.class);
    assertThat(kinds()).containsExactly("all=5", "owner=5", "person=2", "person=3");
  }

  @Test
  void a_conversation_without_an_owner_counts_for_no_owner() {
    request(new Wish(ANN, Optional.of(OURS), Optional.of("a lost one"), 1, Origin.CALLER));
    request(new Wish(ANN, Optional.of(OURS), Optional.empty(), 1, Origin.CALLER));
    assertThat(kinds()).containsExactly("all=2", "person=2");
  }

  /** The limits at which five segments are sent one by one, and how many of them are allowed. */
  @ParameterizedTest
  @CsvSource({
    "person-segments-per-day, 3, 3, PERSON",
    "owner-segments-per-day, 3, 3, OWNER",
    "segments-per-day, 3, 3, TOTAL",
    "person-segments-per-day, 0, 0, PERSON",
    "owner-segments-per-day, 0, 0, OWNER",
    "segments-per-day, 0, 0, TOTAL",
    "person-segments-per-day, -1, 5, PERSON",
    "owner-segments-per-day, -1, 5, OWNER",
    "segments-per-day, -1, 5, TOTAL",
    "person-segments-per-day, 5, 5, PERSON",
    "person-segments-per-day, 4, 4, PERSON"
  })
  void a_limit_is_reached_and_never_exceeded(
      String setting, int limit, int allowed, SpendReason reason) {
    guard = guard("switchboard.spend." + setting, String.valueOf(limit));
    for (int i = 1; i <= 5; i++) {
      Verdict verdict = request(wish(ANN, 1, Origin.CALLER));
      if (i <= allowed) {
        assertThat(verdict).isInstanceOf(Verdict.Granted.class);
      } else {
        assertThat(denied(verdict).reason()).isEqualTo(reason);
        assertThat(denied(verdict).cause())
            .contains("limit of " + limit, "(switchboard.spend." + setting + ")")
            .doesNotContain(ANN);
      }
    }
    assertThat(ledger.used.values())
        .as("a refused text counts nowhere")
        .allMatch(used -> used == allowed);
    assertThat(ledger.blocked.getOrDefault(reason, 0)).isEqualTo(5 - allowed);
  }

  @ParameterizedTest
  @CsvSource({"2, 2, true", "2, 3, false"})
  void a_text_of_several_segments_is_allowed_whole_or_not_at_all(
      int room, int segments, boolean allowed) {
    guard = guard("switchboard.spend.segments-per-day", "10");
    request(wish(BOB, 10 - room, Origin.CALLER));
    assertThat(request(wish(ANN, segments, Origin.CALLER)) instanceof Verdict.Granted)
        .isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    // used before, limit, segments, origin, allowed
    "0, 5, 6, CALLER, true",
    "1, 5, 6, CALLER, false",
    "0, 5, 6, SERVICE, false",
    "0, 5, 5, SERVICE, true",
    "1, 5, 5, CALLER, false",
    "1, 5, 4, CALLER, true",
    "0, 0, 1, CALLER, false",
    "9, -1, 6, CALLER, true"
  })
  void a_text_longer_than_the_limit_is_allowed_as_the_first_text_of_a_caller_on_a_day(
      int before, int limit, int segments, Origin origin, boolean allowed) {
    known.add(ANN);
    guard = guard();
    if (before > 0) {
      request(wish(ANN, before, Origin.CALLER));
    }
    guard = guard("switchboard.spend.person-segments-per-day", String.valueOf(limit));
    assertThat(request(wish(ANN, segments, origin)) instanceof Verdict.Granted).isEqualTo(allowed);
  }

  @Test
  void both_spellings_of_a_whatsapp_number_are_one_person() {
    guard = guard("switchboard.spend.person-segments-per-day", "2");
    known.addAll(Set.of("whatsapp:+5541988885555", "whatsapp:+554188885555"));
    request(wish("whatsapp:+5541988885555", 1, Origin.SERVICE));
    request(wish("whatsapp:+554188885555", 1, Origin.SERVICE));
    assertThat(kinds()).contains("person=2");
    assertThat(denied(request(wish("whatsapp:+554188885555", 1, Origin.SERVICE))).reason())
        .isEqualTo(SpendReason.PERSON);
  }

  @ParameterizedTest
  @EnumSource(Origin.class)
  void an_address_that_gets_no_texts_is_refused_and_counts_nothing(Origin origin) {
    Verdict.Denied denied = denied(request(wish("+18765551234", 1, origin)));
    assertThat(denied.reason()).isEqualTo(SpendReason.COUNTRY);
    assertThat(denied.retryAfter()).isEqualTo(Duration.ofHours(6).plusSeconds(1));
    assertThat(ledger.used).isEmpty();
    assertThat(ledger.blocked).containsEntry(SpendReason.COUNTRY, 1);
    assertThat(blocked("country")).isEqualTo(1);
  }

  @Test
  void an_address_can_be_checked_without_a_text() {
    assertThat(guard.denyAddress(ANN, Optional.of(OURS)).await().atMost(SOON)).isEmpty();
    assertThat(guard.denyAddress("+19005551234", Optional.of(OURS)).await().atMost(SOON))
        .map(Verdict.Denied::reason)
        .contains(SpendReason.RANGE);
    assertThat(ledger.blocked).containsExactly(Map.entry(SpendReason.RANGE, 1));
    assertThat(ledger.used).isEmpty();
  }

  @Test
  void the_first_answer_to_a_new_person_counts_and_the_next_ones_do_not() {
    request(wish(ANN, 1, Origin.SERVICE));
    request(wish(ANN, 1, Origin.SERVICE));
    assertThat(kinds()).containsExactly("all=2", "owner=2", "people=1", "person=2");
    assertThat(knownBefore).as("known before today").isEqualTo("2026-11-25T00:00:00Z");
  }

  @Test
  void a_person_who_was_mapped_before_today_or_got_a_callers_text_is_not_new() {
    known.add(ANN);
    request(wish(ANN, 1, Origin.SERVICE));
    request(wish(BOB, 1, Origin.CALLER));
    request(wish(BOB, 1, Origin.SERVICE));
    assertThat(ledger.used).doesNotContainKey("people");
  }

  @Test
  void a_refused_text_of_a_caller_introduces_nobody() {
    guard = guard("switchboard.spend.person-segments-per-day", "0");
    request(wish(ANN, 1, Origin.CALLER));
    guard = guard();
    request(wish(ANN, 1, Origin.SERVICE));
    assertThat(ledger.used).containsEntry("people", 1L);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "2, 2", "-1, 3"})
  void new_people_get_answers_up_to_the_limit(int limit, int allowed) {
    guard = guard("switchboard.spend.new-people-per-day", String.valueOf(limit));
    List<String> people = List.of("+12025550131", "+12025550132", "+12025550133");
    for (int i = 0; i < people.size(); i++) {
      Verdict verdict = request(wish(people.get(i), 2, Origin.SERVICE));
      if (i < allowed) {
        assertThat(verdict).isInstanceOf(Verdict.Granted.class);
      } else {
        assertThat(denied(verdict).reason()).isEqualTo(SpendReason.PEOPLE);
        assertThat(denied(verdict).cause())
            .contains("limit of " + limit, "(switchboard.spend.new-people-per-day)");
      }
    }
    assertThat(ledger.used.getOrDefault("people", 0L)).isEqualTo(allowed);
    assertThat(ledger.used.getOrDefault("all", 0L)).isEqualTo(2L * allowed);
  }

  /** Two answers to two new people at once see the same count. */
  @Test
  void of_two_answers_at_once_the_limit_of_people_lets_one_through_and_takes_the_other_back() {
    guard = guard("switchboard.spend.new-people-per-day", "1");
    Uni<Verdict> first = guard.request(wish(ANN, 2, Origin.SERVICE));
    FakeLedger racing =
        new FakeLedger(Clock.fixed(Instant.parse("2026-11-25T18:00:00Z"), ZoneOffset.UTC)) {
          @Override
          Uni<Long> used(Counter counter) {
            return super.used(counter)
                .call(
                    () ->
                        raise(
                            counter, 1, UNLIMITED)); // The other answer is counted after the read.
          }
        };
    assertThat(first.await().atMost(SOON)).isInstanceOf(Verdict.Granted.class);
    Verdict late = with(racing, "1").request(wish(BOB, 2, Origin.SERVICE)).await().atMost(SOON);
    assertThat(denied(late).reason()).isEqualTo(SpendReason.PEOPLE);
    assertThat(racing.used.entrySet())
        .as("taken back")
        .allMatch(one -> one.getKey().equals("people") || one.getValue() == 0);
  }

  @Test
  void two_answers_at_once_to_one_new_person_count_one_new_person() {
    FakeLedger racing =
        new FakeLedger(Clock.fixed(Instant.parse("2026-11-25T18:00:00Z"), ZoneOffset.UTC)) {
          @Override
          Uni<Boolean> isMet(String key) {
            return Uni.createFrom().item(false);
          }
        };
    SpendGuard both = with(racing, "5");
    assertThat(both.request(wish(ANN, 1, Origin.SERVICE)).await().atMost(SOON))
        .isInstanceOf(Verdict.Granted.class);
    assertThat(both.request(wish(ANN, 1, Origin.SERVICE)).await().atMost(SOON))
        .isInstanceOf(Verdict.Granted.class);
    assertThat(racing.used).containsEntry("people", 1L).containsEntry("all", 2L);
  }

  private SpendGuard with(FakeLedger other, String newPeople) {
    return new SpendGuard(
        new SpendDestinations(Optional.empty(), Set.of(), List.of(OURS)),
        other,
        null,
        new PeopleDirectory() {
          @Override
          public Uni<Optional<String>> owner(String conversationId) {
            return Uni.createFrom().item(Optional.of("42"));
          }

          @Override
          public Uni<Boolean> isKnown(String person, Instant before) {
            return Uni.createFrom().item(false);
          }
        },
        new Secrets(Configured.with(JwtSecretConfig.class)),
        Configured.with(SpendConfig.class, "switchboard.spend.new-people-per-day", newPeople),
        meters);
  }

  @Test
  void a_text_that_cannot_wait_is_refused_during_a_pause() {
    paused = true;
    Verdict verdict = guard.requestNow(wish(ANN, 1, Origin.SERVICE)).await().atMost(SOON);
    assertThat(denied(verdict).reason()).isEqualTo(SpendReason.PAUSED);
    assertThat(ledger.used).isEmpty();
    assertThat(ledger.blocked).containsEntry(SpendReason.PAUSED, 1);
    paused = false;
    assertThat(guard.requestNow(wish(ANN, 1, Origin.SERVICE)).await().atMost(SOON))
        .isInstanceOf(Verdict.Granted.class);
    assertThat(ledger.used).containsEntry("all", 1L);
  }

  @Test
  void a_text_that_can_wait_is_counted_during_a_pause() {
    paused = true;
    assertThat(request(wish(ANN, 1, Origin.CALLER))).isInstanceOf(Verdict.Granted.class);
  }

  @Test
  void a_refusal_that_the_database_does_not_count_is_a_refusal() {
    ledger.failToBlock(new IllegalStateException("no primary"));
    assertThat(denied(request(wish("+18765551234", 1, Origin.CALLER))).reason())
        .isEqualTo(SpendReason.COUNTRY);
    assertThat(blocked("country")).isEqualTo(1);
  }

  @Test
  void the_counts_of_a_text_that_was_not_queued_are_taken_back_once() {
    request(wish(ANN, 3, Origin.CALLER));
    Verdict.Granted granted = (Verdict.Granted) request(wish(ANN, 2, Origin.CALLER));
    guard.giveBack(granted.grant()).await().atMost(SOON);
    guard.giveBack(granted.grant()).await().atMost(SOON);
    assertThat(ledger.used.values()).containsOnly(3L);
  }

  @ParameterizedTest
  @CsvSource({
    "+12025550123, 161, 2",
    "+12025550123, 160, 1",
    "whatsapp:+12025550123, 161, 1",
    "rcs:+12025550123, 161, 1"
  })
  void sms_is_billed_by_the_segment_and_other_channels_by_the_message(
      String to, int length, int billed) {
    assertThat(SpendGuard.billed(to, "x".repeat(length))).isEqualTo(billed);
    OutboxEntry part = new OutboxEntry();
    part.segments = Segments.of("x".repeat(length)).count();
    assertThat(SpendGuard.billed(to, List.of(part, part))).isEqualTo(2 * billed);
  }

  private Verdict request(Wish wish) {
    return guard.request(wish).await().atMost(SOON);
  }

  private static Wish wish(String to, int segments, Origin origin) {
    return new Wish(to, Optional.of(OURS), Optional.of("of 42"), segments, origin);
  }

  private static Verdict.Denied denied(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Denied.class);
    return (Verdict.Denied) verdict;
  }

  private double blocked(String reason) {
    return meters.counter("switchboard.spend.blocked", "reason", reason).count();
  }

  /** The counters without their names, sorted: {@code owner=3}. */
  private List<String> kinds() {
    return ledger.used.entrySet().stream()
        .map(one -> one.getKey().replaceAll(" .*", "") + "=" + one.getValue())
        .sorted()
        .toList();
  }
}
