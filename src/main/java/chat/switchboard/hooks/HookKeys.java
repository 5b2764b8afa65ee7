package chat.switchboard.hooks;

import chat.switchboard.ops.Digests;
import com.fasterxml.uuid.Generators;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Computes ids from a hook and a delivery: the same delivery always has the same id. */
final class HookKeys {

  /** The longest thread key that is kept as it is, in characters; a longer one is hashed. */
  static final int LONGEST_THREAD_KEY = 200;

  private static final String HASHED = "sha256:";

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
   * hook:<name>:<key>}. Two different keys have two addresses: a key with characters that an
   * address cannot show is replaced by its hash.
   *
   * @param renderedKey the rendered thread key; blank for the one conversation of the hook
   */
  static String address(String hook, String renderedKey) {
    if (renderedKey.isBlank()) {
      return "hook:" + hook;
    }
    boolean isShown =
        renderedKey.length() <= LONGEST_THREAD_KEY
            && !renderedKey.startsWith(HASHED)
            && HookMarkdown.oneLine(renderedKey).equals(renderedKey);
    return "hook:" + hook + ":" + (isShown ? renderedKey : HASHED + hash(renderedKey));
  }

  /** The SHA-256 of the characters, in hexadecimal digits; other characters, another hash. */
  static String hash(String text) {
    // UTF-8 has no form for half of a surrogate pair.
    ByteBuffer bytes = ByteBuffer.allocate(text.length() * Character.BYTES);
    bytes.asCharBuffer().put(text);
    return Digests.sha256Hex(bytes.array());
  }
}
