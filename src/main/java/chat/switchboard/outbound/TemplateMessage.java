package chat.switchboard.outbound;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A message by a template of Twilio's Content API.
 *
 * @param contentSid the template
 * @param variables the values by the names of the variables; Twilio takes only strings
 */
public record TemplateMessage(String contentSid, Map<String, String> variables) {

  /** Copies the variables, in the order of their names. */
  public TemplateMessage {
    variables = Collections.unmodifiableMap(new TreeMap<>(variables));
  }
}
