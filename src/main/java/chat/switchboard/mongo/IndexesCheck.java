package chat.switchboard.mongo;

import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.util.List;
import java.util.stream.Collectors;
import org.bson.Document;
import org.eclipse.microprofile.health.Readiness;

/** Checks whether Switchboard's own collections have their indexes. */
@ApplicationScoped
class IndexesCheck implements Check {

  private final Instance<IndexPlan> plans;
  private final Indexes indexes;
  private final IndexSetup setup;

  IndexesCheck(@Any Instance<IndexPlan> plans, Indexes indexes, @Readiness IndexSetup setup) {
    this.plans = plans;
    this.indexes = indexes;
    this.setup = setup;
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
            plan -> indexes.listed(plan.collection()).map(there -> compare(plan, there)))
        .collect()
        .asList()
        .map(differences -> of(differences.stream().flatMap(List::stream).toList()))
        .map(
            finding ->
                setup
                    .doing()
                    .map(
                        now ->
                            Finding.warn(
                                finding.says() + " Now: " + now + ".",
                                "Wait: the log has a line when the build ends."))
                    .filter(now -> finding.status() != Finding.Status.FAIL)
                    .orElse(finding));
  }

  /**
   * A missing index, or an index with other options than wanted.
   *
   * @param expiryAlone whether only the deletion of expired documents is missing
   */
  record Difference(WantedIndex index, boolean expiryAlone) {}

  static List<Difference> compare(IndexPlan plan, List<Document> there) {
    return WantedIndex.of(plan).stream()
        .filter(index -> !index.isIn(there))
        .map(index -> new Difference(index, index.expires() && index.hasKeysIn(there)))
        .toList();
  }

  static Finding of(List<Difference> differences) {
    if (differences.isEmpty()) {
      return Finding.ok("No index is missing.");
    }
    List<WantedIndex> unique =
        differences.stream().map(Difference::index).filter(WantedIndex::isUnique).toList();
    if (!unique.isEmpty()) {
      return Finding.fail(
          "Missing unique indexes: " + shown(unique) + ". The service is not ready without them.",
          "Switchboard makes the indexes at the start: search the log for 'refuses the index', "
              + "remove the cause that the log names, and restart Switchboard.");
    }
    List<WantedIndex> expiry =
        differences.stream().map(Difference::index).filter(WantedIndex::expires).toList();
    List<WantedIndex> slow =
        differences.stream().map(Difference::index).filter(index -> !index.expires()).toList();
    String says =
        (expiry.isEmpty()
                ? ""
                : "The server has no TTL index "
                    + shown(expiry)
                    + "; Switchboard deletes expired documents itself, every ten minutes. ")
            + (slow.isEmpty()
                ? ""
                : "Missing: " + shown(slow) + ". Switchboard works, but queries may be slow.");
    List<WantedIndex> all = differences.stream().map(Difference::index).toList();
    return Finding.warn(
        says.strip(),
        "If the server supports these indexes (docs/databases.md), make them by hand: "
            + all.stream().map(WantedIndex::command).collect(Collectors.joining(" ; ")));
  }

  private static String shown(List<WantedIndex> indexes) {
    return indexes.stream().map(WantedIndex::shown).collect(Collectors.joining("; "));
  }
}
