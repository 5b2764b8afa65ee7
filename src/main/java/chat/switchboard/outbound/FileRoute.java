package chat.switchboard.outbound;

/** How a file of a text gets to the phone. */
enum FileRoute {
  /** The carrier fetches the file and delivers the file with the message. */
  MEDIA,
  /** The text contains a link to the file. */
  LINK,
  /** The file could not be fetched: the text names the file. */
  NAMED
}
