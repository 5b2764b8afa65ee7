package chat.switchboard.media;

import java.util.List;
import org.bson.Document;

/**
 * A file that a message announces, as its door reads it.
 *
 * @param source decides which addresses are allowed
 * @param accountSid Twilio's account, which is a part of the address; null for another source
 * @param sid Twilio's MessageSid, or the SID of the Conversations service; for bytes that came with
 *     the message their SHA-256, which tells two messages under one key apart; else null
 * @param url where the file is; null where the bytes came with the message
 * @param declaredType the media type that the sender declares; may be null
 * @param fileName the name that the sender gives; may be null
 * @param bytesId the bytes that came with the message; null where the file has to be fetched
 * @param bytes their length; null where the file has to be fetched
 * @param itemId the item of a file that an earlier message announced; else null
 */
public record IncomingFile(
    MediaSource source,
    String accountSid,
    String sid,
    String url,
    String declaredType,
    String fileName,
    String bytesId,
    Long bytes,
    String itemId) {

  /** A file of a message at Twilio. */
  public static IncomingFile ofTwilio(
      String accountSid, String messageSid, String url, String declaredType) {
    return new IncomingFile(
        MediaSource.TWILIO_MESSAGE,
        accountSid,
        messageSid,
        url,
        declaredType,
        null,
        null,
        null,
        null);
  }

  /**
   * A file of Twilio Conversations, whose webhook names the SIDs alone.
   *
   * @param serviceSid null if the webhook names none; then the file cannot be fetched
   */
  public static IncomingFile ofConversation(
      String accountSid, String serviceSid, String mediaSid, String declaredType, String name) {
    String url;
    try {
      url = TwilioMedia.conversationsUrl(serviceSid, mediaSid);
    } catch (IllegalArgumentException malformed) {
      url = null;
    }
    return new IncomingFile(
        MediaSource.TWILIO_CONVERSATION,
        accountSid,
        serviceSid,
        url,
        declaredType,
        FileNames.safe(name).orElse(null),
        null,
        null,
        null);
  }

  /** A file that an earlier message announced. */
  public static IncomingFile late(MediaItem item) {
    return new IncomingFile(
        item.source, null, null, null, item.declaredType, item.fileName, null, null, item.id);
  }

  /** The line that stands for the file in the text until the file is there. */
  public String placeholder() {
    return placeholder(fileName == null || itemId != null ? declaredType : fileName);
  }

  /** The line that stands for a file of this type or name. */
  public static String placeholder(String label) {
    return "[attachment: " + (label == null ? "file" : label) + "]";
  }

  /** The file as a document. */
  public Document seal() {
    return new Document("source", source.name())
        .append("accountSid", accountSid)
        .append("sid", sid)
        .append("url", url)
        .append("declaredType", declaredType)
        .append("fileName", fileName)
        .append("bytesId", bytesId)
        .append("bytes", bytes)
        .append("itemId", itemId);
  }

  /** The file of such a document. */
  public static IncomingFile open(Document file) {
    return new IncomingFile(
        MediaSource.valueOf(file.getString("source")),
        file.getString("accountSid"),
        file.getString("sid"),
        file.getString("url"),
        file.getString("declaredType"),
        file.getString("fileName"),
        file.getString("bytesId"),
        file.getLong("bytes"),
        file.getString("itemId"));
  }

  /** The files of such documents. */
  public static List<IncomingFile> open(List<Document> files) {
    return files == null ? List.of() : files.stream().map(IncomingFile::open).toList();
  }
}
