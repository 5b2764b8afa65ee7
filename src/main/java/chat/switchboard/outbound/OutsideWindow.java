package chat.switchboard.outbound;

/** What happens to a free text to a person on WhatsApp whose window is closed. */
public enum OutsideWindow {
  /** The text is held until the person writes. */
  HOLD,
  /** The text goes as the template {@code switchboard.whatsapp.reopen-template}. */
  TEMPLATE,
  /** The text fails. */
  FAIL
}
