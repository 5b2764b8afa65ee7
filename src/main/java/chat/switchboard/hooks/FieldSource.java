package chat.switchboard.hooks;

/** A place in a request that holds a value: a header, or a JSON pointer (RFC 6901) in the body. */
sealed interface FieldSource {

  /** A header by its name, in any case. */
  record Header(String name) implements FieldSource {}

  /** A JSON pointer into the payload. */
  record Pointer(String pointer) implements FieldSource {}
}
