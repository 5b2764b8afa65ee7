package chat.switchboard.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.NewMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bson.BsonTimestamp;
import org.bson.Document;

/**
 * Messages go into a conversation in the order of their arrival, each once, in whatever way a
 * replica receives them.
 */
@net.jqwik.api.Tag("unit")
class BatchTest {

  @Property
  void kept_messages_go_in_by_arrival_each_once(
      @ForAll @IntRange(min = 1, max = 40) int count,
      @ForAll boolean serverGivesTimes,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<InboxEntry> arrived = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      arrived.add(entry(i, serverGivesTimes, random));
    }
    List<LaneItem> items = new ArrayList<>();
    List<InboxEntry> backlog = new ArrayList<>();
    for (InboxEntry entry : arrived) {
      backlog.add(entry);
      // Some are new to this process, some it received itself, and some twice.
      for (int copies = random.nextInt(3); copies > 0; copies--) {
        items.add(item(entry));
      }
    }
    Collections.shuffle(items, random);
    Collections.shuffle(backlog, random);

    Batch batch = Batch.of(items, backlog);

    List<String> wanted = arrived.stream().map(entry -> entry.messageId).toList();
    assertThat(batch.messages().stream().map(one -> one.messageId().toString()))
        .containsExactlyElementsOf(wanted);
    assertThat(batch.entryIds())
        .containsExactlyElementsOf(arrived.stream().map(entry -> entry.id).toList());
  }

  @Property
  void entries_that_left_the_inbox_are_left_out(@ForAll long seed) {
    InboxEntry dropped = entry(1, true, new Random(seed));
    InboxEntry there = entry(2, true, new Random(seed));
    Batch batch = Batch.of(List.of(item(dropped), item(there)), List.of(there));
    assertThat(batch.entryIds()).containsExactly(there.id);
    assertThat(batch.messages()).hasSize(1);
  }

  @Property
  void messages_known_only_to_this_process_keep_their_order(
      @ForAll @IntRange(min = 1, max = 20) int count) {
    List<LaneItem> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(new LaneItem(new Conversation(), message(UUID.randomUUID()), i, null));
    }
    Batch batch = Batch.of(items, List.of());
    assertThat(batch.messages())
        .containsExactlyElementsOf(items.stream().map(item -> item.message).toList());
    assertThat(batch.entryIds()).isEmpty();
  }

  @Example
  void a_message_that_waits_for_files_holds_back_later_ones_of_its_sender_alone() {
    InboxEntry first = entry(0, true, new Random(1));
    InboxEntry waits = entry(1, true, new Random(1));
    InboxEntry later = entry(2, true, new Random(1));
    InboxEntry other = entry(3, true, new Random(1));
    List<InboxEntry> backlog = List.of(first, waits, later, other);
    Batch batch =
        Batch.of(
            List.of(
                item(first, "SMS +1"),
                item(waits, "SMS +1"),
                item(later, "SMS +1"),
                item(other, "SMS +2")),
            backlog);
    Batch ready = batch.without(Set.of(waits.messageId), backlog);
    assertThat(ready.entryIds()).containsExactly(first.id, other.id);
    assertThat(ready.messages())
        .extracting(message -> message.messageId().toString())
        .containsExactly(first.messageId, other.messageId);
    assertThat(batch.without(Set.of(), backlog)).isEqualTo(batch);
  }

  private static LaneItem item(InboxEntry entry, String sender) {
    return new LaneItem(
        new Conversation(),
        new NewMessage(
            UUID.fromString(entry.messageId), List.of("text"), sender, "sms", new Document()),
        0,
        entry);
  }

  private static InboxEntry entry(int i, boolean serverGivesTimes, Random random) {
    InboxEntry entry = new InboxEntry();
    entry.id = UUID.randomUUID().toString();
    entry.messageId = UUID.randomUUID().toString();
    entry.lane = "lane";
    // If the server gives the time, the clocks of the replicas do not matter.
    entry.arrival = serverGivesTimes ? new BsonTimestamp(1_000, i + 1) : new BsonTimestamp(0, 0);
    entry.receivedAt = new Date(serverGivesTimes ? random.nextInt(1_000) : i / 3);
    entry.sequence = serverGivesTimes ? random.nextLong() : i;
    entry.envelope = Envelope.seal(InboundMessages.sms());
    return entry;
  }

  private static LaneItem item(InboxEntry entry) {
    return new LaneItem(new Conversation(), message(UUID.fromString(entry.messageId)), 0, entry);
  }

  private static NewMessage message(UUID id) {
    return new NewMessage(id, List.of("text"), "SMS", "sms", new Document());
  }
}
