package chat.switchboard.librechat;

import chat.switchboard.mongo.DatabaseName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import java.time.Clock;
import java.util.List;

/** Makes stores of LibreChat's collections without the container. */
public final class LibreChatStores {

  private LibreChatStores() {}

  public static MessageQueries queries(ReactiveMongoClient client, DatabaseName database) {
    return new MessageQueries(client, database);
  }

  public static CopiedRoles copiedRoles(
      ReactiveMongoClient client, DatabaseName database, MessageConfig config, Clock clock) {
    return new CopiedRoles(client, database, config, clock, List.of(), new SimpleMeterRegistry());
  }
}
