package chat.switchboard.inbound;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bson.Document;

/** Tells whether two messages under the same key say the same. */
final class Fingerprint {

  private Fingerprint() {}

  /** A SHA-256 over everything that the caller said. */
  static String of(InboundMessage message) {
    Document said =
        new Document("parts", message.parts())
            .append("sender", message.sender())
            .append("source", message.source())
            .append("metadata", message.metadata());
    if (message.trusted()) {
      said.append("trusted", true);
    }
    message.reply().ifPresent(reply -> said.append("reply", reply));
    String everything = said.toJson();
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(everything.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java platform has SHA-256", impossible);
    }
  }
}
