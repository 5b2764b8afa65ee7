package chat.switchboard.hooks;

/** How a provider checks an endpoint before it sends events. */
enum Handshake {
  NONE,
  /** GitHub's {@code ping} event: any 2xx is right. */
  GITHUB_PING,
  /** {@code type: url_verification}: the answer repeats {@code challenge}. */
  SLACK_CHALLENGE,
  /** {@code event: endpoint.url_validation}: the answer proves the secret. */
  ZOOM_VALIDATION,
  /** A GET request with {@code hub.mode=subscribe}: the answer repeats {@code hub.challenge}. */
  META_SUBSCRIPTION
}
