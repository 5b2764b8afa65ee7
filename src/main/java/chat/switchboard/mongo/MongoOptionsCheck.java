package chat.switchboard.mongo;

import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Checks whether the options of writes and reads are weaker than the defaults. */
@ApplicationScoped
class MongoOptionsCheck implements Check {

  private static final String MEND =
      "Remove the weaker option from switchboard.mongo.options (SWITCHBOARD_MONGO_OPTIONS), unless"
          + " the server needs this option (docs/databases.md).";

  private final MongoOptions options;

  MongoOptionsCheck(MongoOptions options) {
    this.options = options;
  }

  @Override
  public Area area() {
    return Area.DATABASE;
  }

  @Override
  public String name() {
    return "Writes and reads";
  }

  @Override
  public Uni<Finding> look() {
    return Uni.createFrom().item(() -> of(options));
  }

  static Finding of(MongoOptions options) {
    WriteConcern write = options.writeConcern();
    Integer limit = write.getWTimeout(TimeUnit.MILLISECONDS);
    boolean isLimited = limit != null && limit > 0;
    boolean isJournaled = Boolean.TRUE.equals(write.getJournal());
    boolean isMajority = "majority".equals(write.getWObject());
    boolean isPrimary = ReadPreference.primary().equals(options.readPreference());
    String says =
        "Writes: w="
            + write.getWObject()
            + (isJournaled ? ", journaled" : ", not journaled")
            + (isLimited ? ", at most " + limit + " ms" : ", without a time limit")
            + ". Reads: "
            + options.readPreference().getName()
            + (ReadConcern.DEFAULT.equals(options.readConcern())
                ? ""
                : ", level " + options.readConcern().getLevel().getValue())
            + "."
            + (options.overruled().isEmpty()
                ? ""
                : " Of the options in the connection string, "
                    + String.join(", ", options.overruled())
                    + " do not apply to Switchboard.");
    List<String> weak = new ArrayList<>();
    if (!isMajority) {
      weak.add("a fail-over can undo an acknowledged write");
    }
    if (!isJournaled) {
      weak.add("a power failure of the server can lose an acknowledged write");
    }
    if (!isLimited) {
      weak.add("a write can wait for the majority until the connection times out");
    }
    if (!isPrimary) {
      weak.add("a read can miss a write that was just acknowledged");
    }
    return weak.isEmpty()
        ? Finding.ok(says)
        : Finding.warn(says + " So " + String.join(", and ", weak) + ".", MEND);
  }
}
