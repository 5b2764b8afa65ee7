package chat.switchboard.mongo;

import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.bson.Document;

/** The MongoDB server's own description. */
@ApplicationScoped
class ServerInfo {

  private final ReactiveMongoClient client;

  ServerInfo(ReactiveMongoClient client) {
    this.client = client;
  }

  /**
   * Returns the server's role, newest wire version and time. Older servers know the command's first
   * name.
   */
  Uni<Document> hello() {
    return run("hello").onFailure().recoverWithUni(() -> run("isMaster"));
  }

  Uni<String> version() {
    return run("buildInfo").map(info -> info.get("version", "unknown"));
  }

  private Uni<Document> run(String command) {
    return client.getDatabase("admin").runCommand(new Document(command, 1));
  }
}
