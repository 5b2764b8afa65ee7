package chat.switchboard.outbound;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** WhatsApp's window: free texts go only within 24 hours after the person's last message. */
@ConfigMapping(prefix = "switchboard.whatsapp")
public interface WindowConfig {

  /**
   * What happens to a free text outside the window: {@code hold} (until the person writes), {@code
   * template} (the text goes as {@code switchboard.whatsapp.reopen-template}), or {@code fail}. A
   * caller of {@code POST /api/sms} can choose otherwise with {@code outsideWindow}.
   */
  @WithDefault("hold")
  OutsideWindow outsideWindow();

  /**
   * The content SID (HX and 32 hexadecimal digits) of the approved template that carries a text
   * outside the window. Default: none. Environment: {@code SWITCHBOARD_WHATSAPP_REOPEN_TEMPLATE}.
   */
  Optional<String> reopenTemplate();

  /**
   * The variables of the template, by name: {@code {text}} stands for the text in one line, {@code
   * {owner}} for the name of the conversation's owner in LibreChat, {@code {link}} for the address
   * {@code https://wa.me/…} of the service number. At least one variable has {@code {text}};
   * default: variable 1 is {@code {text}}. A text that is longer than 900 characters, or has files,
   * does not fit and is held.
   */
  Map<String, String> reopenVariables();

  /**
   * How long the list of templates that Twilio's Content API returned is used. If a newer list
   * cannot be read, the old list is used for an hour.
   */
  @WithDefault("5m")
  Duration templatesCache();

  /** How long a text waits for the person's next message; then the text fails. */
  @WithDefault("7d")
  Duration longestHold();
}
