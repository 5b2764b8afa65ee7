package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.address.ServiceNumbersConfig;
import chat.switchboard.ops.JwtSecretConfig;
import chat.switchboard.outbound.Outbox.Receipt;
import chat.switchboard.outbound.SpendGuard.Origin;
import chat.switchboard.outbound.SpendGuard.Verdict;
import chat.switchboard.support.Configured;
import chat.switchboard.support.LogLines;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.event.Event;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The documents, counts and events of the outbox for a text, with all stores in memory. */
@Tag("unit")
class OutboxTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String OURS = "+15557654321";
  private static final String ANN = "+12025550123";
  private static final Verdict.Denied DENIED =
      new Verdict.Denied(SpendReason.TOTAL, "The limit is reached", Duration.ofHours(1));

  /** Ids are unique, as in the database; {@code beforeInsert} is what another request does. */
  private final class Stored extends OutboxEntries {
    private final Map<String, OutboxEntry> all = new LinkedHashMap<>();
    private Runnable beforeInsert = () -> {};

    @Override
    Uni<Boolean> insert(List<OutboxEntry> parts) {
      return Uni.createFrom()
          .item(
              () -> {
                beforeInsert.run();
                if (parts.stream().anyMatch(part -> all.containsKey(part.id))) {
                  return false;
                }
                parts.forEach(part -> all.put(part.id, part));
                return true;
              });
    }

    @Override
    Uni<Long> countHeld(int most) {
      return Uni.createFrom()
          .item(() -> all.values().stream().filter(one -> one.state == OutboxState.HELD).count());
    }

    @Override
    Uni<List<OutboxEntry>> parts(String textId) {
      return Uni.createFrom()
          .item(() -> all.values().stream().filter(one -> one.textId.equals(textId)).toList());
    }
  }

  private final Stored store = new Stored();
  private final List<String> queued = new ArrayList<>();
  private final List<SpendGuard.Wish> wishes = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Secrets secrets =
      new Secrets(Configured.with(JwtSecretConfig.class, "switchboard.jwt-secret", "a secret"));
  private boolean hasWritten;
  private Instant now = Instant.parse("2026-11-25T12:00:00Z");
  private final Clock clock =
      new Clock() {
        @Override
        public java.time.ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };
  private final Transitions transitions =
      new Transitions(
          Configured.with(OutboxConfig.class),
          clock,
          new Random(17),
          meters,
          new TextNews(List.of(), null, null));
  private final List<String> filesQueued = new ArrayList<>();
  private int givenBack;
  private Optional<String> unavailable = Optional.empty();
  private boolean optedOut;
  private Verdict verdict = new Verdict.Granted(new SpendGuard.Grant());
  private final Outbox outbox = outbox("switchboard.twilio.from", OURS);

  @SuppressWarnings("unchecked")
  private Outbox outbox(String... carrierSettings) {
    return new Outbox(
        store,
        new Carrier() {
          @Override
          public Optional<String> unavailable() {
            return unavailable;
          }

          @Override
          public Uni<Outcome> send(Sms sms) {
            throw new AssertionError("the outbox sends nothing itself");
          }
        },
        new Senders(
            Configured.with(CarrierConfig.class, carrierSettings),
            Configured.with(ServiceNumbersConfig.class)),
        new OptOuts(null, null, null, null, null, null) {
          @Override
          public Uni<Boolean> has(String person, String ours) {
            return Uni.createFrom().item(optedOut);
          }
        },
        (to, conversationId, words) -> Uni.createFrom().item(Optional.empty()),
        secrets,
        new SpendGuard(null, null, null, null, null, null, null) {
          @Override
          public Uni<Verdict> request(Wish wish) {
            wishes.add(wish);
            return Uni.createFrom().item(verdict);
          }

          @Override
          public Uni<Void> giveBack(Grant grant) {
            return Uni.createFrom().voidItem().invoke(() -> givenBack++);
          }
        },
        new TextHolding(
            Configured.with(QuietHoursConfig.class),
            (person, since) -> Uni.createFrom().item(hasWritten),
            clock),
        new WindowPolicy(null, null, null, clock) {
          @Override
          Uni<Decision> decide(OutboxEntry entry, String words) {
            return Uni.createFrom().item(new Decision.Free());
          }
        },
        null,
        Configured.with(OutboxConfig.class, "switchboard.outbox.max-held", "3"),
        transitions,
        new OutboxEntryFactory(
            secrets,
            transitions,
            new MmsReach(
                Configured.with(MmsConfig.class),
                Configured.with(ServiceNumbersConfig.class),
                new SpendDestinations(Optional.empty(), Set.of(), List.of())),
            Configured.with(MmsConfig.class),
            new NoFiles()),
        (Event<TextQueued>)
            Proxy.newProxyInstance(
                Event.class.getClassLoader(),
                new Class<?>[] {Event.class},
                (proxy, method, arguments) -> queued.add(((TextQueued) arguments[0]).sender())),
        (Event<FilesQueued>)
            Proxy.newProxyInstance(
                Event.class.getClassLoader(),
                new Class<?>[] {Event.class},
                (proxy, method, arguments) ->
                    filesQueued.add(((FilesQueued) arguments[0]).entryId())));
  }

  /** The addresses of files; nothing is fetched when a text is queued. */
  private static final class NoFiles implements OutgoingFiles {
    @Override
    public Optional<String> unavailable() {
      return Optional.empty();
    }

    @Override
    public boolean canFetchFromLibreChat() {
      return true;
    }

    @Override
    public int addressLength() {
      return 80;
    }

    @Override
    public Uni<Checked> check(String owner, String reference) {
      throw new AssertionError("the outbox checks no file");
    }

    @Override
    public Uni<Fetched> fetch(OutgoingFile file) {
      throw new AssertionError("the outbox fetches no file");
    }

    @Override
    public Uni<Optional<String>> grant(String itemId, String textId) {
      throw new AssertionError("the outbox opens no file");
    }
  }

  @Test
  void a_text_with_pictures_waits_for_them_and_counts_as_the_more_expensive_way() {
    OutgoingFile picture =
        new OutgoingFile(
            OutgoingFile.Kind.LIBRECHAT,
            "file",
            "owner",
            "id",
            Optional.of("a.png"),
            Optional.of("image/png"),
            true,
            Optional.empty());
    OutgoingText text =
        new OutgoingText(
            "id",
            Optional.empty(),
            ANN,
            "hello",
            "a conversation",
            TextFormat.TEXT,
            List.of(picture));
    Receipt.Kept kept = kept(queue(new SmsOrder(text, "print", null, null, Optional.empty())));
    OutboxEntry entry = kept.entries().get(0);
    assertThat(entry.segments).isEqualTo(3);
    assertThat(entry.filesDueAt).isEqualTo(entry.queuedAt);
    assertThat(entry.nextAttemptAt).isAfter(entry.queuedAt);
    assertThat(SentMedia.of(entry)).extracting(SentMedia::status).containsExactly("waiting");
    assertThat(wishes).extracting(SpendGuard.Wish::segments).containsExactly(3);
    assertThat(queued).isEmpty();
    assertThat(filesQueued).containsExactly("id");
  }

  @Test
  void a_text_is_counted_stored_and_announced() {
    Receipt.Kept kept = kept(queue(order("hello")));
    assertThat(kept.replayed()).isFalse();
    assertThat(store.all.values()).containsExactlyElementsOf(kept.entries());
    OutboxEntry entry = kept.entries().get(0);
    assertThat(entry.state).isEqualTo(OutboxState.QUEUED);
    assertThat(List.of(entry.id, entry.textId, entry.sender, entry.phoneNumber, entry.body))
        .containsExactly("id", "id", OURS, ANN, "hello");
    assertThat(List.of(entry.part, entry.parts, entry.segments)).containsExactly(1, 1, 1);
    assertThat(List.of(entry.conversationId, entry.fingerprint, entry.encoding))
        .containsExactly("a conversation", "print", "GSM-7");
    assertThat(wishes)
        .containsExactly(
            new SpendGuard.Wish(
                ANN, Optional.of(OURS), Optional.of("a conversation"), 1, Origin.CALLER));
    assertThat(queued).containsExactly(OURS);
    assertThat(count("queued")).isEqualTo(1);
    assertThat(givenBack).isZero();
  }

  @Test
  void a_long_text_is_stored_in_numbered_parts_that_are_counted_together() {
    Receipt.Kept kept = kept(queue(order("x".repeat(1_601))));
    assertThat(kept.entries()).extracting(part -> part.id).containsExactly("id", "id.2");
    assertThat(kept.entries()).extracting(part -> part.textId).containsOnly("id");
    assertThat(kept.entries()).extracting(part -> part.part).containsExactly(1, 2);
    assertThat(kept.entries()).extracting(part -> part.parts).containsOnly(2);
    assertThat(kept.entries().get(0).sequence).isLessThan(kept.entries().get(1).sequence);
    int segments = kept.entries().stream().mapToInt(part -> part.segments).sum();
    assertThat(segments).isEqualTo(12);
    assertThat(wishes).extracting(SpendGuard.Wish::segments).containsExactly(segments);
    assertThat(queued).as("one text").hasSize(1);
  }

  @Test
  void a_text_with_a_time_is_held_uncounted_and_unannounced() {
    Instant at = now.plus(Duration.ofDays(2));
    OutboxEntry entry = kept(queue(at(new SendTime(Optional.of(at), false)))).entries().get(0);
    assertThat(entry.state).isEqualTo(OutboxState.HELD);
    assertThat(entry.sendAt).isEqualTo(Date.from(at));
    assertThat(entry.nextAttemptAt).isEqualTo(Date.from(at));
    assertThat(entry.uncounted).isTrue();
    assertThat(entry.lane).isNull();
    assertThat(entry.filesDueAt).isNull();
    assertThat(wishes).isEmpty();
    assertThat(queued).isEmpty();
    assertThat(filesQueued).isEmpty();
    assertThat(count("held")).isEqualTo(1);
  }

  @Test
  void no_more_than_the_limit_of_messages_wait_for_their_time() {
    SendTime later = new SendTime(Optional.of(now.plus(Duration.ofDays(2))), false);
    for (int i = 0; i < 3; i++) {
      assertThat(queue(at("id" + i, later))).isInstanceOf(Receipt.Kept.class);
    }
    assertThat(queue(at("id3", later))).isEqualTo(new Receipt.Full(3));
    assertThat(queue(at("id3", SendTime.now()))).isInstanceOf(Receipt.Kept.class);
  }

  @Test
  void a_text_that_nobody_waits_for_is_held_by_the_clock_of_the_person() {
    // 07:00 in Washington.
    OutboxEntry entry = kept(queue(at(new SendTime(Optional.empty(), true)))).entries().get(0);
    assertThat(entry.state).isEqualTo(OutboxState.HELD);
    assertThat(entry.sendAt).isEqualTo(Date.from(Instant.parse("2026-11-25T13:00:00Z")));
    assertThat(entry.cause).contains("2026-11-25T13:00:00Z");
    assertThat(entry.quietHours).isTrue();
  }

  @Test
  void a_text_goes_at_once_by_day_and_to_a_person_who_has_just_written() {
    hasWritten = true;
    assertThat(kept(queue(at(new SendTime(Optional.empty(), true)))).entries().get(0).state)
        .isEqualTo(OutboxState.QUEUED);
    store.all.clear();
    hasWritten = false;
    now = Instant.parse("2026-11-25T13:00:00Z");
    assertThat(kept(queue(at(new SendTime(Optional.empty(), true)))).entries().get(0).state)
        .isEqualTo(OutboxState.QUEUED);
    store.all.clear();
    now = Instant.parse("2026-11-25T12:00:00Z");
    assertThat(kept(queue(at(SendTime.now()))).entries().get(0).state)
        .isEqualTo(OutboxState.QUEUED);
  }

  private static SmsOrder at(SendTime time) {
    return at("id", time);
  }

  private static SmsOrder at(String id, SendTime time) {
    return new SmsOrder(
        text(id, "hello", TextFormat.TEXT), "print", null, null, Optional.empty(), time);
  }

  @Test
  void markdown_becomes_plain_text_and_other_text_stays_as_it_is() {
    String text = "**bold** \uD83D";
    assertThat(kept(queue(order("plain", text, TextFormat.TEXT))).entries().get(0).body)
        .isEqualTo("**bold** \uFFFD");
    assertThat(kept(queue(order("marked", text, TextFormat.MARKDOWN))).entries().get(0).body)
        .startsWith("bold")
        .doesNotContain("*");
  }

  @Test
  void markdown_becomes_whatsapps_form_and_other_text_stays_as_it_is_there_too() {
    String to = "whatsapp:+12025550123";
    assertThat(body(to, "**bold** *131*2#", TextFormat.MARKDOWN)).isEqualTo("*bold* *131*2#");
    assertThat(body(to, "**bold** *131*2#", TextFormat.TEXT)).isEqualTo("**bold** *131*2#");
    assertThat(body("rcs:+12025550123", "**bold**", TextFormat.MARKDOWN)).isEqualTo("bold");
  }

  private String body(String to, String text, TextFormat format) {
    OutgoingText outgoing =
        new OutgoingText(to + format, Optional.empty(), to, text, "a conversation", format);
    return kept(queue(new SmsOrder(outgoing, "print", null, null, Optional.empty())))
        .entries()
        .get(0)
        .body;
  }

  @Test
  void a_text_with_a_code_is_sealed_in_the_database_and_open_to_the_sender() {
    Outbox other = outbox("switchboard.twilio.from", OURS);
    OutboxEntry entry =
        kept(other
                .queue(
                    new SmsOrder(
                        text("id", "hello", TextFormat.TEXT),
                        "print",
                        "a mapping",
                        "A7C4KX",
                        Optional.of("Your code is A7C4KX")))
                .await()
                .atMost(SOON))
            .entries()
            .get(0);
    assertThat(entry.sealed).isTrue();
    assertThat(entry.body + entry.code).doesNotContain("A7C4KX", "hello");
    assertThat(other.body(entry)).contains("hello\n\nYour code is A7C4KX");
    assertThat(other.code(entry)).contains("A7C4KX");
    assertThat(entry.mappingId).isEqualTo("a mapping");
  }

  @Test
  void a_text_without_a_code_is_not_sealed() {
    OutboxEntry entry = kept(queue(order("hello"))).entries().get(0);
    assertThat(entry.sealed).isFalse();
    assertThat(outbox.body(entry)).contains("hello");
    assertThat(outbox.code(entry)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"whatsapp:+12025550123, whatsapp:+15557654321", "+12025550123, +15557654321"})
  void the_sender_is_in_the_channel_of_the_person(String to, String sender) {
    OutgoingText text = new OutgoingText("id", Optional.empty(), to, "hello", "a conversation");
    Receipt receipt =
        outbox
            .queue(new SmsOrder(text, "print", null, null, Optional.empty()))
            .await()
            .atMost(SOON);
    assertThat(kept(receipt).entries().get(0).sender).isEqualTo(sender);
    assertThat(queued).containsExactly(sender);
  }

  @Test
  void a_text_that_is_requested_again_is_not_stored_twice_and_its_count_is_taken_back() {
    queue(order("hello"));
    Receipt.Kept again = kept(queue(order("hello")));
    assertThat(again.replayed()).isTrue();
    assertThat(again.entries()).containsExactlyElementsOf(store.all.values());
    assertThat(givenBack).isEqualTo(1);
    assertThat(queued).hasSize(1);
    assertThat(count("queued")).isEqualTo(1);
  }

  @Test
  void another_text_under_the_same_id_is_a_conflict() {
    queue(order("hello"));
    SmsOrder other =
        new SmsOrder(
            text("id", "other", TextFormat.TEXT), "another print", null, null, Optional.empty());
    assertThat(queue(other)).isInstanceOf(Receipt.Conflict.class);
    assertThat(store.all).hasSize(1);
    assertThat(givenBack).isEqualTo(1);
  }

  @Test
  void a_text_of_the_service_that_is_requested_again_is_not_even_counted() {
    outbox.queue(text("id", "hello", TextFormat.TEXT)).await().atMost(SOON);
    outbox.queue(text("id", "hello", TextFormat.TEXT)).await().atMost(SOON);
    assertThat(wishes).extracting(SpendGuard.Wish::origin).containsExactly(Origin.SERVICE);
    assertThat(store.all).hasSize(1);
  }

  @Test
  void a_text_of_a_caller_that_the_guard_refuses_is_not_stored() {
    verdict = DENIED;
    assertThat(queue(order("hello"))).isEqualTo(new Receipt.Denied(DENIED));
    assertThat(store.all).isEmpty();
    assertThat(queued).isEmpty();
  }

  @Test
  void a_text_of_the_service_that_the_guard_refuses_is_stored_as_blocked() {
    verdict = DENIED;
    outbox.queue(text("id", "hello", TextFormat.TEXT)).await().atMost(SOON);
    assertThat(store.all.get("id").state).isEqualTo(OutboxState.BLOCKED);
    assertThat(store.all.get("id").cause).isEqualTo("The limit is reached");
    assertThat(queued).isEmpty();
    assertThat(count("blocked")).isEqualTo(1);
  }

  @Test
  void a_refused_text_that_another_request_has_stored_meanwhile_is_sent() {
    queue(order("hello"));
    verdict = DENIED;
    assertThat(kept(queue(order("hello"))).replayed()).isTrue();
    assertThat(store.all.get("id").state).isEqualTo(OutboxState.QUEUED);
  }

  @Test
  void a_text_that_another_request_stores_between_the_count_and_the_insert_is_counted_once() {
    store.beforeInsert =
        () -> {
          store.beforeInsert = () -> {};
          queue(order("hello"));
        };
    assertThat(kept(queue(order("hello"))).replayed()).isTrue();
    assertThat(wishes).hasSize(2);
    assertThat(givenBack).isEqualTo(1);
    assertThat(store.all).hasSize(1);
  }

  @Test
  void a_text_to_a_person_who_has_opted_out_is_blocked_and_not_counted() {
    optedOut = true;
    OutboxEntry entry = kept(queue(order("hello"))).entries().get(0);
    assertThat(entry.state).isEqualTo(OutboxState.BLOCKED);
    assertThat(entry.cause).isEqualTo(OptOuts.CAUSE);
    assertThat(entry.lane).isNull();
    assertThat(wishes).isEmpty();
    assertThat(queued).isEmpty();
    assertThat(count("blocked")).isEqualTo(1);
  }

  @Test
  void a_text_that_is_not_sent_has_one_log_line_without_the_number() {
    optedOut = true;
    try (LogLines lines = LogLines.of(Outbox.class.getName())) {
      queue(order("hello"));
      queue(order("hello"));
      assertThat(lines.texts())
          .singleElement()
          .asString()
          .startsWith("Text id to ")
          .endsWith(" is not sent: " + OptOuts.CAUSE)
          .doesNotContain(ANN);
    }
  }

  @Test
  void the_same_text_is_sealed_differently_each_time() {
    assertThat(secrets.seal("A7C4KX")).isNotEqualTo(secrets.seal("A7C4KX"));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // configured, requested, to: sender
        "+15557654321, -, +12025550123, +15557654321",
        "' +15557654321 ', -, +12025550123, +15557654321",
        "'  ', -, +12025550123, -",
        "+15557654321, ' ', +12025550123, +15557654321",
        "+15557654321, +15557654322, +12025550123, +15557654322",
        "+15557654321, -, whatsapp:+12025550123, whatsapp:+15557654321",
        "+15557654321, Example Ltd, whatsapp:+12025550123, Example Ltd",
        "MG0123456789abcdef0123456789abcdef, -, whatsapp:+12025550123, MG0123456789abcdef0123456789abcdef",
        "+15557654321, -, rcs:+12025550123, +15557654321"
      })
  void the_sender_is_the_requested_or_the_configured_one(
      String configured, String requested, String to, String sender) {
    assertThat(
            outbox("switchboard.twilio.from", configured)
                .sender(Optional.ofNullable(requested), to))
        .isEqualTo(Optional.ofNullable(sender));
  }

  @ParameterizedTest
  @CsvSource({
    "Example Ltd, alphanumeric sender",
    "72975, short code",
    "sip:ann@example.com, sip:",
    "client:ann, client:"
  })
  void a_text_to_an_address_that_receives_no_texts_has_failed(String to, String cause) {
    OutgoingText text = new OutgoingText("id", Optional.empty(), to, "hello", "a conversation");
    outbox.queue(text).await().atMost(SOON);
    assertThat(store.all.get("id").state).isEqualTo(OutboxState.FAILED);
    assertThat(store.all.get("id").cause).contains(cause);
    assertThat(wishes).isEmpty();
    assertThat(queued).isEmpty();
  }

  @Test
  void a_text_that_no_setting_lets_out_has_failed_with_the_name_of_the_setting() {
    unavailable = Optional.of("SWITCHBOARD_TWILIO_ACCOUNT_SID is not set");
    assertThat(outbox.unavailable(Optional.of(OURS))).isEqualTo(unavailable);
    OutboxEntry entry = kept(queue(order("hello"))).entries().get(0);
    assertThat(entry.state).isEqualTo(OutboxState.FAILED);
    assertThat(entry.cause).isEqualTo(unavailable.get());
    assertThat(entry.sender).isEqualTo(OURS);
  }

  @Test
  void a_text_without_a_sender_has_failed() {
    Outbox without = outbox();
    assertThat(without.unavailable(Optional.of(OURS))).isEmpty();
    assertThat(without.unavailable(Optional.empty()).orElseThrow())
        .contains("SWITCHBOARD_TWILIO_FROM");
    without.queue(text("id", "hello", TextFormat.TEXT)).await().atMost(SOON);
    assertThat(store.all.get("id").state).isEqualTo(OutboxState.FAILED);
    assertThat(store.all.get("id").sender).isNull();
  }

  @Test
  void a_text_that_was_never_requested_is_not_found() {
    assertThat(outbox.find("id", "print").await().atMost(SOON)).isEmpty();
  }

  private Receipt queue(SmsOrder order) {
    return outbox.queue(order).await().atMost(SOON);
  }

  private static SmsOrder order(String words) {
    return order("id", words, TextFormat.TEXT);
  }

  private static SmsOrder order(String id, String words, TextFormat format) {
    return new SmsOrder(text(id, words, format), "print", null, null, Optional.empty());
  }

  private static OutgoingText text(String id, String words, TextFormat format) {
    return new OutgoingText(id, Optional.empty(), ANN, words, "a conversation", format);
  }

  private static Receipt.Kept kept(Receipt receipt) {
    assertThat(receipt).isInstanceOf(Receipt.Kept.class);
    return (Receipt.Kept) receipt;
  }

  private double count(String state) {
    return meters.counter("switchboard.sms", "state", state).count();
  }
}
