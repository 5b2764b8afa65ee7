package chat.switchboard.dev;

import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseName;
import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.Document;

/**
 * What WhatsApp adds to the simulated Twilio: the window of each person, whose clock the page
 * moves, templates, and the typing indicator.
 */
@IfBuildProfile("dev")
@ApplicationScoped
class SimulatedWhatsApp {

  static final String SCHEME = "whatsapp:";

  private static final String TWILIO = PhoneSimulator.ROOT + "twilio";
  private static final String APPROVED = "HX" + "0".repeat(31) + "1";
  private static final String CHOICES = "HX" + "0".repeat(31) + "2";
  private static final String PENDING = "HX" + "0".repeat(31) + "3";
  private static final Duration OPEN_FOR = Duration.ofHours(24);
  private static final Duration MOVED = Duration.ofHours(25);
  private static final Duration LONGEST_TYPING = Duration.ofSeconds(25);
  private static final int LONGEST_BODY = 64 * 1024;

  /** The number of people, and of contents, that are remembered. */
  private static final int MOST = 500;

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\s*(\\w{1,64})\\s*}}");

  private final ReactiveMongoClient database;
  private final DatabaseName databaseName;
  private final DatabaseConfig config;
  private final Clock clock;
  private final Map<String, Chat> chats = bounded();
  private final Map<String, JsonObject> contents = bounded();

  SimulatedWhatsApp(
      ReactiveMongoClient database, DatabaseName databaseName, DatabaseConfig config, Clock clock) {
    this.database = database;
    this.databaseName = databaseName;
    this.config = config;
    this.clock = clock;
    contents.put(
        APPROVED,
        content(APPROVED, "order_ready", "approved", "Hello {{1}}, your order {{2}} is ready.")
            .put("variables", new JsonObject().put("1", "Ada").put("2", "17")));
    JsonObject choices =
        content(CHOICES, "table_tonight", "approved", "Does the table at {{1}} still suit you?")
            .put("variables", new JsonObject().put("1", "20:00"));
    choices
        .getJsonObject("types")
        .put(
            "twilio/quick-reply",
            ((JsonObject) choices.getJsonObject("types").remove("twilio/text"))
                .put(
                    "actions",
                    new JsonArray()
                        .add(new JsonObject().put("title", "Yes").put("id", "yes"))
                        .add(new JsonObject().put("title", "Cancel").put("id", "cancel"))));
    contents.put(CHOICES, choices);
    contents.put(PENDING, content(PENDING, "summer_menu", "pending", "Our summer menu is here."));
  }

  /** What is known of one person. */
  private record Chat(Instant writtenAt, String lastSid, Instant typingSince) {}

  /** The words and the buttons of a template. */
  record Filled(String name, String body, JsonArray buttons) {}

  private static <V> Map<String, V> bounded() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MOST;
      }
    };
  }

  private static JsonObject content(String sid, String name, String status, String body) {
    return new JsonObject()
        .put("sid", sid)
        .put("friendly_name", name)
        .put("language", "en")
        .put("variables", new JsonObject())
        .put("types", new JsonObject().put("twilio/text", new JsonObject().put("body", body)))
        .put(
            "approval_requests",
            new JsonObject().put("name", name).put("category", "UTILITY").put("status", status));
  }

  void mount(@Observes Router router) {
    router.get(TWILIO + "/v1/ContentAndApprovals").handler(this::list);
    router
        .post(TWILIO + "/v1/Content")
        .handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY))
        .handler(this::create);
    router
        .post(TWILIO + "/v2/Indicators/Typing.json")
        .handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY))
        .handler(this::type);
    router.get(PhoneSimulator.ROOT + "whatsapp").handler(this::chats);
    router
        .post(PhoneSimulator.ROOT + "later")
        .handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY))
        .handler(this::later);
  }

  private synchronized void list(RoutingContext request) {
    JsonArray all = new JsonArray();
    contents.values().stream()
        .filter(one -> one.containsKey("approval_requests"))
        .forEach(one -> all.add(one.copy()));
    PhoneSimulator.answer(
        request,
        200,
        new JsonObject()
            .put("contents", all)
            .put("meta", new JsonObject().put("key", "contents").putNull("next_page_url")));
  }

  private void create(RoutingContext request) {
    JsonObject wanted = json(request);
    if (wanted == null || !(wanted.getValue("types") instanceof JsonObject)) {
      PhoneSimulator.answer(request, 400, new JsonObject().put("code", 20001).put("status", 400));
      return;
    }
    String sid = "HX" + UUID.randomUUID().toString().replace("-", "");
    synchronized (this) {
      contents.put(sid, wanted.copy().put("sid", sid));
    }
    PhoneSimulator.answer(request, 201, wanted.copy().put("sid", sid));
  }

  private void type(RoutingContext request) {
    String sid = request.request().getFormAttribute("messageId");
    synchronized (this) {
      chats.replaceAll(
          (person, chat) ->
              chat.lastSid().equals(sid)
                  ? new Chat(chat.writtenAt(), chat.lastSid(), clock.instant())
                  : chat);
    }
    PhoneSimulator.answer(request, 200, new JsonObject().put("success", true));
  }

  private synchronized void chats(RoutingContext request) {
    JsonArray items = new JsonArray();
    Instant now = clock.instant();
    chats.forEach(
        (person, chat) ->
            items.add(
                new JsonObject()
                    .put("person", person)
                    .put("lastSid", chat.lastSid())
                    .put("open", isOpen(chat))
                    .put("openUntil", chat.writtenAt().plus(OPEN_FOR).toString())
                    .put(
                        "typing",
                        chat.typingSince() != null
                            && now.isBefore(chat.typingSince().plus(LONGEST_TYPING)))));
    PhoneSimulator.answer(request, 200, new JsonObject().put("items", items));
  }

  /** Moves the last text of a person 25 hours back, for Twilio and for the service. */
  private void later(RoutingContext request) {
    JsonObject wanted = json(request);
    String person = wanted == null ? "" : wanted.getString("person", "");
    if (!person.startsWith(SCHEME)) {
      PhoneSimulator.answer(
          request, 400, new JsonObject().put("error", "person must be a WhatsApp address"));
      return;
    }
    synchronized (this) {
      chats.computeIfPresent(
          person, (same, chat) -> new Chat(chat.writtenAt().minus(MOVED), chat.lastSid(), null));
    }
    moved(person)
        .ifNoItem()
        .after(config.timeout())
        .fail()
        .subscribe()
        .with(
            done -> PhoneSimulator.answer(request, 200, new JsonObject().put("person", person)),
            failure ->
                PhoneSimulator.answer(
                    request, 503, new JsonObject().put("error", "The database did not respond")));
  }

  private Uni<Void> moved(String person) {
    ReactiveMongoCollection<Document> windows =
        database.getDatabase(databaseName.resolve()).getCollection("switchboard_windows");
    return windows
        .find(new Document("account", person))
        .select()
        .where(window -> window.getDate("writtenAt") != null)
        .onItem()
        .transformToUniAndConcatenate(
            window ->
                windows.updateOne(
                    new Document("_id", window.get("_id")),
                    new Document(
                        "$set",
                        new Document(
                            "writtenAt",
                            Date.from(window.getDate("writtenAt").toInstant().minus(MOVED))))))
        .collect()
        .asList()
        .replaceWithVoid();
  }

  /** Only JSON is read, so that a form of another site changes nothing. */
  private static JsonObject json(RoutingContext request) {
    String type = request.request().getHeader(HttpHeaders.CONTENT_TYPE);
    try {
      return type != null && type.startsWith("application/json")
          ? request.body().asJsonObject()
          : null;
    } catch (DecodeException | ClassCastException malformed) {
      return null;
    }
  }

  /** Notes that a phone has sent a text. */
  synchronized void wrote(String person, String sid) {
    if (person.startsWith(SCHEME)) {
      chats.put(person, new Chat(clock.instant(), sid, null));
    }
  }

  /** Whether a free text to this address arrives; other channels have no window. */
  synchronized boolean takesFreeText(String person) {
    Chat chat = chats.get(person);
    return !person.startsWith(SCHEME) || (chat != null && isOpen(chat));
  }

  private boolean isOpen(Chat chat) {
    return clock.instant().isBefore(chat.writtenAt().plus(OPEN_FOR));
  }

  /** The text has arrived, so that nobody types any more. */
  synchronized void endTyping(String person) {
    chats.computeIfPresent(
        person, (same, chat) -> new Chat(chat.writtenAt(), chat.lastSid(), null));
  }

  /** Whether Twilio knows this template. */
  synchronized boolean knows(String contentSid) {
    return contents.containsKey(contentSid);
  }

  /** Returns the filled template; empty if the variables do not fit. */
  synchronized Optional<Filled> fill(String contentSid, String variables) {
    JsonObject content = contents.get(contentSid);
    JsonObject values;
    try {
      values = variables == null ? new JsonObject() : new JsonObject(variables);
    } catch (DecodeException malformed) {
      return Optional.empty();
    }
    JsonObject known = content.getJsonObject("variables", new JsonObject());
    if (!known.fieldNames().equals(values.fieldNames())) {
      return Optional.empty();
    }
    for (Map.Entry<String, Object> type : content.getJsonObject("types")) {
      if (type.getValue() instanceof JsonObject shape && shape.getString("body") != null) {
        return Optional.of(
            new Filled(
                content.getString("friendly_name", ""),
                filled(shape.getString("body"), values),
                shape.getJsonArray("actions", new JsonArray()).copy()));
      }
    }
    return Optional.empty();
  }

  private static String filled(String body, JsonObject values) {
    return PLACEHOLDER
        .matcher(body)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    String.valueOf(values.getValue(found.group(1), found.group()))));
  }
}
