package chat.switchboard.dev;

import chat.switchboard.mongo.DatabaseName;
import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Creates dev mode's demo owner with one conversation, in LibreChat's form. */
@IfBuildProfile("dev")
@ApplicationScoped
class DemoData {

  static final String EMAIL = "demo@example.com";

  /** The demo owner, as the hexadecimal form of {@code users._id}. */
  static final String OWNER = "6b0300000000000000000001";

  static final String CONVERSATION = "c0ffee00-0000-4000-8000-000000000001";

  private static final Logger LOG = Logger.getLogger(DemoData.class);
  private static final String QUESTION = "c0ffee00-0000-4000-8000-000000000002";
  private static final String ANSWER = "c0ffee00-0000-4000-8000-000000000003";
  private static final String NO_PARENT = "00000000-0000-0000-0000-000000000000";

  private final ReactiveMongoClient client;
  private final DatabaseName database;
  private final boolean wanted;
  private final DemoCommands commands;

  DemoData(
      ReactiveMongoClient client,
      DatabaseName database,
      DemoConfig config,
      @ConfigProperty(name = "MONGO_URI") Optional<String> realServer,
      DemoCommands commands) {
    this.client = client;
    this.database = database;
    this.wanted = config.seed().orElse(realServer.isEmpty());
    this.commands = commands;
  }

  void onStart(@Observes @Priority(20) StartupEvent event) {
    if (!wanted) {
      LOG.info(
          "Demo data is not created on the server that MONGO_URI names; "
              + "-Dswitchboard.demo.seed=true creates the data if the database has no users.");
      return;
    }
    collection("users")
        .countDocuments()
        .flatMap(users -> users == 0 ? seed() : Uni.createFrom().voidItem())
        .flatMap(done -> collection("users").find(new Document("_id", new ObjectId(OWNER))).toUni())
        .subscribe()
        .with(
            owner -> {
              if (owner != null) {
                commands.print();
              }
            },
            failure -> LOG.error("Creating the demo data failed", failure));
  }

  private ReactiveMongoCollection<Document> collection(String name) {
    return client.getDatabase(database.resolve()).getCollection(name);
  }

  private Uni<Void> seed() {
    Instant now = Instant.now();
    return collection("conversations")
        .insertOne(conversation(now))
        .flatMap(
            done ->
                collection("messages")
                    .insertMany(
                        List.of(
                            message(QUESTION, NO_PARENT, now.minusSeconds(61))
                                .append("sender", "User")
                                .append("isCreatedByUser", true)
                                .append("text", "What will come in here?"),
                            message(ANSWER, QUESTION, now.minusSeconds(60))
                                .append("sender", "GPT-4o mini")
                                .append("isCreatedByUser", false)
                                .append("model", "gpt-4o-mini")
                                .append("text", "")
                                .append(
                                    "content",
                                    List.of(
                                        new Document("type", "text")
                                            .append("text", "Text messages, I am told."))))))
        // The owner comes last: the data is only created in a database without users.
        .flatMap(done -> collection("users").insertOne(owner(now)))
        .replaceWithVoid();
  }

  private static Document owner(Instant now) {
    return new Document("_id", new ObjectId(OWNER))
        .append("name", "Demo Owner")
        .append("username", "demo")
        .append("email", EMAIL)
        .append("emailVerified", true)
        .append("provider", "local")
        .append("role", "USER")
        .append("createdAt", Date.from(now))
        .append("updatedAt", Date.from(now))
        .append("__v", 0);
  }

  private static Document conversation(Instant now) {
    return new Document("conversationId", CONVERSATION)
        .append("user", OWNER)
        .append("title", "Demo conversation")
        .append("endpoint", "openAI")
        .append("model", "gpt-4o-mini")
        .append("isArchived", false)
        .append("tags", List.of())
        .append("files", List.of())
        .append("isTemporary", false)
        .append("expiredAt", null)
        .append("createdAt", Date.from(now.minusSeconds(61)))
        .append("updatedAt", Date.from(now.minusSeconds(60)))
        .append("__v", 0);
  }

  private static Document message(String id, String parent, Instant at) {
    return new Document("messageId", id)
        .append("conversationId", CONVERSATION)
        .append("user", OWNER)
        .append("parentMessageId", parent)
        .append("endpoint", "openAI")
        .append("unfinished", false)
        .append("error", false)
        .append("isTemporary", false)
        .append("expiredAt", null)
        .append("_meiliIndex", false)
        .append("createdAt", Date.from(at))
        .append("updatedAt", Date.from(at))
        .append("__v", 0);
  }
}
