package chat.switchboard.outbound;

import chat.switchboard.ops.SwitchboardConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which of our numbers a text goes from. */
@ApplicationScoped
class Senders {

  private static final String WHATSAPP = "whatsapp:";
  private static final Pattern NUMBER = Pattern.compile("\\+[0-9]+");

  private final Optional<String> configured;

  Senders(SwitchboardConfig config) {
    this.configured = config.twilio().from().map(String::strip).filter(from -> !from.isEmpty());
  }

  /**
   * What is asked for, or what is set for all; to a person on WhatsApp it is our number there.
   *
   * @return empty where nothing is asked for and nothing is set
   */
  Optional<String> of(Optional<String> from, String to) {
    return from.filter(given -> !given.isBlank())
        .or(() -> configured)
        .map(
            number ->
                to.startsWith(WHATSAPP) && NUMBER.matcher(number).matches()
                    ? WHATSAPP + number
                    : number);
  }
}
