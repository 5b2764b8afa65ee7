package chat.switchboard.dev;

import chat.switchboard.http.PublicUrl;
import chat.switchboard.http.StaticFolder;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.twilio.TwilioConfig;
import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.bson.Document;
import org.bson.types.ObjectId;

/**
 * Dev mode's phone simulator, at /switchboard/simulator/: it posts each typed text to the webhook
 * over HTTP with a signature, as Twilio does. The signature is checked as in production.
 */
@IfBuildProfile("dev")
@ApplicationScoped
class PhoneSimulator {

  private static final String ADDRESS = "/switchboard/simulator";

  static final String ROOT = ADDRESS + "/";

  /** One of Twilio's example numbers. */
  static final String OUR_NUMBER = "+15557654321";

  private static final int LONGEST_BODY = 64 * 1024;

  /** Twilio's limit. */
  private static final int MOST_MEDIA = 10;

  private static final Map<String, String> FILES =
      Map.of(
          "", "simulator/index.html",
          "index.html", "simulator/index.html",
          "simulator.js", "simulator/simulator.js",
          "simulator.css", "simulator/simulator.css");

  private final LibreChatConfig libreChatConfig;
  private final DatabaseConfig databaseConfig;
  private final PublicUrl publicUrl;
  private final TwilioConfig twilioConfig;
  private final ReactiveMongoClient database;
  private final DatabaseName databaseName;
  private final DemoCommands demo;
  private final SignedPost webhook;
  private final SimulatedWhatsApp whatsApp;

  PhoneSimulator(
      LibreChatConfig libreChatConfig,
      DatabaseConfig databaseConfig,
      PublicUrl publicUrl,
      TwilioConfig twilioConfig,
      ReactiveMongoClient database,
      DatabaseName databaseName,
      DemoCommands demo,
      SignedPost webhook,
      SimulatedWhatsApp whatsApp) {
    this.whatsApp = whatsApp;
    this.libreChatConfig = libreChatConfig;
    this.databaseConfig = databaseConfig;
    this.publicUrl = publicUrl;
    this.twilioConfig = twilioConfig;
    this.database = database;
    this.databaseName = databaseName;
    this.demo = demo;
    this.webhook = webhook;
  }

  void mount(@Observes Router router) {
    StaticFolder.mount(router, ADDRESS, FILES);
    router.get(ROOT + "owner").handler(this::owner);
    router
        .post(ROOT + "text")
        .handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY))
        .handler(this::text);
  }

  /** Returns an access token with which the page opens the stream as the owner's browser does. */
  private void owner(RoutingContext request) {
    String wanted = libreChatConfig.owner().orElse(DemoData.EMAIL).strip();
    Document query =
        ObjectId.isValid(wanted)
            ? new Document("_id", new ObjectId(wanted))
            : new Document("email", wanted.toLowerCase(java.util.Locale.ROOT));
    database
        .getDatabase(databaseName.resolve())
        .getCollection("users")
        .find(query)
        .toUni()
        .ifNoItem()
        .after(databaseConfig.timeout())
        .fail()
        .subscribe()
        .with(
            found -> {
              if (found == null) {
                answer(request, 404, new JsonObject().put("error", "There is no user " + wanted));
                return;
              }
              answer(
                  request,
                  200,
                  new JsonObject()
                      .put("name", found.get("name", wanted))
                      .put("number", OUR_NUMBER)
                      .put("token", demo.token(found.getObjectId("_id").toHexString())));
            },
            failure ->
                answer(
                    request, 503, new JsonObject().put("error", "The database did not respond")));
  }

  /** Accepts only JSON, so that a form of another site cannot send a text. */
  private void text(RoutingContext request) {
    String type = request.request().getHeader(HttpHeaders.CONTENT_TYPE);
    JsonObject typed;
    try {
      typed = request.body().asJsonObject();
    } catch (DecodeException | ClassCastException malformed) {
      typed = null;
    }
    if (type == null || !type.startsWith("application/json") || typed == null) {
      answer(request, 400, new JsonObject().put("error", "The body must be a JSON object"));
      return;
    }
    List<SamplePictures.Sample> media = media(typed);
    String sid = (media.isEmpty() ? "SM" : "MM") + UUID.randomUUID().toString().replace("-", "");
    Map<String, String> fields = new TreeMap<>();
    fields.put("AccountSid", twilioConfig.accountSid().orElse(""));
    fields.put("MessageSid", sid);
    fields.put("From", typed.getString("from", ""));
    fields.put("To", typed.getString("to", OUR_NUMBER));
    fields.put("Body", typed.getString("body", ""));
    fields.put("NumMedia", Integer.toString(media.size()));
    for (int i = 0; i < media.size(); i++) {
      fields.put("MediaUrl" + i, SimulatedMedia.url(fields.get("AccountSid"), sid, media.get(i)));
      fields.put("MediaContentType" + i, media.get(i).type());
    }
    if (typed.getString("name") != null) {
      fields.put("ProfileName", typed.getString("name"));
    }
    if (typed.getValue("buttonText") instanceof String title) {
      fields.put("ButtonText", title);
      fields.put("ButtonPayload", typed.getString("buttonPayload", title));
      fields.put("MessageType", "button");
    }
    whatsApp.wrote(fields.get("From"), sid);
    int port = request.request().localAddress().port();
    String signed =
        publicUrl.webhook().orElseGet(() -> PublicUrl.webhook("http://127.0.0.1:" + port));
    webhook
        .send(port, PublicUrl.WEBHOOK, signed, fields)
        .subscribe()
        .with(
            answer ->
                answer(
                    request,
                    200,
                    new JsonObject()
                        .put("sid", sid)
                        .put("status", answer.status())
                        .put("twiml", answer.body())),
            failure ->
                answer(request, 502, new JsonObject().put("error", "The webhook did not respond")));
  }

  /** The samples that the phone sends along; names of none are left out. */
  private static List<SamplePictures.Sample> media(JsonObject typed) {
    return typed.getValue("media") instanceof JsonArray names
        ? names.stream()
            .limit(MOST_MEDIA)
            .filter(String.class::isInstance)
            .flatMap(name -> SamplePictures.named((String) name).stream())
            .toList()
        : List.of();
  }

  static void answer(RoutingContext request, int status, JsonObject body) {
    if (request.response().ended() || request.response().closed()) {
      return;
    }
    request
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(body.encode());
  }
}
