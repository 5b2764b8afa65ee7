package chat.switchboard.outbound;

import java.util.Optional;

/**
 * How a text gets to a person on WhatsApp.
 *
 * @param outside what happens outside the window; empty for the setting
 * @param template the template by which the message goes, inside and outside the window
 */
public record WindowRule(Optional<OutsideWindow> outside, Optional<TemplateMessage> template) {

  /** A free text, for which the setting counts. */
  public static final WindowRule DEFAULT = new WindowRule(Optional.empty(), Optional.empty());
}
