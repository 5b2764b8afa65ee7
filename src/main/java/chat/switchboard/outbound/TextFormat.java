package chat.switchboard.outbound;

/** The format of a text's content. */
public enum TextFormat {
  /** Plain text of a person or a program, which is sent unchanged. */
  TEXT,
  /**
   * Markdown of an agent or an API caller, which is sent as plain text, or to WhatsApp in its form.
   */
  MARKDOWN
}
