package chat.switchboard.api;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.ops.Digests;
import chat.switchboard.outbound.OutsideWindow;
import chat.switchboard.outbound.SendTime;
import chat.switchboard.outbound.TextFormat;
import chat.switchboard.outbound.WindowRule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A parsed request for a text.
 *
 * @param filesOf the id that the texts with the same files have in common: each file is fetched
 *     once for them
 * @param window how the text gets to a person on WhatsApp
 */
public record SmsOrderRequest(
    String id,
    String filesOf,
    String to,
    UUID conversationId,
    String text,
    List<String> media,
    boolean includeCode,
    Optional<String> from,
    TextFormat format,
    SendTime time,
    WindowRule window) {

  /** An order of a free text, for which the setting of WhatsApp's window counts. */
  SmsOrderRequest(
      String id,
      String filesOf,
      String to,
      UUID conversationId,
      String text,
      List<String> media,
      boolean includeCode,
      Optional<String> from,
      TextFormat format,
      SendTime time) {
    this(
        id,
        filesOf,
        to,
        conversationId,
        text,
        media,
        includeCode,
        from,
        format,
        time,
        WindowRule.DEFAULT);
  }

  /** An order of a text that is sent at once, at any hour. */
  SmsOrderRequest(
      String id,
      String to,
      UUID conversationId,
      String text,
      List<String> media,
      boolean includeCode,
      Optional<String> from,
      TextFormat format) {
    this(id, id, to, conversationId, text, media, includeCode, from, format, SendTime.now());
  }

  /** An order of a text whose files go with no other text. */
  public SmsOrderRequest(
      String id,
      String to,
      UUID conversationId,
      String text,
      List<String> media,
      boolean includeCode,
      Optional<String> from,
      TextFormat format,
      SendTime time) {
    this(id, id, to, conversationId, text, media, includeCode, from, format, time);
  }

  /**
   * Returns the id of a text, which is computed from the caller's key; without a key each request
   * is a new text.
   */
  static String id(Optional<String> key) {
    return key.map(given -> DeterministicIds.uuid("sms", given))
        .orElseGet(UUID::randomUUID)
        .toString();
  }

  /** Returns the id that the texts of one request to several people have in common. */
  static String groupId(Optional<String> key) {
    return key.map(given -> DeterministicIds.uuid("sms group", given))
        .orElseGet(UUID::randomUUID)
        .toString();
  }

  /** Returns the id of the text to one of several people. */
  static String id(Optional<String> key, String person) {
    return key.map(
            given -> DeterministicIds.uuid("sms group", given, PhoneAddress.of(person).account()))
        .orElseGet(UUID::randomUUID)
        .toString();
  }

  /** The same order at another time. */
  SmsOrderRequest at(SendTime other) {
    return new SmsOrderRequest(
        id, filesOf, to, conversationId, text, media, includeCode, from, format, other, window);
  }

  /** The same order with other words. */
  SmsOrderRequest saying(String words) {
    return new SmsOrderRequest(
        id, filesOf, to, conversationId, words, media, includeCode, from, format, time, window);
  }

  /** Returns a SHA-256 over all fields of the request. */
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
      // Only added if set, so that a request without a format keeps the fingerprint of earlier
      // releases.
      everything += "\u0000" + format;
    }
    if (!media.isEmpty()) {
      everything += "\u0000\u0000" + String.join("\u0000", media);
    }
    if (!time.equals(SendTime.now())) {
      everything +=
          "\u0000\u0000\u0000" + time.at().map(Instant::toString).orElse("") + time.quietHours();
    }
    if (!window.equals(WindowRule.DEFAULT)) {
      everything +=
          "\u0000\u0000\u0000\u0000"
              + window.outside().map(OutsideWindow::name).orElse("")
              + window
                  .template()
                  .map(one -> "\u0000" + one.contentSid() + new TreeMap<>(one.variables()))
                  .orElse("");
    }
    return Digests.sha256Hex(everything);
  }
}
