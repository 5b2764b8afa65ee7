package chat.switchboard.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.inbound.InboundMessage.IdempotencyKey;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.routing.Route;
import chat.switchboard.support.FakeTimers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A program's message with a key, whose conversation the owner has deleted. */
@Tag("unit")
class KeyedMessagesTest {

  private final Clock clock = Clock.fixed(Instant.parse("2026-11-25T12:00:00Z"), ZoneOffset.UTC);
  private final List<InboxEntry> inInbox = new ArrayList<>();
  private final List<InboxEntry> dead = new ArrayList<>();
  private boolean shared;
  private Route.Reason reason = Route.Reason.NO_CONVERSATION;

  @Test
  void a_request_that_nobody_repeats_is_refused_and_leaves_nothing() {
    assertThat(receive()).isInstanceOf(Receipt.Refused.class);
    assertThat(inInbox).isEmpty();
    assertThat(dead).isEmpty();
  }

  @Test
  void a_repetition_keeps_the_message_since_the_first_request_may_be_acknowledged() {
    inInbox.add(new InboxEntry());
    assertThat(receive()).isInstanceOf(Receipt.Kept.class);
    assertThat(inInbox).hasSize(1);
    assertThat(dead).hasSize(1);
  }

  @Test
  void the_first_request_keeps_the_message_if_a_repetition_may_be_acknowledged() {
    shared = true;
    assertThat(receive()).isInstanceOf(Receipt.Kept.class);
    assertThat(inInbox).hasSize(1);
    assertThat(dead).hasSize(1);
  }

  @Test
  void a_repetition_that_no_operator_can_help_is_refused() {
    inInbox.add(new InboxEntry());
    reason = Route.Reason.WRONG_CODE;
    assertThat(receive()).isInstanceOf(Receipt.Refused.class);
    assertThat(inInbox).isEmpty();
    assertThat(dead).isEmpty();
  }

  private Receipt receive() {
    return messages()
        .receive(InboundMessages.sms(), new IdempotencyKey("a key"))
        .await()
        .atMost(Duration.ofSeconds(60));
  }

  private KeyedMessages messages() {
    ReplyDecision noReply =
        new ReplyDecision(null, null) {
          @Override
          boolean isWanted(InboundMessage message) {
            return false;
          }
        };
    Inbox inbox = inbox();
    return new KeyedMessages(
        inbox,
        new EntryFactory(noReply, () -> Duration.ofSeconds(15), clock),
        new EntryRouter(null, null, null) {
          @Override
          Uni<RoutedEntry> fix(InboxEntry entry, InboundMessage message) {
            return Uni.createFrom().item(new RoutedEntry.NoLane(entry, new Route.Refused(reason)));
          }
        },
        null,
        null,
        new DeadLetters(inbox, new SimpleMeterRegistry()),
        () -> Duration.ofSeconds(5));
  }

  private Inbox inbox() {
    return new Inbox(null, null, null, null, new Batchers(new FakeTimers()), clock) {
      @Override
      Uni<InboxEntry> accept(InboxEntry entry) {
        boolean first = inInbox.isEmpty();
        if (first) {
          inInbox.add(entry);
          return Uni.createFrom().item(entry);
        }
        InboxEntry there = inInbox.get(0);
        there.state = entry.state;
        there.fingerprint = entry.fingerprint;
        return Uni.createFrom().item(there);
      }

      @Override
      Uni<Boolean> takeBack(InboxEntry entry) {
        return Uni.createFrom().item(!shared && inInbox.remove(entry));
      }

      @Override
      Uni<Void> forget(InboxEntry entry) {
        inInbox.remove(entry);
        return Uni.createFrom().voidItem();
      }

      @Override
      Uni<InboxEntry> bury(InboxEntry entry, String why) {
        dead.add(entry);
        return Uni.createFrom().item(entry);
      }
    };
  }
}
