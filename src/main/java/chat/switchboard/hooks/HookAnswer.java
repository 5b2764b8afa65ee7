package chat.switchboard.hooks;

/** The response to a webhook that is not refused. */
public sealed interface HookAnswer {

  /**
   * The webhook is kept.
   *
   * @param status {@code accepted}, {@code duplicate} or {@code skipped}
   * @param id the id of the delivery
   */
  record Kept(String status, String id) implements HookAnswer {}

  /**
   * The service checked the address, and gets the expected answer.
   *
   * @param contentType the media type
   * @param body the body of the response
   */
  record Handshake(String contentType, String body) implements HookAnswer {}
}
