package chat.switchboard.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a key permits. */
public enum Scope {
  /** To add messages to conversations. */
  INJECT,
  /** To send texts. */
  SEND,
  /** To read lists and states. */
  READ,
  /** Everything else that a key is needed for. */
  OPERATE,
  /** To use the MCP server. */
  MCP;

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Scope> named(String wire) {
    return Arrays.stream(values()).filter(scope -> scope.wire().equals(wire)).findFirst();
  }
}
