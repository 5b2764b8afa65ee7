package chat.switchboard.outbound;

import chat.switchboard.address.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Decides which files of a message the carrier delivers, and which become links, by the limits of
 * the channel.
 *
 * @see <a href="https://www.twilio.com/docs/messaging/guides/accepted-mime-types">Twilio: Accepted
 *     content types for media</a>
 * @see <a href="https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages">Twilio:
 *     Guidance on WhatsApp media messages</a>
 */
final class FileRoutes {

  /** Twilio's limit for an MMS with all its files; also WhatsApp's limit for a picture. */
  static final long FIVE_MEGABYTES = 5_000_000;

  /** Twilio's limit for a file in WhatsApp that is not a picture. */
  static final long SIXTEEN_MEGABYTES = 16_000_000;

  /**
   * Twilio adapts JPEG, PNG and GIF to each carrier, and other files to none: many carriers drop a
   * larger file.
   */
  static final long HALF_A_MEGABYTE = 500_000;

  /** What Twilio adapts to the carrier. */
  private static final Set<String> ADAPTED = Set.of("image/jpeg", "image/png", "image/gif");

  /** What Twilio accepts for an MMS and passes on as it is. */
  private static final Set<String> PASSED_ON =
      Set.of(
          "image/bmp",
          "image/heic",
          "image/tiff",
          "audio/aac",
          "audio/amr",
          "audio/mp4",
          "audio/mpeg",
          "audio/ogg",
          "video/3gpp",
          "video/mp4",
          "video/mpeg",
          "video/quicktime",
          "video/webm",
          "text/calendar",
          "text/csv",
          "text/vcard",
          "application/pdf");

  private static final Set<String> WHATSAPP_PICTURES = Set.of("image/jpeg", "image/png");

  private static final Set<String> WHATSAPP_FILES =
      Set.of(
          "audio/aac",
          "audio/amr",
          "audio/mpeg",
          "audio/ogg",
          "video/3gpp",
          "video/mp4",
          "text/vcard",
          "application/pdf",
          "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
          "application/vnd.openxmlformats-officedocument.presentationml.presentation",
          "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");

  private static final Set<String> RCS =
      Set.of("image/jpeg", "image/png", "image/gif", "video/mp4", "application/pdf");

  private FileRoutes() {}

  /** The facts of a fetched file. */
  record Facts(String type, long bytes) {}

  /** Returns the maximum number of files in one message of this channel. */
  static int perMessage(Channel channel) {
    return switch (channel) {
      case WHATSAPP, RCS -> 1;
      default -> OutgoingFile.MOST;
    };
  }

  /** Whether WhatsApp shows words and a file of this type in one message. */
  static boolean hasCaptionInWhatsApp(String type) {
    return WHATSAPP_PICTURES.contains(type) || type.equals("video/mp4");
  }

  /**
   * Decides for each file of one message.
   *
   * @param hasMms whether both numbers have MMS
   * @param hasText whether the message has words
   */
  static List<FileRoute> of(Channel channel, boolean hasMms, boolean hasText, List<Facts> files) {
    List<FileRoute> routes = new ArrayList<>(files.size());
    long bytes = 0;
    int count = 0;
    for (Facts file : files) {
      boolean fits =
          count < perMessage(channel)
              && isCarried(channel, hasMms, hasText, file)
              && (channel != Channel.SMS || bytes + file.bytes() <= FIVE_MEGABYTES);
      if (fits) {
        bytes += file.bytes();
        count++;
      }
      routes.add(fits ? FileRoute.MEDIA : FileRoute.LINK);
    }
    return routes;
  }

  private static boolean isCarried(Channel channel, boolean hasMms, boolean hasText, Facts file) {
    String type = file.type();
    return switch (channel) {
      case SMS ->
          hasMms
              && (ADAPTED.contains(type)
                  ? file.bytes() <= FIVE_MEGABYTES
                  : PASSED_ON.contains(type) && file.bytes() <= HALF_A_MEGABYTE);
      case WHATSAPP ->
          (!hasText || hasCaptionInWhatsApp(type))
              && (WHATSAPP_PICTURES.contains(type)
                  ? file.bytes() <= FIVE_MEGABYTES
                  : WHATSAPP_FILES.contains(type) && file.bytes() <= SIXTEEN_MEGABYTES);
      // Where RCS is not available Twilio falls back to MMS with its limit.
      case RCS -> RCS.contains(type) && file.bytes() <= FIVE_MEGABYTES;
      default -> false;
    };
  }
}
