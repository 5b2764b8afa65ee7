package chat.switchboard.queries;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.bson.Document;
import org.bson.types.ObjectId;

/**
 * {@link #SIZE} documents in each collection, in the worst proportions: one owner has all
 * conversations, one conversation has half of all messages, one person has half of all mappings,
 * and all documents are from one day. Values of the dataset replace the values of the recorded
 * queries.
 */
final class Dataset {

  static final int SIZE = 20_000;

  private static final long DAY = 86_400_000L;
  private static final String[] INBOX = {"RECEIVED", "DEAD", "APPENDED", "RECEIVED"};
  private static final String[] OUTBOX = {
    "QUEUED",
    "SENDING",
    "AMBIGUOUS",
    "SENT",
    "DELIVERED",
    "UNDELIVERED",
    "FAILED",
    "BLOCKED",
    "DEAD",
    "DELIVERED"
  };
  private static final String[] DELIVERIES = {
    "ACCEPTED", "APPENDED", "COLLECTED", "SKIPPED", "FAILED", "APPENDED"
  };
  private static final String[] MEDIA = {"PENDING", "FETCHED", "STORED", "FAILED", "STORED"};
  private static final String[] REPLIES = {"PENDING", "ASKING", "ANSWERED", "SKIPPED", "DEAD"};

  private final long now;
  private final Map<String, List<BsonDocument>> documents = new LinkedHashMap<>();
  private final Map<String, List<BsonValue>> values = new HashMap<>();

  Dataset(long now) {
    this.now = now;
    users();
    conversations();
    messages();
    mappings();
    inbox();
    outbox();
    replies();
    optOuts();
    userIds();
    windows();
    spend();
    leases();
    feed();
    hooks();
    deliveries();
    digests();
    events();
    receivers();
    audit();
    phones();
    media();
    files();
  }

  Map<String, List<BsonDocument>> documents() {
    return documents;
  }

  /** The values that replace recorded values of this field, the worst value first. */
  List<BsonValue> values(String collection, String field) {
    return values.getOrDefault(collection + "." + field, List.of());
  }

  private interface Maker {
    Document of(int i);
  }

  private void collection(String name, Maker maker) {
    List<BsonDocument> made = new ArrayList<>(SIZE);
    for (int i = 0; i < SIZE; i++) {
      made.add(maker.of(i).toBsonDocument());
    }
    documents.put(name, made);
  }

  private void stands(String collection, String field, Object... standIns) {
    Document carrier = new Document("values", List.of(standIns));
    values.put(collection + "." + field, List.copyOf(carrier.toBsonDocument().getArray("values")));
  }

  /** The i-th of all moments of the last day; the last is now. */
  private Date at(int i) {
    return new Date(now - DAY + DAY * (i + 1) / SIZE);
  }

  private static ObjectId objectId(int kind, int i) {
    return new ObjectId(
        ByteBuffer.allocate(12).putInt(0x65000000 + i).putInt(kind).putInt(i).array());
  }

  private static String name(String kind, int i) {
    return kind + "-" + digits(5, i);
  }

  private static String phone(int i) {
    return "+1555" + digits(7, i);
  }

  private static String digits(int length, int number) {
    String digits = String.valueOf(number);
    return "0".repeat(Math.max(0, length - digits.length())) + digits;
  }

  private void users() {
    collection(
        "users",
        i ->
            new Document("_id", objectId(1, i))
                .append("email", name("user", i) + "@example.com")
                .append("provider", "openid")
                .append("openidId", name("subject", i))
                .append("openidIssuer", "https://issuer.example.com")
                .append("idOnTheSource", name("source", i)));
    stands("users", "_id", objectId(1, 0), objectId(1, 1), objectId(1, 2));
    stands("users", "email", "user-00007@example.com");
    stands("users", "openidId", "subject-00007");
    stands("users", "idOnTheSource", "source-00007");
    stands("users", "openidIssuer", "https://issuer.example.com", "https://issuer.example.com/");
  }

  private void conversations() {
    collection(
        "conversations",
        i ->
            new Document("_id", objectId(2, i))
                .append("conversationId", name("conversation", i))
                .append("user", name("owner", 0))
                .append("title", "A title")
                // Half of them name no model: a search for one that does passes over them.
                .append("endpoint", i % 2 == 0 ? "openAI" : null)
                .append("model", i % 2 == 0 ? "gpt-4o-mini" : null)
                .append("isTemporary", false)
                .append("isArchived", false)
                .append("createdAt", at(i))
                .append("updatedAt", at(i)));
    stands("conversations", "conversationId", name("conversation", 0));
    stands("conversations", "user", name("owner", 0));
  }

  private void messages() {
    collection(
        "messages",
        i -> {
          boolean hot = i % 2 == 0;
          boolean external = i % 100 == 0;
          Document message =
              new Document("_id", objectId(3, i))
                  .append("messageId", name("message", i))
                  .append("conversationId", name("conversation", hot ? 0 : 1 + i / 20))
                  .append("user", name("owner", 0))
                  .append("parentMessageId", name("message", Math.max(0, i - 2)))
                  .append("text", "Hello")
                  .append("sender", "User")
                  .append("isCreatedByUser", i % 4 < 2 && !external)
                  .append("unfinished", false)
                  .append("createdAt", at(i))
                  .append("updatedAt", at(i));
          return external
              ? message
                  .append("role", "user")
                  .append("metadata", new Document("role", "external").append("source", "sms"))
              : message;
        });
    int last = SIZE - 2;
    stands("messages", "conversationId", name("conversation", 0), name("conversation", 1));
    stands("messages", "user", name("owner", 0));
    stands("messages", "messageId", name("message", last), name("message", last - 1));
    stands("messages", "parentMessageId", name("message", last - 4));
    Object[] ids = new Object[1_000];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = objectId(3, SIZE - 1 - i);
    }
    stands("messages", "_id", ids);
  }

  /** One person has half of the mappings, one conversation the other half. */
  private void mappings() {
    String[] numbers = {"+15550001111", "", "+15550002222", "+15550003333"};
    collection(
        "switchboard_mappings",
        i -> {
          boolean hot = i % 2 == 0;
          Document mapping =
              new Document("_id", name("mapping", i))
                  .append("phoneNumber", hot ? phone(0) : phone(i))
                  .append("serviceNumber", hot && i > 10 ? "+15559999999" : numbers[i % 4])
                  .append("conversationId", name("conversation", hot ? i : 1))
                  .append("user", name("owner", 0))
                  .append("opened", true)
                  .append("createdAt", at(i))
                  .append("lastUsed", at(SIZE - 1 - i));
          if (i % 3 == 0) {
            mapping.append("code", name("code", i)).append("codeExpiresAt", new Date(now + DAY));
          }
          if (i % 5 == 0) {
            mapping.append("conversationSid", name("CH", i / 50));
          }
          return mapping;
        });
    stands("switchboard_mappings", "_id", name("mapping", 4));
    stands("switchboard_mappings", "phoneNumber", phone(0), phone(1), phone(3));
    stands("switchboard_mappings", "user", name("owner", 0));
    stands("switchboard_mappings", "serviceNumber", "+15550001111", "");
    stands("switchboard_mappings", "conversationId", name("conversation", 1));
    stands("switchboard_mappings", "conversationSid", name("CH", 0));
    stands("switchboard_mappings", "code", name("code", 3));
  }

  private void inbox() {
    collection(
        "switchboard_inbox",
        i -> {
          String state = INBOX[i % 4];
          boolean hot = i % 8 < 4;
          Document entry =
              new Document("_id", name("inbox", i))
                  .append("state", state)
                  .append("sender", hot ? phone(0) + " +15550001111" : phone(i) + " +15550001111")
                  .append("phoneNumber", phone(i))
                  .append("arrival", new BsonTimestamp((int) (now / 1000) - SIZE + i, 1))
                  .append("receivedAt", at(i))
                  .append("sequence", (long) i)
                  .append("attempts", 0);
          if (i % 16 < 8) {
            entry.append("lane", name("conversation", 0));
          }
          if (!"APPENDED".equals(state)) {
            entry.append("nextAttemptAt", new Date(now + i - 10));
          }
          return entry;
        });
    stands("switchboard_inbox", "_id", name("inbox", 0), name("inbox", 3), name("inbox", 4));
    stands("switchboard_inbox", "lane", name("conversation", 0));
    stands("switchboard_inbox", "sender", phone(0) + " +15550001111");
    stands("switchboard_inbox", "phoneNumber", phone(7), phone(8));
  }

  private void outbox() {
    collection(
        "switchboard_outbox",
        i -> {
          String state = OUTBOX[i % OUTBOX.length];
          boolean open = "QUEUED".equals(state) || "SENDING".equals(state);
          Document entry =
              new Document("_id", name("text", i))
                  .append("textId", name("text", i))
                  .append("state", state)
                  .append("sender", "+15550001111")
                  .append("phoneNumber", i % 4 < 2 ? phone(0) : phone(i))
                  .append("conversationId", name("conversation", i % 2 == 0 ? 0 : i))
                  .append("claim", name("claim", i))
                  .append("arrival", new BsonTimestamp((int) (now / 1000) - SIZE + i, 1))
                  .append("queuedAt", at(i))
                  .append("sequence", (long) i);
          if (open) {
            // One number has nearly all of it; two others have a text each.
            entry.append("lane", i < 20 ? "+1555000333" + i % 10 : "+15550001111");
          }
          if ("QUEUED".equals(state)) {
            entry.append("filesDueAt", at(i));
          }
          if (open || "AMBIGUOUS".equals(state)) {
            entry.append("nextAttemptAt", new Date(open ? at(i).getTime() : now + DAY));
          }
          return open ? entry : entry.append("sid", name("SM", i));
        });
    stands("switchboard_outbox", "_id", name("text", 0), name("text", 1));
    stands("switchboard_outbox", "lane", "+15550001111");
    stands("switchboard_outbox", "phoneNumber", phone(0));
    stands("switchboard_outbox", "conversationId", name("conversation", 0));
    stands("switchboard_outbox", "sid", name("SM", 3));
    stands("switchboard_outbox", "claim", name("claim", 0));
  }

  private void replies() {
    collection(
        "switchboard_replies",
        i -> {
          String state = REPLIES[i % REPLIES.length];
          Document reply =
              new Document("_id", name("message", i))
                  .append("conversationId", name("conversation", i % 4 == 0 ? 0 : i))
                  .append("user", name("owner", 0))
                  .append("state", state)
                  .append(
                      "phones",
                      List.of(
                          new Document("to", i % 2 == 0 ? phone(0) : phone(i))
                              .append("from", "+15550001111")))
                  .append("wantedAt", at(i))
                  .append("askedAt", "SKIPPED".equals(state) ? null : at(i));
          if ("PENDING".equals(state) || "ASKING".equals(state)) {
            reply.append("dueAt", new Date(now + (i - 5) * 1_000L));
          }
          return "SKIPPED".equals(state)
              ? reply.append("coveredBy", name("message", i - i % 10))
              : reply;
        });
    stands("switchboard_replies", "_id", name("message", 0));
    stands("switchboard_replies", "conversationId", name("conversation", 0));
    stands("switchboard_replies", "phones.to", phone(0));
    stands("switchboard_replies", "coveredBy", name("message", 0), name("message", 10));
  }

  private void optOuts() {
    collection(
        "switchboard_optouts",
        i ->
            new Document("_id", phone(i / 4) + " +1555000" + i % 4)
                .append("phoneNumber", phone(i / 4))
                .append("serviceNumber", "+1555000" + i % 4)
                .append("optedOut", i % 2 == 0)
                .append("at", at(i))
                .append("sids", List.of(name("SM", i))));
    stands("switchboard_optouts", "_id", phone(0) + " +15550000", phone(0) + " +15550001");
    stands("switchboard_optouts", "phoneNumber", phone(0));
    stands("switchboard_optouts", "sids", name("SM", 0));
  }

  private void userIds() {
    collection(
        "switchboard_user_ids",
        i ->
            new Document("_id", "whatsapp:US." + i)
                .append("phoneNumber", "whatsapp:" + phone(i))
                .append("account", "whatsapp:" + phone(i / 100))
                .append("forgetAt", new Date(now + DAY)));
    stands("switchboard_user_ids", "_id", "whatsapp:US.0");
    stands("switchboard_user_ids", "phoneNumber", "whatsapp:" + phone(0));
    stands("switchboard_user_ids", "account", "whatsapp:" + phone(0));
  }

  private void windows() {
    collection(
        "switchboard_windows",
        i ->
            new Document("_id", "whatsapp:" + phone(i) + " +15550000")
                .append("account", "whatsapp:" + phone(i))
                .append("writtenAt", at(i))
                .append("forgetAt", new Date(now + DAY)));
    stands("switchboard_windows", "_id", "whatsapp:" + phone(0) + " +15550000");
    stands("switchboard_windows", "account", "whatsapp:" + phone(0));
  }

  private void spend() {
    collection(
        "switchboard_spend",
        i -> {
          // One day has an owner's counter for half of them, and a person's for the other half.
          String kind = i == 0 ? "all" : i == 1 ? "people" : i % 2 == 0 ? "owner" : "person";
          return new Document("_id", name("2026-01-31 " + kind, i))
              .append("day", "2026-01-31")
              .append("kind", kind)
              .append("name", name("name", i))
              .append("used", (long) i)
              .append("expireAt", new Date(now + DAY));
        });
    stands("switchboard_spend", "_id", name("2026-01-31 all", 0));
    stands("switchboard_spend", "day", "2026-01-31");
  }

  private void leases() {
    collection(
        "switchboard_leases",
        i ->
            new Document("_id", name("conversation", i))
                .append("token", name("token", i))
                .append("beat", 0L));
    stands("switchboard_leases", "_id", name("conversation", 0));
    stands("switchboard_leases", "token", name("token", 0));
  }

  private void feed() {
    collection(
        "switchboard_feed",
        i ->
            new Document("_id", objectId(22, i))
                .append("user", name("user", i % 1_000))
                .append("kind", "message")
                .append("messageId", name("message", i))
                .append("conversationId", name("conversation", i))
                .append("createdAt", new Date(now - i * 1_000L))
                .append("at", new Date(now - i * 1_000L)));
    stands("switchboard_feed", "user", name("user", 0), "*");
    stands("switchboard_feed", "at", new Date(now - 30_000));
    collection(
        "switchboard_feed_reader",
        i ->
            new Document("_id", name("reader", i))
                .append("beat", 0L)
                .append("looked", new Date(now)));
    stands("switchboard_feed_reader", "_id", name("reader", 0));
  }

  private void hooks() {
    collection(
        "switchboard_hooks",
        i ->
            new Document("_id", name("hook", i))
                .append("scheme", "github")
                .append("owner", name("owner", 0))
                .append("updatedAt", at(i)));
    stands("switchboard_hooks", "_id", name("hook", 0));
  }

  /** One hook has half of the deliveries. */
  private void deliveries() {
    collection(
        "switchboard_deliveries",
        i -> {
          String state = DELIVERIES[i % DELIVERIES.length];
          Document delivery =
              new Document("_id", name("delivery", i))
                  .append("hook", name("hook", i % 2 == 0 ? 0 : i))
                  .append("state", state)
                  .append("bytes", 100)
                  .append("receivedAt", at(i));
          if (i % 4 == 1) {
            delivery.append("digestId", name("digest", i));
          }
          return "ACCEPTED".equals(state) ? delivery.append("nextAttemptAt", at(i)) : delivery;
        });
    stands("switchboard_deliveries", "_id", name("delivery", 0), name("delivery", 2));
    stands("switchboard_deliveries", "hook", name("hook", 0));
    stands("switchboard_deliveries", "digestId", name("digest", 1));
  }

  private void digests() {
    collection(
        "switchboard_digests",
        i -> {
          boolean open = i % 4 == 0;
          Document digest =
              new Document("_id", name("digest", i))
                  .append("state", open ? "OPEN" : i % 4 == 1 ? "CLOSED" : "DONE")
                  .append("deliveryIds", List.of(name("delivery", i)))
                  .append("texts", List.of("Hello"))
                  .append("nextAttemptAt", at(i));
          return open ? digest.append("openKey", name("key", i)) : digest;
        });
    stands("switchboard_digests", "_id", name("digest", 0));
    stands("switchboard_digests", "openKey", name("key", 0));
    stands("switchboard_digests", "deliveryIds", name("delivery", 0));
  }

  /** One receiver has all events, and one conversation half of them. */
  private void events() {
    collection(
        "switchboard_events",
        i ->
            new Document("_id", name("event", i))
                .append("endpoint", "crm")
                .append("lane", name("conversation", i % 2 == 0 ? 0 : i))
                .append("state", i % 4 < 2 ? "PENDING" : "DELIVERED")
                .append("nextAttemptAt", at(i))
                .append("createdAt", at(i))
                .append("sequence", (long) i));
    stands("switchboard_events", "_id", name("event", 0));
    stands("switchboard_events", "endpoint", "crm");
    stands("switchboard_events", "lane", name("conversation", 0));
  }

  private void receivers() {
    collection(
        "switchboard_event_endpoints",
        i -> new Document("_id", name("receiver", i)).append("fingerprint", "x"));
    stands("switchboard_event_endpoints", "_id", name("receiver", 0));
  }

  private void phones() {
    collection(
        "switchboard_phones",
        i -> {
          Document phone =
              new Document("_id", name("phone", i))
                  .append("number", phone(i))
                  .append("phoneNumber", phone(i))
                  .append("user", name("owner", i / 3))
                  .append("since", at(i))
                  .append("lastUsed", at(i));
          return i % 50 == 0 ? phone.append("untoldUser", name("owner", i)) : phone;
        });
    stands("switchboard_phones", "_id", name("phone", 0));
    stands("switchboard_phones", "number", phone(0), phone(1));
    stands("switchboard_phones", "user", name("owner", 0));
    stands("switchboard_phones", "untoldUser", name("owner", 0));
    collection(
        "switchboard_phone_codes",
        i -> {
          Document code =
              new Document("_id", name("proof", i))
                  .append("user", name("owner", i / 3))
                  .append("createdAt", at(i))
                  .append("expiresAt", at(i))
                  .append("forgetAt", new Date(at(i).getTime() + 30 * DAY));
          return i % 2 == 0 ? code.append("spentBy", phone(i)) : code;
        });
    stands("switchboard_phone_codes", "_id", name("proof", 1));
    stands("switchboard_phone_codes", "user", name("owner", 0));
    stands("switchboard_phone_codes", "spentBy", phone(0));
    collection(
        "switchboard_phone_texts",
        i ->
            new Document("_id", name("text", i))
                .append("number", phone(i / 5))
                .append("forgetAt", new Date(at(i).getTime() + 30 * DAY)));
    stands("switchboard_phone_texts", "_id", name("text", 0));
    stands("switchboard_phone_texts", "number", phone(0));
  }

  private void audit() {
    collection(
        "switchboard_audit",
        i ->
            new Document("_id", objectId(4, i))
                .append("at", at(i))
                .append("key", "ci")
                .append("action", "made a hook")
                .append("subject", name("hook", i)));
    stands("switchboard_audit", "_id", objectId(4, 0));
  }

  /** Half of the files are of one conversation and half of one person; each has bytes. */
  private void media() {
    collection(
        "switchboard_media",
        i -> {
          String state = MEDIA[i % MEDIA.length];
          boolean open = "PENDING".equals(state) || "FETCHED".equals(state);
          Document item =
              new Document("_id", name("file", i))
                  .append("state", state)
                  .append("messageId", name("message", i / 10))
                  .append("position", i % 10)
                  .append("conversationId", name("conversation", i % 2 == 0 ? 0 : i))
                  .append("user", name("owner", 0))
                  .append("phoneNumber", i % 4 < 2 ? phone(0) : phone(i))
                  .append("claim", name("claim", i))
                  .append("bytesId", name("bytes", i))
                  .append("receivedAt", at(i))
                  .append("capabilities", List.of(new Document("hash", name("hash", i))));
          if (open) {
            item.append("nextAttemptAt", at(i)).append("late", i % 4 == 0 ? true : null);
          } else {
            item.append("forgetAt", new Date(at(i).getTime() + 30 * DAY));
          }
          if (item.get("late") == null) {
            item.remove("late");
          }
          return item;
        });
    stands("switchboard_media", "_id", name("file", 0), name("file", 1));
    stands("switchboard_media", "messageId", name("message", 0));
    stands("switchboard_media", "conversationId", name("conversation", 0));
    stands("switchboard_media", "phoneNumber", phone(0));
    stands("switchboard_media", "claim", name("claim", 0));
    stands("switchboard_media", "bytesId", name("bytes", 0));
    stands("switchboard_media", "capabilities.hash", name("hash", 0));
    collection(
        "switchboard_media.files",
        i ->
            new Document("_id", name("bytes", i))
                .append("filename", name("bytes", i))
                .append("length", 1_000L)
                .append("chunkSize", 261_120)
                .append("uploadDate", at(i)));
    stands("switchboard_media.files", "_id", name("bytes", 0));
    collection(
        "switchboard_media.chunks",
        i ->
            new Document("_id", objectId(20, i))
                .append("files_id", name("bytes", i))
                .append("n", 0));
    stands("switchboard_media.chunks", "files_id", name("bytes", 0));
  }

  /** LibreChat's files, all of one user. */
  private void files() {
    collection(
        "files",
        i ->
            new Document("_id", objectId(21, i))
                .append("user", objectId(1, 0))
                .append("file_id", name("file", i))
                .append("filepath", "/images/" + name("file", i) + ".png")
                .append("filename", name("file", i) + ".png")
                .append("type", "image/png")
                .append("bytes", 1_000)
                .append("createdAt", at(i)));
    stands("files", "user", objectId(1, 0), "nobody");
    stands("files", "file_id", name("file", 0), name("file", 1));
    stands("files", "filepath", "/images/file-00000.png", "/images/file-00001.png");
  }
}
