package chat.switchboard.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.inbound.InboxEntry.State;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.support.FakeTimers;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which entries of the inbox a lane gets, and which of them it has to wait for. */
@Tag("unit")
class RoutedInboxTest {

  private static final String HERE = "the conversation of the lane";

  private final List<InboxEntry> waiting = new ArrayList<>();
  private final Set<String> deleted = new HashSet<>();
  private final List<Set<String>> reads = new ArrayList<>();
  private final List<String> lookedFor = new ArrayList<>();
  private final RoutedInbox inbox =
      new RoutedInbox(
          new Inbox(null, null, null, null, new Batchers(new FakeTimers()), null) {
            @Override
            Uni<Backlogs.Found> backlog(
                String conversationId, Collection<String> senders, int limit) {
              reads.add(Set.copyOf(senders));
              return Uni.createFrom().item(found(conversationId, senders));
            }
          },
          new EntryRouter(null, null, null) {
            @Override
            Uni<InboxEntry> findLane(InboxEntry entry) {
              entry.lane = entry.lane == null ? HERE : entry.lane;
              return Uni.createFrom().item(entry);
            }

            @Override
            Uni<Boolean> isLost(InboxEntry entry) {
              lookedFor.add(entry.lane);
              return Uni.createFrom().item(deleted.contains(entry.lane));
            }

            @Override
            Uni<InboxEntry> moveOn(InboxEntry lost) {
              lost.lane = HERE;
              return Uni.createFrom().item(lost);
            }
          });

  @Test
  void the_entries_of_a_sender_that_the_inbox_alone_knows_are_looked_for_as_well() {
    entry("without a conversation", "a person", null);
    entry("later", "a person", HERE);
    entry("another's", "another person", HERE);
    assertThat(ids(read(Set.of("another person")).here()))
        .containsExactly("without a conversation", "later", "another's");
    assertThat(reads)
        .containsExactly(Set.of("another person"), Set.of("another person", "a person"));
  }

  @Test
  void an_inbox_with_the_senders_of_this_process_alone_is_read_once() {
    entry("an entry", "a person", HERE);
    entry("an entry of a program", null, HERE);
    read(Set.of("a person"));
    assertThat(reads).hasSize(1);
  }

  @Test
  void an_entry_for_a_deleted_conversation_is_lost_and_one_for_another_conversation_is_not() {
    deleted.add("a deleted conversation");
    entry("first", "a person", "a deleted conversation");
    entry("second", "a person", "a deleted conversation");
    entry("of another conversation", "a person", "another conversation");
    entry("later", "a person", HERE);
    RoutedInbox.Read read = read(Set.of("a person"));
    assertThat(ids(read.here())).containsExactly("later");
    assertThat(ids(read.lost())).containsExactly("first", "second");
    assertThat(lookedFor)
        .as("each conversation is read once")
        .containsExactly("a deleted conversation", "another conversation");
    inbox.moveOn(read.lost()).await().indefinitely();
    assertThat(ids(read(Set.of("a person")).here())).containsExactly("first", "second", "later");
  }

  private RoutedInbox.Read read(Set<String> senders) {
    return inbox.read(HERE, senders).await().indefinitely();
  }

  private Backlogs.Found found(String conversationId, Collection<String> senders) {
    List<InboxEntry> here = new ArrayList<>();
    List<InboxEntry> elsewhere = new ArrayList<>();
    for (InboxEntry entry : waiting) {
      boolean wanted = entry.sender != null && senders.contains(entry.sender);
      if (conversationId.equals(entry.lane) || (entry.lane == null && wanted)) {
        here.add(entry);
      } else if (wanted) {
        elsewhere.add(entry);
      }
    }
    return new Backlogs.Found(here, elsewhere);
  }

  private void entry(String id, String sender, String lane) {
    InboxEntry entry = new InboxEntry();
    entry.id = id;
    entry.sender = sender;
    entry.lane = lane;
    entry.state = State.RECEIVED;
    entry.envelope = new Document();
    waiting.add(entry);
  }

  private static List<String> ids(List<InboxEntry> entries) {
    return entries.stream().map(entry -> entry.id).toList();
  }
}
