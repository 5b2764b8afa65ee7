package chat.switchboard.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.routing.Route;
import chat.switchboard.support.FakeTimers;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A message without a key that is kept, and the next message of its sender at another replica. */
@Tag("unit")
class UnkeyedMessagesTest {

  private static final Duration STEP = Duration.ofMillis(10);

  private final FakeTimers timers = new FakeTimers();
  private final List<InboxEntry> inInbox = new ArrayList<>();
  private final List<LaneItem> submitted = new ArrayList<>();
  private boolean deleted;
  private final LaneBacklog anotherReplica =
      new LaneBacklog(
          "a conversation",
          new RoutedInbox(null, null) {
            @Override
            Uni<Read> read(String conversationId, Set<String> senders) {
              return Uni.createFrom().item(new Read(List.copyOf(inInbox), List.of()));
            }
          },
          timers);
  private final UnkeyedMessages thisReplica = messages();

  @Test
  void a_caller_hears_of_a_kept_message_when_no_replica_counts_the_inbox_as_empty_any_more() {
    assertThat(readByAnotherReplica()).isEmpty();
    CompletableFuture<Receipt> receipt =
        thisReplica.receive(InboundMessages.sms()).subscribe().asCompletionStage();
    assertThat(inInbox).as("the message is kept at once").hasSize(1);
    for (int i = 0; i < 100 && !receipt.isDone(); i++) {
      timers.pass(STEP);
    }
    assertThat(receipt).isCompletedWithValueMatching(Receipt.Kept.class::isInstance);
    // The caller sends the next message at once.
    assertThat(readByAnotherReplica()).containsExactlyElementsOf(inInbox);
  }

  /** A write into the deleted conversation may have had no response. */
  @Test
  void a_message_has_the_same_id_in_the_inbox_and_in_the_conversation_after_a_deleted_one() {
    deleted = true;
    thisReplica.receive(InboundMessages.sms()).subscribe().asCompletionStage();
    assertThat(submitted).hasSize(2);
    assertThat(submitted).extracting(LaneItem::messageId).containsOnly(inInbox.get(0).id);
    assertThat(inInbox.get(0).messageId).isEqualTo(inInbox.get(0).id);
  }

  private List<InboxEntry> readByAnotherReplica() {
    PendingMessages pending = new PendingMessages();
    pending.add(new LaneItem(conversation(), message(), 0, null));
    pending.admit();
    return anotherReplica.read(pending).await().atMost(Duration.ofSeconds(60)).here();
  }

  private UnkeyedMessages messages() {
    Clock clock = Clock.fixed(Instant.parse("2026-11-25T12:00:00Z"), ZoneOffset.UTC);
    ReplyDecision noReply =
        new ReplyDecision(null, null) {
          @Override
          boolean isWanted(InboundMessage message) {
            return false;
          }
        };
    return new UnkeyedMessages(
        new EntryRouter(null, null, null) {
          @Override
          Optional<Route.Into> remembered(InboundMessage message) {
            return Optional.empty();
          }

          @Override
          Uni<Route> route(InboundMessage message) {
            return Uni.createFrom().item(new Route.Into(conversation(), Optional.empty()));
          }
        },
        noReply,
        new EntryFactory(noReply, () -> Duration.ofSeconds(15), clock),
        new Inbox(null, null, null, null, new Batchers(timers), clock) {
          @Override
          Uni<InboxEntry> keep(InboxEntry entry) {
            inInbox.add(entry);
            return Uni.createFrom().item(entry);
          }
        },
        new LaneDelivery(null, null, clock) {
          @Override
          LaneItem submit(NewMessage message, Optional<String> sender, Route.Into into) {
            LaneItem item = LaneItem.unkept(into.conversation(), message, 0, sender);
            submitted.add(item);
            return item;
          }

          @Override
          Uni<Receipt> receipt(LaneItem item, Route.Into into, Supplier<Uni<Receipt>> onTimeout) {
            if (deleted) {
              deleted = false;
              return Uni.createFrom().failure(new ConversationChanged());
            }
            // The caller has waited long enough.
            return onTimeout.get();
          }
        },
        () -> Duration.ofSeconds(5),
        timers);
  }

  private static Conversation conversation() {
    Conversation conversation = new Conversation();
    conversation.conversationId = "a conversation";
    conversation.user = "an owner";
    return conversation;
  }

  private static NewMessage message() {
    return new NewMessage(UUID.randomUUID(), List.of("text"), "SMS", "sms", new Document());
  }
}
