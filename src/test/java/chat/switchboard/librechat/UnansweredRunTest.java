package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The messages that an answer would answer, by the end of a conversation. */
@Tag("unit")
class UnansweredRunTest {

  /** Each letter is a message below the message before. */
  private enum Kind {
    /** The owner's. */
    U,
    /** The agent's. */
    A,
    /** The agent's, with an error. */
    E,
    /** The agent's, partly stored. */
    P,
    /** From outside. */
    X
  }

  @ParameterizedTest(name = "{0}: {1} to be answered, answered already: {2}")
  @CsvSource({
    "X, 1, false",
    "XX, 2, false",
    "UAXXX, 3, false",
    "UAXAXX, 2, false",
    "XA, 1, true",
    "UAXXA, 2, true",
    "XE, 1, false",
    "XXE, 2, false",
    "UAXU, 0, false",
    "XUA, 0, false",
    "UA, 0, false",
    "UE, 0, false",
    "XP, 1, false",
    "XPX, 2, false",
    "XEXPX, 3, false",
    "XAXPX, 2, false",
    "UPX, 1, false",
    "UP, 0, false",
    "XPXA, 2, true",
    "U, 0, false"
  })
  void the_end_of(String thread, int open, boolean answered) {
    List<Message> messages = new ArrayList<>();
    String parent = Message.NO_PARENT;
    for (String letter : thread.split("")) {
      Message message = message(Kind.valueOf(letter), "m" + messages.size(), parent);
      messages.add(message);
      parent = message.messageId;
    }
    Collections.reverse(messages);
    UnansweredRun end = UnansweredRun.of(Optional.of(parent), messages);
    assertThat(end.run()).hasSize(open);
    assertThat(end.answer().isPresent()).isEqualTo(answered);
    if (open > 0) {
      // The newest message is the first: LibreChat answers that message.
      String newest = "m" + (thread.lastIndexOf('X'));
      assertThat(end.run().get(0).messageId).isEqualTo(newest);
    }
  }

  @org.junit.jupiter.api.Test
  void an_empty_thread_has_no_end() {
    assertThat(UnansweredRun.of(Optional.empty(), List.of()).run()).isEmpty();
    assertThat(UnansweredRun.of(Optional.of("gone"), List.of()).run()).isEmpty();
  }

  @org.junit.jupiter.api.Test
  void a_thread_that_runs_in_a_circle_has_an_end_all_the_same() {
    List<Message> circle = List.of(message(Kind.X, "m0", "m1"), message(Kind.E, "m1", "m0"));
    assertThat(UnansweredRun.of(Optional.of("m0"), circle).run()).hasSize(1);
  }

  private static Message message(Kind kind, String id, String parent) {
    Message message = new Message();
    message.messageId = id;
    message.parentMessageId = parent;
    message.createdByUser = kind == Kind.U;
    message.error = kind == Kind.E;
    message.unfinished = kind == Kind.P;
    message.metadata = kind == Kind.X ? new Document("role", "external") : null;
    return message;
  }
}
