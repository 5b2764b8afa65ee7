package chat.switchboard.outbound;

/** How the words of a text are meant. */
public enum TextFormat {
  /** A person or a program wrote them: they go out as they are. */
  TEXT,
  /** An agent wrote them, or a caller says so: they are Markdown, and go out as plain text. */
  MARKDOWN
}
