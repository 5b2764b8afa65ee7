package chat.switchboard.media;

/** Where a file comes from, which decides which addresses are allowed. */
public enum MediaSource {
  /** A message at Twilio. */
  TWILIO_MESSAGE,
  /** A message of Twilio Conversations. */
  TWILIO_CONVERSATION,
  /** An address that a caller of the API names. */
  API,
  /** The bytes came with the request of a caller of the API. */
  UPLOAD,
  /** LibreChat's storage: a file that goes out. */
  LIBRECHAT
}
