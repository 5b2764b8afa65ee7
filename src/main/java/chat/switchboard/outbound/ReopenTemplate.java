package chat.switchboard.outbound;

import chat.switchboard.address.PhoneAddress;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills the configured template with the words of a text. A setting with a fault stops the start
 * with a sentence.
 */
@ApplicationScoped
class ReopenTemplate {

  /** Meta's limit for the body of a template is 1,024 characters, with its own words. */
  static final int LONGEST_TEXT = 900;

  private static final String TEXT = "{text}";

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(text|owner|link)}");

  /** WhatsApp refuses variables with line ends, tabs, or more than four spaces in a row. */
  private static final Pattern SPACE = Pattern.compile("[\\p{Z}\\s\\p{Cc}]+");

  private final Optional<String> contentSid;
  private final Map<String, String> variables;
  private final OwnerNames owners;

  ReopenTemplate(WindowConfig config, OwnerNames owners) {
    this.contentSid = config.reopenTemplate().map(String::strip).filter(sid -> !sid.isEmpty());
    this.variables =
        config.reopenVariables().isEmpty() ? Map.of("1", TEXT) : config.reopenVariables();
    this.owners = owners;
    contentSid.ifPresent(sid -> check(sid, variables));
    if (contentSid.isEmpty() && config.outsideWindow() == OutsideWindow.TEMPLATE) {
      throw new ConfigurationException(
          "switchboard.whatsapp.outside-window=template needs"
              + " switchboard.whatsapp.reopen-template, the content SID (HX…) of an approved"
              + " template.");
    }
  }

  private static void check(String sid, Map<String, String> variables) {
    if (!TemplateMessage.isContentSid(sid)) {
      throw new ConfigurationException(
          "switchboard.whatsapp.reopen-template must be HX and 32 hexadecimal digits.");
    }
    if (variables.values().stream().noneMatch(value -> value.contains(TEXT))) {
      throw new ConfigurationException(
          "One of switchboard.whatsapp.reopen-variables must contain {text}: otherwise the words"
              + " of a text would be lost.");
    }
  }

  /** A fault shows at the start, and not at the first text. */
  void onStart(@Observes @Priority(2) StartupEvent event) {
    // The constructor has read the settings.
  }

  boolean isConfigured() {
    return contentSid.isPresent();
  }

  /** Whether the template can carry the whole text. */
  boolean carries(OutboxEntry entry, String words) {
    boolean isWhole = entry.parts == null || entry.parts == 1;
    String line = line(words);
    return contentSid.isPresent()
        && isWhole
        && entry.files == null
        && !line.isEmpty()
        && line.length() <= LONGEST_TEXT;
  }

  /** Returns the message that carries these words. */
  Uni<TemplateMessage> fill(OutboxEntry entry, String words) {
    return needs("{owner}") && entry.conversationId != null
        ? owners.of(entry.conversationId).map(owner -> fill(entry, words, owner.orElse("")))
        : Uni.createFrom().item(() -> fill(entry, words, ""));
  }

  private boolean needs(String placeholder) {
    return variables.values().stream().anyMatch(value -> value.contains(placeholder));
  }

  private TemplateMessage fill(OutboxEntry entry, String words, String owner) {
    Map<String, String> values =
        Map.of("text", line(words), "owner", owner, "link", link(entry.sender));
    Map<String, String> filled = new LinkedHashMap<>();
    variables.forEach((name, value) -> filled.put(name, orDash(line(filled(value, values)))));
    return new TemplateMessage(contentSid.orElseThrow(), filled);
  }

  /** One pass: a text with a placeholder stays as it is. */
  private static String filled(String value, Map<String, String> values) {
    return PLACEHOLDER
        .matcher(value)
        .replaceAll(found -> Matcher.quoteReplacement(values.get(found.group(1))));
  }

  /** WhatsApp refuses an empty variable. */
  private static String orDash(String value) {
    return value.isEmpty() ? "-" : value;
  }

  private static String link(String sender) {
    PhoneAddress ours = PhoneAddress.of(sender);
    return ours.isNumber() ? "https://wa.me/" + ours.value().substring(1) : "";
  }

  /** Returns the words in one line. */
  static String line(String words) {
    return SPACE.matcher(words).replaceAll(" ").strip();
  }
}
