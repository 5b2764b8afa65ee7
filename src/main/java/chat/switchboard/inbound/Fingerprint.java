package chat.switchboard.inbound;

import chat.switchboard.ops.Digests;
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
    if (!message.files().isEmpty()) {
      // The bytes of an upload are stored anew with each request.
      said.append(
          "files",
          message.files().stream()
              .map(file -> new Document(file.seal()).append("bytesId", null))
              .toList());
    }
    message.reply().ifPresent(reply -> said.append("reply", reply));
    return Digests.sha256Hex(said.toJson());
  }
}
