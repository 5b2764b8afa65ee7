package chat.switchboard.mongo;

import chat.switchboard.ops.Cause;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import mutiny.zero.flow.adapters.AdaptersToFlow;
import org.bson.Document;
import org.jboss.logging.Logger;

/** Has the server build one index, for as long as that takes. */
@Singleton
class IndexBuilder {

  private static final Logger LOG = Logger.getLogger(IndexBuilder.class);

  /** What is built within this time has no lines in the log. */
  private static final Duration UNTOLD = Duration.ofSeconds(1);

  private final ReactiveMongoClient client;
  private final DatabaseName database;

  IndexBuilder(ReactiveMongoClient client, DatabaseName database) {
    this.client = client;
    this.database = database;
  }

  /**
   * Sends the command once, without a limit of time. Where the index is there, or is being built,
   * the server answers when it is ready and builds nothing again.
   */
  Uni<Void> build(WantedIndex index) {
    return Uni.createFrom()
        .deferred(
            () -> {
              long begun = System.nanoTime();
              AtomicBoolean told = new AtomicBoolean();
              Cancellable telling = tellLater(index, told);
              return send(index)
                  .onTermination()
                  .invoke(telling::cancel)
                  .invoke(
                      () -> {
                        if (told.get()) {
                          LOG.infof(
                              "The index %s is built, after %s s.", index.shown(), seconds(begun));
                        }
                      })
                  .onFailure()
                  .invoke(
                      failure -> {
                        if (told.get()) {
                          LOG.warnf(
                              "Building the index %s has ended without an answer after %s s: %s",
                              index.shown(), seconds(begun), Cause.of(failure));
                        }
                      });
            });
  }

  private Cancellable tellLater(WantedIndex index, AtomicBoolean told) {
    return Uni.createFrom()
        .voidItem()
        .onItem()
        .delayIt()
        .by(UNTOLD)
        .subscribe()
        .with(
            now -> {
              told.set(true);
              LOG.infof(
                  "The index %s is being built; with many documents that takes minutes.",
                  index.shown());
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
                    // Zero is no limit: the read timeout of the other commands does not apply.
                    .withTimeout(0, TimeUnit.MILLISECONDS)
                    .createIndexes(List.of(index.model()))))
        .onItem()
        .ignoreAsUni();
  }

  /**
   * Whether the server is building an index of this collection, as far as it tells; a server that
   * does not know the question counts as building none.
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
