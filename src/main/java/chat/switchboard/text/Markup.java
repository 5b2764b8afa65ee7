package chat.switchboard.text;

/** The form into which an agent's Markdown is converted. */
enum Markup {
  /** Plain text, for SMS and RCS. */
  PLAIN,
  /** The marks of WhatsApp: {@code *bold*}, {@code _italic_}, {@code ~strike~}, and code. */
  WHATSAPP
}
