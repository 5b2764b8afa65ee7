package chat.switchboard.librechat;

import chat.switchboard.mongo.BatchLimits;
import chat.switchboard.mongo.BatchWaits;
import chat.switchboard.mongo.Batcher;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.mongo.BulkOutcomes;
import chat.switchboard.mongo.CallNotSent;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.UpdateOneModel;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.bson.conversions.Bson;

/** Writes what is ready in several conversations with one command for each collection. */
@Singleton
class SharedWrites {

  /** The approximate size of a message without its text. */
  private static final long BYTES = 1_024;

  /** A slow write into one conversation does not hold back the writes into the others. */
  private static final Duration SLOW = Duration.ofMillis(500);

  /** A quarter of the connections that a process has to the database by default. */
  private static final int MOST_SLOW = 16;

  /**
   * After this time the end that the messages were to be written below is read again: the owner may
   * have asked, and LibreChat may generate an answer.
   */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private final Batcher<List<Message>, Void> messages;
  private final Batcher<UpdateOneModel<Conversation>, Void> conversations;

  SharedWrites(Batchers batchers) {
    this.messages =
        batchers.of(
            chains ->
                BulkOutcomes.ordered(
                    chains.stream().map(List::size).toList(),
                    Message.<Message>mongoCollection()
                        .insertMany(chains.stream().flatMap(List::stream).toList())),
            BatchLimits.ofCalls(SharedWrites::bytes),
            new BatchWaits(SLOW, MOST_SLOW, LONGEST_WAIT));
    this.conversations =
        batchers.of(
            updates ->
                BulkOutcomes.unordered(
                    updates.size(),
                    Conversation.<Conversation>mongoCollection()
                        .bulkWrite(updates, new BulkWriteOptions().ordered(false))));
  }

  /**
   * Inserts the messages in their order; after a refused message none of the later ones.
   *
   * @param chain at least one message
   * @return fails with {@link CallNotSent}, and nothing is written, if the messages have waited for
   *     other writes for more than 2 s
   */
  Uni<Void> insert(List<Message> chain) {
    return messages.ask(chain);
  }

  /** Changes one conversation; a repetition must have the same effect. */
  Uni<Void> update(Bson which, Bson changes) {
    return conversations.ask(new UpdateOneModel<>(which, changes));
  }

  /** The text is stored twice, for the page and for the model. */
  private static long bytes(List<Message> chain) {
    return chain.stream().mapToLong(message -> BYTES + 2L * message.text.length()).sum();
  }
}
