package chat.switchboard.mongo;

import com.mongodb.client.model.CountOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import org.bson.conversions.Bson;

/**
 * Counts documents up to {@link #MOST}. MongoDB counts by reading each index entry: without a
 * bound, the count of a long list costs more than one page of the list.
 */
public final class BoundedCount {

  /** The largest exact count. {@code MOST + 1} says that there are more. */
  public static final int MOST = 1_000;

  private BoundedCount() {}

  /**
   * @return the number of matching documents, at most {@code MOST + 1}
   */
  public static Uni<Long> of(ReactiveMongoCollection<?> collection, Bson filter) {
    return upTo(MOST + 1, collection, filter);
  }

  /**
   * @param most the largest number to count to; at least 1
   * @return the number of matching documents, at most {@code most}
   */
  public static Uni<Long> upTo(int most, ReactiveMongoCollection<?> collection, Bson filter) {
    return collection.countDocuments(filter, new CountOptions().limit(most));
  }

  /** Whether at least one document matches. */
  public static Uni<Boolean> any(ReactiveMongoCollection<?> collection, Bson filter) {
    return upTo(1, collection, filter).map(count -> count > 0);
  }
}
