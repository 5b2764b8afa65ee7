package chat.switchboard.api;

import chat.switchboard.outbound.TextFormat;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/** A text that is asked for, as it was read. */
record SmsOrderRequest(
    String id,
    String to,
    UUID conversationId,
    String text,
    boolean includeCode,
    Optional<String> from,
    TextFormat format) {

  /** A SHA-256 over everything that was asked for. */
  String fingerprint() {
    String everything =
        String.join(
            "\u0000",
            to,
            conversationId.toString(),
            text,
            String.valueOf(includeCode),
            from.orElse(""));
    if (format != TextFormat.TEXT) {
      // Only then, so that a request has the fingerprint that it had before there was a format.
      everything += "\u0000" + format;
    }
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(everything.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java platform has SHA-256", impossible);
    }
  }
}
