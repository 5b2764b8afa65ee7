package chat.switchboard.hooks;

/** The result of checking a request against a scheme. */
sealed interface Verification {

  /**
   * The request is from the provider.
   *
   * @param deliveryId the provider's ID, or {@code sha256:} and the hash of the body
   * @param event the provider's name of the event; empty if there is none
   */
  record Verified(String deliveryId, String event) implements Verification {}

  /**
   * The request is a check of the endpoint: this answer is all that it needs.
   *
   * @param contentType the media type of the answer
   * @param body the answer
   */
  record HandshakeAnswer(String contentType, String body) implements Verification {}

  /**
   * The request is not authentic.
   *
   * @param reason a sentence for our log, without any value of the request; the caller gets no
   *     reason
   */
  record Refused(String reason) implements Verification {}
}
