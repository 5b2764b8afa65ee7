package chat.switchboard.twilio;

import chat.switchboard.http.BoundedExchange;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Digests;
import chat.switchboard.ops.LruMap;
import chat.switchboard.outbound.Carrier;
import chat.switchboard.outbound.TemplateMessage;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Makes the contents by which Twilio sends buttons and lists (<a
 * href="https://www.twilio.com/docs/content">Twilio's Content API</a>). Within WhatsApp's window a
 * content needs no approval. The same choices have one content, as long as this process remembers
 * the content.
 */
@ApplicationScoped
class TwilioContents {

  private static final Logger LOG = Logger.getLogger(TwilioContents.class);

  private static final String PATH = "/v1/Content";

  /** Some 150 bytes each; the contents of forgotten choices are made again. */
  private static final int MOST_KNOWN = 1_000;

  private final TwilioPost twilio;
  private final ChoicesConfig config;
  private final MeterRegistry meters;
  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, String> known = Collections.synchronizedMap(new LruMap<>(MOST_KNOWN));

  TwilioContents(TwilioPost twilio, ChoicesConfig config, MeterRegistry meters) {
    this.twilio = twilio;
    this.config = config;
    this.meters = meters;
  }

  /**
   * Returns the SID of the content with these buttons; empty if there is none, so that the text
   * goes with numbers. Never fails.
   */
  Uni<Optional<String>> sid(Carrier.Buttons buttons) {
    if (!config.buttons()) {
      return Uni.createFrom().item(Optional.empty());
    }
    String types = types(buttons).toString();
    String key = Digests.sha256Hex(types);
    String sid = known.get(key);
    if (sid != null) {
      return Uni.createFrom().item(Optional.of(sid));
    }
    return twilio
        .send(TwilioApi.CONTENT, PATH, "application/json", body(key, buttons).toString())
        .map(
            sending ->
                sending
                    .map(answer -> made(key, answer))
                    .onFailure()
                    .recoverWithItem(
                        failure -> {
                          LOG.infof("Twilio made no buttons: %s", Cause.of(failure));
                          return Optional.empty();
                        }))
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .invoke(found -> count(found.isPresent() ? "made" : "failed"));
  }

  /** Forgets a content that Twilio does not know any more. */
  void forget(Carrier.Buttons buttons) {
    known.remove(Digests.sha256Hex(types(buttons).toString()));
    count("refused");
  }

  private Optional<String> made(String key, BoundedExchange.Answer answer) {
    Optional<String> sid =
        answer.status() / 100 == 2
            ? sid(answer.body()).filter(TemplateMessage::isContentSid)
            : Optional.empty();
    sid.ifPresentOrElse(
        value -> known.put(key, value),
        () -> LOG.infof("Twilio made no buttons: HTTP %d", answer.status()));
    return sid;
  }

  private Optional<String> sid(String body) {
    try {
      return Optional.ofNullable(json.readTree(body))
          .map(tree -> tree.path("sid").asText(""))
          .filter(value -> !value.isEmpty());
    } catch (JsonProcessingException noJson) {
      return Optional.empty();
    }
  }

  private ObjectNode body(String key, Carrier.Buttons buttons) {
    ObjectNode body = json.createObjectNode();
    body.put("friendly_name", "switchboard_" + key.substring(0, 16));
    body.put("language", "en");
    body.set("types", types(buttons));
    return body;
  }

  private ObjectNode types(Carrier.Buttons buttons) {
    ObjectNode types = json.createObjectNode();
    List<String> titles = buttons.titles();
    if (buttons.asList()) {
      ObjectNode list = types.putObject("twilio/list-picker");
      list.put("body", buttons.body()).put("button", config.listLabel());
      ArrayNode items = list.putArray("items");
      for (int i = 0; i < titles.size(); i++) {
        items.addObject().put("id", "choice-" + (i + 1)).put("item", titles.get(i));
      }
    } else {
      ObjectNode reply = types.putObject("twilio/quick-reply");
      reply.put("body", buttons.body());
      ArrayNode actions = reply.putArray("actions");
      for (int i = 0; i < titles.size(); i++) {
        actions
            .addObject()
            .put("type", "QUICK_REPLY")
            .put("title", titles.get(i))
            .put("id", "choice-" + (i + 1));
      }
    }
    return types;
  }

  private void count(String outcome) {
    meters.counter("switchboard.contents", "outcome", outcome).increment();
  }
}
