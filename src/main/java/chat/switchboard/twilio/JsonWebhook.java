package chat.switchboard.twilio;

import chat.switchboard.twilio.FormDecoder.MalformedForm;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads Twilio's JSON bodies: one object with the names of a form (Conversations), or events of
 * Event Streams, alone or in a list (<a
 * href="https://www.twilio.com/docs/events/event-types/messaging/inbound-message">CloudEvents</a>
 * with {@code data}, whose names begin with a small letter: {@code messageSid}).
 */
final class JsonWebhook {

  /**
   * The maximum number of events in a list. Twilio bounds its batches only by the size of the body.
   */
  private static final int MOST_EVENTS = 100;

  private static final String MESSAGING = "com.twilio.messaging.";
  private static final String RECEIVED = MESSAGING + "inbound-message.received";
  private static final String STATUS = MESSAGING + "message.";

  private final JsonMapper json =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Returns one form for each event. */
  List<SignedForm> read(byte[] body) throws MalformedForm {
    JsonNode tree;
    try {
      tree = json.readTree(body);
    } catch (IOException | RuntimeException malformed) {
      throw new MalformedForm(RefusalReason.MALFORMED);
    }
    if (tree == null || !tree.isContainerNode()) {
      throw new MalformedForm(RefusalReason.MALFORMED);
    }
    if (tree.isObject()) {
      return List.of(form(tree));
    }
    if (tree.size() > MOST_EVENTS) {
      throw new MalformedForm(RefusalReason.TOO_MANY_FIELDS);
    }
    List<SignedForm> forms = new ArrayList<>();
    for (JsonNode event : tree) {
      if (!event.isObject()) {
        throw new MalformedForm(RefusalReason.MALFORMED);
      }
      forms.add(form(event));
    }
    return forms;
  }

  private static SignedForm form(JsonNode event) throws MalformedForm {
    boolean cloudEvent =
        event.path("specversion").isTextual()
            && event.path("type").isTextual()
            && event.path("data").isObject();
    if (!cloudEvent) {
      return new SignedForm(fields(event, false));
    }
    String type = event.path("type").textValue();
    Map<String, List<String>> fields = fields(event.path("data"), true);
    if (type.startsWith(STATUS)) {
      fields.putIfAbsent("MessageStatus", List.of(type.substring(STATUS.length())));
    }
    // An EventType marks a form that does not report a message from a person.
    if (!type.equals(RECEIVED)) {
      fields.put("EventType", List.of(type));
    }
    return new SignedForm(fields);
  }

  private static Map<String, List<String>> fields(JsonNode object, boolean capitalize)
      throws MalformedForm {
    if (object.size() > FormDecoder.MOST_FIELDS) {
      throw new MalformedForm(RefusalReason.TOO_MANY_FIELDS);
    }
    Map<String, List<String>> fields = new LinkedHashMap<>();
    object
        .properties()
        .forEach(
            member -> {
              if (!member.getValue().isNull()) {
                String name = member.getKey();
                fields.put(
                    capitalize && !name.isEmpty()
                        ? Character.toUpperCase(name.charAt(0)) + name.substring(1)
                        : name,
                    List.of(
                        member.getValue().isContainerNode()
                            ? member.getValue().toString()
                            : member.getValue().asText()));
              }
            });
    return fields;
  }
}
