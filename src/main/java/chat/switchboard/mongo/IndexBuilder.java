package chat.switchboard.mongo;

import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Timers;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import mutiny.zero.flow.adapters.AdaptersToFlow;
import org.bson.Document;
import org.jboss.logging.Logger;

/** Makes the server build one index, without a time limit. */
@Singleton
class IndexBuilder {

  private static final Logger LOG = Logger.getLogger(IndexBuilder.class);

  /** A build that is shorter than this time has no lines in the log. */
  private static final Duration UNTOLD = Duration.ofSeconds(1);

  private final ReactiveMongoClient client;
  private final DatabaseName database;
  private final Timers timers;

  IndexBuilder(ReactiveMongoClient client, DatabaseName database, Timers timers) {
    this.client = client;
    this.database = database;
    this.timers = timers;
  }

  /**
   * Sends the command once, without a time limit. If the index exists or is being built, the server
   * answers when the index is ready, and does not build the index again.
   */
  Uni<Void> build(WantedIndex index) {
    return Uni.createFrom()
        .deferred(
            () -> {
              long begun = System.nanoTime();
              AtomicBoolean told = new AtomicBoolean();
              Timers.Timer telling = tellLater(index, told);
              return send(index)
                  .onTermination()
                  .invoke(telling::cancel)
                  .invoke(
                      () -> {
                        if (told.get()) {
                          LOG.infof(
                              "Building the index %s succeeded after %s s.",
                              index.shown(), seconds(begun));
                        }
                      })
                  .onFailure()
                  .invoke(
                      failure -> {
                        if (told.get()) {
                          LOG.warnf(
                              "Building the index %s failed after %s s: %s",
                              index.shown(), seconds(begun), Cause.of(failure));
                        }
                      });
            });
  }

  private Timers.Timer tellLater(WantedIndex index, AtomicBoolean told) {
    return timers.after(
        UNTOLD,
        () -> {
          told.set(true);
          LOG.infof(
              "Building the index %s; with many documents the build takes minutes.", index.shown());
        });
  }

  private static String seconds(long begun) {
    return String.format(Locale.ROOT, "%.1f", (System.nanoTime() - begun) / 1e9);
  }

  private Uni<Void> send(WantedIndex index) {
    return Multi.createFrom()
        .publisher(
            AdaptersToFlow.publisher(
                client
                    .unwrap()
                    .getDatabase(database.resolve())
                    .getCollection(index.collection())
                    // Zero means no limit: the read timeout of the other commands does not apply.
                    .withTimeout(0, TimeUnit.MILLISECONDS)
                    .createIndexes(List.of(index.model()))))
        .onItem()
        .ignoreAsUni();
  }

  /**
   * Whether the server reports a running index build of this collection. A server without {@code
   * currentOp} counts as building no index.
   */
  Uni<Boolean> isAtWork(String collection) {
    return client
        .getDatabase("admin")
        .runCommand(new Document("currentOp", 1).append("$ownOps", true))
        .map(
            answer ->
                answer.getList("inprog", Document.class, List.of()).stream()
                    .map(one -> one.get("command", new Document()))
                    .anyMatch(
                        command ->
                            collection.equals(command.get("createIndexes"))
                                && database
                                    .resolve()
                                    .equals(command.get("$db", database.resolve()))))
        .onFailure()
        .recoverWithItem(false);
  }
}
