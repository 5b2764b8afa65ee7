package chat.switchboard.outbound;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A message by a template of Twilio's Content API.
 *
 * @param contentSid the template
 * @param variables the values by the names of the variables; Twilio takes only strings
 */
public record TemplateMessage(String contentSid, Map<String, String> variables) {

  /** The form of a template's SID. */
  public static final String CONTENT_SID = "HX[0-9a-fA-F]{32}";

  private static final Pattern SID = Pattern.compile(CONTENT_SID);

  /** Copies the variables, in the order of their names. */
  public TemplateMessage {
    variables = Collections.unmodifiableMap(new TreeMap<>(variables));
  }

  /** Whether this is the SID of a template or of another content. */
  public static boolean isContentSid(String sid) {
    return SID.matcher(sid).matches();
  }
}
