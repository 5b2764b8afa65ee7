package chat.switchboard.twilio;

import chat.switchboard.http.HttpProbe.Answer;
import chat.switchboard.outbound.MessageTemplate;
import chat.switchboard.outbound.TemplateMessage;
import chat.switchboard.outbound.TemplateSource;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;

/** Reads the templates from Twilio's Content API, page by page. */
@ApplicationScoped
class ContentApi implements TemplateSource {

  /** WhatsApp allows 250 templates for a business, and more by request. */
  private static final int MOST_PAGES = 40;

  private static final int PAGE_SIZE = 50;

  /** A template has one body of at most 1,024 characters for WhatsApp; other types are longer. */
  private static final int LONGEST_BODY = 4_096;

  private static final String LIST = "/v1/ContentAndApprovals";

  private final TwilioApi api;
  private final String base;
  private final ObjectMapper json = new ObjectMapper();

  ContentApi(TwilioApi api) {
    this.api = api;
    this.base = api.base(TwilioApi.CONTENT);
  }

  @Override
  public Optional<String> unavailable() {
    return api.authorization().isPresent()
        ? Optional.empty()
        : Optional.of(
            "TWILIO_ACCOUNT_SID, or TWILIO_API_KEY and TWILIO_AUTH_TOKEN, is not set, so that no"
                + " templates can be read");
  }

  @Override
  public Uni<List<MessageTemplate>> read() {
    return page(base + LIST + "?PageSize=" + PAGE_SIZE, 1, new ArrayList<>());
  }

  private Uni<List<MessageTemplate>> page(String url, int number, List<MessageTemplate> found) {
    return api.getContent(url)
        .orElseThrow(() -> new IllegalStateException("The credentials are not set"))
        .flatMap(
            answer -> {
              JsonNode tree = tree(answer);
              tree.path("contents").forEach(node -> template(node).ifPresent(found::add));
              String next = tree.path("meta").path("next_page_url").asText("");
              // The credentials go to no other host than the configured one.
              return number < MOST_PAGES && next.startsWith(base + "/")
                  ? page(next, number + 1, found)
                  : Uni.createFrom().item(List.copyOf(found));
            });
  }

  private JsonNode tree(Answer answer) {
    if (answer.status() != 200) {
      throw new IllegalStateException("Twilio responded " + answer.status());
    }
    try {
      JsonNode tree = json.readTree(answer.body());
      if (tree != null && tree.path("contents").isArray()) {
        return tree;
      }
    } catch (JsonProcessingException malformed) {
      // The response is no list either way.
    }
    throw new IllegalStateException("Twilio's response is no list of templates");
  }

  private static Optional<MessageTemplate> template(JsonNode node) {
    String sid = node.path("sid").asText("");
    if (!TemplateMessage.isContentSid(sid)) {
      return Optional.empty();
    }
    JsonNode approval = node.path("approval_requests");
    return Optional.of(
        new MessageTemplate(
            sid,
            node.path("friendly_name").asText(""),
            node.path("language").asText(""),
            Optional.of(approval.path("category").asText("")).filter(word -> !word.isEmpty()),
            approval.path("status").asText("unsubmitted").toLowerCase(Locale.ROOT),
            variables(node),
            body(node.path("types"))));
  }

  /** Twilio names a variable without an example only in the words. */
  private static Map<String, String> variables(JsonNode node) {
    Map<String, String> variables = new LinkedHashMap<>();
    node.path("variables")
        .properties()
        .forEach(field -> variables.put(field.getKey(), field.getValue().asText("")));
    Matcher inWords = MessageTemplate.PLACEHOLDER.matcher(node.path("types").toString());
    while (inWords.find()) {
      variables.putIfAbsent(inWords.group(1), "");
    }
    return variables;
  }

  private static Optional<String> body(JsonNode types) {
    for (JsonNode type : types) {
      JsonNode body = type.path("body");
      if (body.isTextual() && body.textValue().length() <= LONGEST_BODY) {
        return Optional.of(body.textValue());
      }
    }
    return Optional.empty();
  }
}
