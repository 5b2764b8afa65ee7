package chat.switchboard.api;

import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.ops.Digests;
import chat.switchboard.outbound.TextFormat;
import chat.switchboard.phone.PhoneAddress;
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

  /** The id of a text follows from the caller's key; without one, each is a new text. */
  static String id(Optional<String> key) {
    return key.map(given -> DeterministicIds.uuid("sms", given))
        .orElseGet(UUID::randomUUID)
        .toString();
  }

  /** The same, for one of several people. */
  static String id(Optional<String> key, String person) {
    return key.map(
            given -> DeterministicIds.uuid("sms group", given, PhoneAddress.of(person).account()))
        .orElseGet(UUID::randomUUID)
        .toString();
  }

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
    return Digests.sha256Hex(everything);
  }
}
