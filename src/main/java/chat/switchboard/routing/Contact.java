package chat.switchboard.routing;

import java.util.Optional;

/**
 * Who wrote to us, and to which of our numbers.
 *
 * @param from the person: E.164, {@code whatsapp:+…}, {@code rcs:…}, a short code or a name
 * @param to our number, if it is known
 * @param source where it came from, such as {@code sms}; for the title of a new conversation
 */
public record Contact(String from, Optional<String> to, String source) {}
