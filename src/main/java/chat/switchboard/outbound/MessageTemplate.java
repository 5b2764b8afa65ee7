package chat.switchboard.outbound;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A template of Twilio's Content API.
 *
 * @param category WhatsApp's category, such as {@code UTILITY}; empty without a request for
 *     approval
 * @param status WhatsApp's approval, in lower case, such as {@code approved}, {@code pending},
 *     {@code rejected}; {@code unsubmitted} without a request for approval
 * @param variables the names of the variables, with an example of each, which may be empty
 * @param body the words with placeholders such as <code>{{1}}</code>; empty for a type without
 *     words
 */
public record MessageTemplate(
    String sid,
    String name,
    String language,
    Optional<String> category,
    String status,
    Map<String, String> variables,
    Optional<String> body) {

  /** A placeholder in the words. */
  public static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\s*(\\w{1,64})\\s*}}");

  /** Copies the variables in their order. */
  public MessageTemplate {
    variables = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  /** Whether WhatsApp accepts the template outside the window. */
  public boolean isApproved() {
    return status.equals("approved");
  }

  /** Returns the words with these values; empty for a type without words. */
  public Optional<String> rendered(Map<String, String> values) {
    return body.map(
        words ->
            PLACEHOLDER
                .matcher(words)
                .replaceAll(
                    found ->
                        Matcher.quoteReplacement(
                            values.getOrDefault(found.group(1), found.group()))));
  }
}
