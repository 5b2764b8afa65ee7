package chat.switchboard.support;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Sorts;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.bson.Document;
import org.bson.types.ObjectId;

/** The documents in LibreChat's database, and the messages that its page reads. */
public final class LibreChat implements AutoCloseable {

  public static final String NO_PARENT = "00000000-0000-0000-0000-000000000000";

  private final MongoClient client = MongoClients.create(TestDatabase.uri());

  public MongoCollection<Document> collection(String name) {
    return client.getDatabase(TestDatabase.name()).getCollection(name);
  }

  /** A user whom the tests have for themselves. */
  public String user() {
    return user("user-" + UUID.randomUUID() + "@example.com");
  }

  /** The user whom the service is configured to open conversations for. */
  public String owner() {
    Document known = collection("users").find(eq("email", TestDatabase.OWNER_EMAIL)).first();
    return known == null ? user(TestDatabase.OWNER_EMAIL) : known.getObjectId("_id").toHexString();
  }

  private String user(String email) {
    ObjectId id = new ObjectId();
    collection("users")
        .insertOne(
            new Document("_id", id)
                .append("email", email)
                .append("name", "Somebody")
                .append("provider", "local")
                .append("createdAt", new Date())
                .append("updatedAt", new Date())
                .append("__v", 0));
    return id.toHexString();
  }

  public String conversation(String user) {
    return conversation(user, new Document());
  }

  /** A conversation with a question and an answer, a minute old. */
  public String conversation(String user, Document more) {
    String id = UUID.randomUUID().toString();
    Date then = Date.from(Instant.now().minusSeconds(60));
    Document conversation =
        new Document("conversationId", id)
            .append("user", user)
            .append("title", "Somewhat older")
            .append("endpoint", "openAI")
            .append("model", "gpt-4o-mini")
            .append("isArchived", false)
            .append("isTemporary", false)
            .append("expiredAt", null)
            .append("createdAt", then)
            .append("updatedAt", then)
            .append("__v", 0);
    conversation.putAll(more);
    collection("conversations").insertOne(conversation);
    String question = message(id, user, NO_PARENT, "User", then);
    message(id, user, question, "GPT", new Date(then.getTime() + 1000));
    return id;
  }

  public String message(
      String conversationId, String user, String parent, String sender, Date createdAt) {
    return message(conversationId, user, parent, sender, createdAt, new Document());
  }

  public String message(
      String conversationId,
      String user,
      String parent,
      String sender,
      Date createdAt,
      Document more) {
    String id = UUID.randomUUID().toString();
    Document message =
        new Document("messageId", id)
            .append("conversationId", conversationId)
            .append("user", user)
            .append("parentMessageId", parent)
            .append("sender", sender)
            .append("isCreatedByUser", "User".equals(sender))
            .append("text", "Something")
            .append("endpoint", "openAI")
            .append("unfinished", false)
            .append("error", false)
            .append("createdAt", createdAt)
            .append("updatedAt", createdAt)
            .append("__v", 0);
    message.putAll(more);
    collection("messages").insertOne(message);
    return id;
  }

  /** As LibreChat's page asks for them. */
  public List<Document> messages(String conversationId, String user) {
    return collection("messages")
        .find(and(eq("conversationId", conversationId), eq("user", user)))
        .sort(Sorts.ascending("createdAt"))
        .into(new ArrayList<>());
  }

  public Document lastMessage(String conversationId, String user) {
    List<Document> all = messages(conversationId, user);
    return all.get(all.size() - 1);
  }

  public Document conversationOf(String conversationId) {
    return collection("conversations").find(eq("conversationId", conversationId)).first();
  }

  /** An access token as LibreChat makes them. */
  public static String token(String user) {
    return token(user, Duration.ofMinutes(15));
  }

  public static String token(String user, Duration life) {
    return token(user, life, TestDatabase.JWT_SECRET, SignatureAlgorithm.HS256);
  }

  public static String token(
      String user, Duration life, String secret, SignatureAlgorithm algorithm) {
    String mac = algorithm == SignatureAlgorithm.HS256 ? "HmacSHA256" : "HmacSHA512";
    return Jwt.claim("id", user)
        .claim("username", "somebody")
        .claim("provider", "local")
        .claim("email", "somebody@example.com")
        .issuedAt(Instant.now().minusSeconds(60))
        .expiresAt(Instant.now().plus(life))
        .jws()
        .algorithm(algorithm)
        .sign(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), mac));
  }

  @Override
  public void close() {
    client.close();
  }
}
