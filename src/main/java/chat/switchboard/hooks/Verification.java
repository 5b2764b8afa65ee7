package chat.switchboard.hooks;

import java.util.Optional;

/** The result of checking a request against a scheme. */
sealed interface Verification {

  /**
   * The request is from the provider.
   *
   * @param deliveryId the provider's ID; without an ID {@code sha256:}, the hash of the body, and
   *     the period in which the request arrived
   * @param lastPeriod without an ID: the ID of the same body in the period before
   * @param event the provider's name of the event; empty if there is none
   */
  record Verified(String deliveryId, Optional<String> lastPeriod, String event)
      implements Verification {}

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
