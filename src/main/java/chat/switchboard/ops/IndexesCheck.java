package chat.switchboard.ops;

import com.mongodb.MongoClientSettings;
import com.mongodb.client.model.IndexModel;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;

/** Whether our own collections have their indexes. */
@ApplicationScoped
class IndexesCheck implements Check {

  private final Instance<IndexPlan> plans;
  private final Indexes indexes;

  IndexesCheck(@Any Instance<IndexPlan> plans, Indexes indexes) {
    this.plans = plans;
    this.indexes = indexes;
  }

  @Override
  public Area area() {
    return Area.DATABASE;
  }

  @Override
  public String name() {
    return "Switchboard's indexes";
  }

  @Override
  public Uni<Finding> look() {
    return Multi.createFrom()
        .iterable(plans)
        .onItem()
        .transformToUniAndConcatenate(
            plan -> indexes.of(plan.collection()).map(there -> missing(plan, there)))
        .collect()
        .asList()
        .map(missing -> of(missing.stream().flatMap(List::stream).toList()));
  }

  private static List<String> missing(IndexPlan plan, Set<List<String>> there) {
    return plan.indexes().stream()
        .map(IndexesCheck::fields)
        .filter(wanted -> !there.contains(wanted))
        .map(wanted -> plan.collection() + " {" + String.join(", ", wanted) + "}")
        .toList();
  }

  private static List<String> fields(IndexModel index) {
    return List.copyOf(
        index
            .getKeys()
            .toBsonDocument(BsonDocument.class, MongoClientSettings.getDefaultCodecRegistry())
            .keySet());
  }

  private static Finding of(List<String> missing) {
    return missing.isEmpty()
        ? Finding.ok("All are there.")
        : Finding.fail(
            "Missing: " + String.join("; ", missing) + ".",
            "They are made at the start: look for 'The indexes of' in the log, mend what it names,"
                + " and start again.");
  }
}
