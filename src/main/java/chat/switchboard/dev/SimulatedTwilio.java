package chat.switchboard.dev;

import chat.switchboard.http.PublicUrl;
import chat.switchboard.ops.Cause;
import io.quarkus.arc.profile.IfBuildProfile;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Dev mode's replacement of Twilio's API for sending: it accepts texts like the REST API, shows
 * them on the simulator's page, and reports their status with signed callbacks. No text leaves this
 * machine.
 */
@IfBuildProfile("dev")
@ApplicationScoped
class SimulatedTwilio {

  private static final Logger LOG = Logger.getLogger(SimulatedTwilio.class);

  /** The number of texts that are remembered. */
  private static final int MOST = 500;

  private static final int LONGEST_BODY = 64 * 1024;
  private static final String ACCOUNT = PhoneSimulator.ROOT + "twilio/2010-04-01/Accounts/:account";

  /** The next status of a text, and its delay in milliseconds. */
  private static final Map<String, Integer> FATE =
      new TreeMap<>(Map.of("sent", 300, "delivered", 900));

  /** On WhatsApp the sender learns that the text was read. */
  private static final Map<String, Integer> WHATSAPP_FATE =
      new TreeMap<>(Map.of("sent", 300, "delivered", 900, "read", 1_800));

  private static final Map<String, Integer> LOST = Map.of("failed", 600);

  /** The error of a free text outside WhatsApp's window. */
  private static final int WINDOW_CLOSED = 63016;

  /**
   * Twilio's own numbers for the test of failures (<a
   * href="https://www.twilio.com/docs/iam/test-credentials">test credentials</a>).
   */
  private static final Map<String, Integer> REFUSED =
      Map.of("+15005550001", 21211, "+15005550004", 21610, "+15005550009", 21614);

  private final PublicUrl publicUrl;
  private final Clock clock;
  private final Vertx vertx;
  private final SignedPost statusCallback;
  private final SimulatedMedia media;
  private final SimulatedWhatsApp whatsApp;
  private final Deque<JsonObject> texts = new ArrayDeque<>();
  private int number;

  SimulatedTwilio(
      PublicUrl publicUrl,
      Clock clock,
      Vertx vertx,
      SignedPost statusCallback,
      SimulatedMedia media,
      SimulatedWhatsApp whatsApp) {
    this.whatsApp = whatsApp;
    this.publicUrl = publicUrl;
    this.clock = clock;
    this.vertx = vertx;
    this.statusCallback = statusCallback;
    this.media = media;
  }

  void mount(@Observes Router router) {
    router.get(PhoneSimulator.ROOT + "texts").handler(this::list);
    router.get(ACCOUNT + "/IncomingPhoneNumbers.json").handler(this::numbers);
    router
        .post(ACCOUNT + "/Messages.json")
        .handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY))
        .handler(this::send);
  }

  private synchronized void list(RoutingContext request) {
    JsonArray newest = new JsonArray();
    texts.forEach(text -> newest.add(text.copy()));
    PhoneSimulator.answer(request, 200, new JsonObject().put("items", newest));
  }

  private void numbers(RoutingContext request) {
    String webhook = publicUrl.webhook().orElseGet(() -> PublicUrl.webhook("http://localhost"));
    dated(request);
    PhoneSimulator.answer(
        request,
        200,
        new JsonObject()
            .put(
                "incoming_phone_numbers",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("phone_number", PhoneSimulator.OUR_NUMBER)
                            .put("sms_url", webhook)
                            .put("sms_method", "POST"))));
  }

  private void send(RoutingContext request) {
    MultiMap form = request.request().formAttributes();
    String to = form.get("To");
    String body = form.get("Body");
    dated(request);
    String contentSid = form.get("ContentSid");
    if (to == null || (body == null && form.get("MediaUrl") == null && contentSid == null)) {
      refuse(request, to == null ? 21604 : 21602);
      return;
    }
    if (form.get("From") == null && form.get("MessagingServiceSid") == null) {
      refuse(request, 21603);
      return;
    }
    if (body != null && body.length() > (to.startsWith("whatsapp:") ? 4096 : 1600)) {
      refuse(request, 21617);
      return;
    }
    if (REFUSED.containsKey(to)) {
      refuse(request, REFUSED.get(to));
      return;
    }
    if (contentSid != null && (body != null || !whatsApp.knows(contentSid))) {
      refuse(request, 21655);
      return;
    }
    Optional<SimulatedWhatsApp.Filled> template =
        contentSid == null
            ? Optional.empty()
            : whatsApp.fill(contentSid, form.get("ContentVariables"));
    if (contentSid != null && template.isEmpty()) {
      refuse(request, 21656);
      return;
    }
    String account = request.pathParam("account");
    String sid = "SM" + UUID.randomUUID().toString().replace("-", "");
    String from = form.get("From") == null ? PhoneSimulator.OUR_NUMBER : form.get("From");
    JsonObject text =
        new JsonObject()
            .put("sid", sid)
            .put("from", from)
            .put("to", to)
            .put("body", template.map(SimulatedWhatsApp.Filled::body).orElse(body))
            .put("status", "queued")
            .put("at", clock.instant().toString());
    template.ifPresent(
        filled -> text.put("template", filled.name()).put("buttons", filled.buttons()));
    remember(text);
    List<String> mediaUrls = form.getAll("MediaUrl");
    int port = request.request().localAddress().port();
    receive(text, mediaUrls, port);
    PhoneSimulator.answer(
        request,
        201,
        new JsonObject()
            .put("sid", sid)
            .put("account_sid", account)
            .put("messaging_service_sid", form.get("MessagingServiceSid"))
            .put("api_version", "2010-04-01")
            .put("from", from)
            .put("to", to)
            .put("body", body)
            .put("status", "queued")
            .put("direction", "outbound-api")
            .put("num_segments", "1")
            .put("num_media", Integer.toString(mediaUrls.size()))
            .put("price", (String) null)
            .put("price_unit", "USD")
            .put("error_code", (Integer) null)
            .put("error_message", (String) null)
            .put("date_created", now())
            .put("date_updated", now())
            .put("date_sent", (String) null)
            .put("uri", "/2010-04-01/Accounts/" + account + "/Messages/" + sid + ".json"));
    String callback = form.get("StatusCallback");
    fate(to, template.isPresent() || whatsApp.takesFreeText(to))
        .forEach(
            (status, after) ->
                vertx.setTimer(
                    after,
                    now -> {
                      become(text, status);
                      whatsApp.endTyping(to);
                      report(account, text, status, callback, port);
                    }));
  }

  private static Map<String, Integer> fate(String to, boolean arrives) {
    if (!arrives) {
      return LOST;
    }
    return to.startsWith(SimulatedWhatsApp.SCHEME) ? WHATSAPP_FATE : FATE;
  }

  /** The phone shows a file once its address has answered. */
  private void receive(JsonObject text, List<String> mediaUrls, int port) {
    JsonArray files = new JsonArray();
    mediaUrls.forEach(url -> files.add(new JsonObject()));
    if (!files.isEmpty()) {
      text.put("media", files);
    }
    for (int i = 0; i < mediaUrls.size(); i++) {
      JsonObject file = files.getJsonObject(i);
      media
          .look(mediaUrls.get(i), port)
          .subscribe()
          .with(
              found -> {
                synchronized (this) {
                  file.mergeIn(found);
                }
              });
    }
  }

  private synchronized void remember(JsonObject text) {
    texts.addLast(text.put("number", ++number));
    if (texts.size() > MOST) {
      texts.removeFirst();
    }
  }

  private synchronized void become(JsonObject text, String status) {
    text.put("status", status);
  }

  /**
   * Calls this service, whichever host the address names: no request of the simulator leaves this
   * machine.
   */
  private void report(String account, JsonObject text, String status, String callback, int port) {
    if (callback == null || callback.isBlank()) {
      return;
    }
    Map<String, String> fields = new TreeMap<>();
    fields.put("AccountSid", account);
    fields.put("ApiVersion", "2010-04-01");
    fields.put("MessageSid", text.getString("sid"));
    fields.put("MessageStatus", status);
    fields.put("SmsSid", text.getString("sid"));
    fields.put("SmsStatus", status);
    if (status.equals("failed")) {
      fields.put("ErrorCode", String.valueOf(WINDOW_CLOSED));
    }
    fields.put("From", text.getString("from"));
    fields.put("To", text.getString("to"));
    URI url;
    try {
      url = URI.create(callback);
    } catch (IllegalArgumentException malformed) {
      LOG.warn("A status callback was not sent: its address is malformed.");
      return;
    }
    String path = url.getRawPath() + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery());
    statusCallback
        .send(port, path, callback, fields)
        .subscribe()
        .with(
            answer -> {}, failure -> LOG.warnf("A status callback failed: %s", Cause.of(failure)));
  }

  private void refuse(RoutingContext request, int code) {
    PhoneSimulator.answer(
        request,
        400,
        new JsonObject()
            .put("code", code)
            .put("status", 400)
            .put("message", "The simulator refuses this text, as Twilio would")
            .put("more_info", "https://www.twilio.com/docs/errors/" + code));
  }

  private void dated(RoutingContext request) {
    request.response().putHeader(HttpHeaders.DATE, now());
  }

  private String now() {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atOffset(ZoneOffset.UTC));
  }
}
