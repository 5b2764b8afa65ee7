package chat.switchboard.hooks;

import com.fasterxml.uuid.Generators;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Names that follow from a hook and a delivery: the same delivery has the same name for ever. */
final class HookKeys {

  /** The longest thread key that is kept as it is, in characters; a longer one is hashed. */
  static final int LONGEST_THREAD_KEY = 200;

  /** The namespace of the names of deliveries (RFC 9562, version 5). */
  private static final UUID DELIVERIES = UUID.fromString("8f0a7c52-1c0e-4a7b-9c59-3f0b6d1e2a44");

  private HookKeys() {}

  /** The {@code _id} of a delivery in the inbox and in {@code switchboard_deliveries}. */
  static String delivery(String hook, String deliveryId) {
    return "hook:" + hook + ":" + uuid(hook, deliveryId);
  }

  /** The {@code messageId} of the text of a delivery. */
  static UUID message(String hook, String deliveryId) {
    return uuid("message", hook, deliveryId);
  }

  /** The {@code messageId} of a digest, which follows from its first delivery. */
  static UUID digestMessage(String hook, String firstDeliveryId) {
    return uuid("digest", hook, firstDeliveryId);
  }

  private static UUID uuid(String... words) {
    // A separator that no name and no ID contains, so that ("a","bc") is not ("ab","c").
    return Generators.nameBasedGenerator(DELIVERIES).generate(String.join("\u0000", words));
  }

  /**
   * The address of a conversation in the mappings: {@code hook:<name>} or {@code
   * hook:<name>:<key>}.
   *
   * @param renderedKey the rendered thread key; blank for the one conversation of the hook
   */
  static String address(String hook, String renderedKey) {
    String key = HookMarkdown.oneLine(renderedKey);
    if (key.isEmpty()) {
      return "hook:" + hook;
    }
    String bounded =
        key.length() <= LONGEST_THREAD_KEY
            ? key
            : "sha256:" + WebhookVerifier.sha256(key.getBytes(StandardCharsets.UTF_8));
    return "hook:" + hook + ":" + bounded;
  }
}
