package chat.switchboard.outbound;

import java.util.Optional;

/**
 * A text that a caller asks for, with what it is to be answered with when it is asked for again.
 *
 * @param text the text
 * @param fingerprint follows from the whole request
 * @param mappingId the mapping that was made for it
 * @param code that mapping's code, which is told to nobody else
 * @param postscript what stands behind the text, if its code does
 */
public record SmsOrder(
    OutgoingText text,
    String fingerprint,
    String mappingId,
    String code,
    Optional<String> postscript) {}
