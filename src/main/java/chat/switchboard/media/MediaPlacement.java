package chat.switchboard.media;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.librechat.FileRecords;
import chat.switchboard.librechat.LibreChatFiles;
import chat.switchboard.librechat.LibreChatFiles.Upload;
import chat.switchboard.librechat.LibreChatFiles.Uploaded;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.text.ShownText;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Uploads a fetched file to LibreChat, so that the model sees the file. A file that LibreChat does
 * not accept stays in MongoDB, and the page gets the file from Switchboard.
 */
@ApplicationScoped
class MediaPlacement {

  /** In grapheme clusters: some ten minutes of speech. */
  private static final int LONGEST_TRANSCRIPT = 10_000;

  private final LibreChatFiles libreChat;
  private final FileRecords records;
  private final Conversations conversations;
  private final MediaStore store;
  private final MediaBytes bytes;

  MediaPlacement(
      LibreChatFiles libreChat,
      FileRecords records,
      Conversations conversations,
      MediaStore store,
      MediaBytes bytes) {
    this.libreChat = libreChat;
    this.records = records;
    this.conversations = conversations;
    this.store = store;
    this.bytes = bytes;
  }

  /**
   * Runs one attempt.
   *
   * @return the changed item; empty if another worker has taken the item
   */
  Uni<Optional<MediaItem>> place(MediaItem item) {
    Optional<String> refusal = refusal(item);
    if (refusal.isPresent()) {
      return store.storedHere(item, refusal.get());
    }
    return conversations
        .find(item.conversationId, item.user)
        .flatMap(
            found ->
                found
                    .map(conversation -> upload(item, conversation))
                    .orElseGet(() -> store.failed(item, "The conversation was deleted")));
  }

  /** Returns why the file is not uploaded to LibreChat; empty if the file is uploaded. */
  private static Optional<String> refusal(MediaItem item) {
    ContentType type = ContentType.valueOf(item.type);
    if (type.isActive()) {
      return Optional.of("The file can contain a program");
    }
    if (item.doubt != null) {
      return Optional.of(item.doubt);
    }
    return switch (type) {
      // LibreChat answers 500 to a picture that it cannot read, as to a passing fault.
      case HEIC, TIFF, ICO, BMP, AVIF, OTHER, VCARD, AMR, THREEGPP ->
          Optional.of("LibreChat accepts no files of the type " + type.mediaType());
      default -> Optional.empty();
    };
  }

  private Uni<Optional<MediaItem>> upload(MediaItem item, Conversation conversation) {
    ContentType type = ContentType.valueOf(item.type);
    Upload file =
        new Upload(
            uploadId(item.id),
            item.user,
            conversation.endpoint == null ? "" : conversation.endpoint,
            Optional.ofNullable(conversation.endpointType),
            item.fileName,
            type.mediaType(),
            type.isPicture() && item.width != null ? item.width : 0,
            type.isPicture() && item.height != null ? item.height : 0,
            item.bytes,
            bytes.read(item.bytesId, 0, item.bytes));
    Uni<Optional<String>> words =
        type.isAudio()
            ? libreChat.transcribe(file)
            : Uni.createFrom().item(Optional.<String>empty());
    return words.flatMap(transcript -> upload(item, file, transcript));
  }

  /** The id under which LibreChat has the file before Switchboard knows LibreChat's own id. */
  static String uploadId(String itemId) {
    return DeterministicIds.uuid("upload", itemId).toString();
  }

  /** An earlier attempt may have ended between LibreChat's upload and the change of the item. */
  private Uni<Uploaded> uploadOnce(MediaItem item, Upload file) {
    boolean isFirst = item.attempts == null || item.attempts <= 1;
    return isFirst
        ? libreChat.upload(file)
        : records
            .uploaded(file.user(), file.uploadId())
            .flatMap(
                found ->
                    found.isPresent()
                        ? Uni.createFrom().item((Uploaded) found.get())
                        : libreChat.upload(file));
  }

  private Uni<Optional<MediaItem>> upload(
      MediaItem item, Upload file, Optional<String> transcript) {
    return uploadOnce(item, file)
        .invoke(() -> FaultPoint.reached("media-uploaded"))
        .flatMap(
            uploaded -> {
              if (uploaded instanceof Uploaded.Stored stored) {
                return store
                    .storedInLibreChat(
                        item,
                        stored,
                        transcript
                            .map(text -> ShownText.line(text, LONGEST_TRANSCRIPT))
                            .filter(text -> !text.isEmpty()))
                    .call(taken -> clear(taken))
                    .invoke(() -> FaultPoint.reached("media-placed"));
              }
              if (uploaded instanceof Uploaded.TryLater later) {
                return store.retry(item, later.cause(), Optional.empty());
              }
              return store.storedHere(
                  item,
                  uploaded instanceof Uploaded.Refused refused
                      ? refused.cause()
                      : "LibreChat's address is not known");
            });
  }

  /** Addresses of a cloud storage expire: for these pictures the bytes stay in MongoDB. */
  private Uni<Void> clear(Optional<MediaItem> taken) {
    return taken
        .filter(item -> item.libreChatPath.startsWith("/") || !Boolean.TRUE.equals(item.shown))
        .map(item -> store.dropBytes(item.id, item.bytesId).chain(() -> bytes.delete(item.bytesId)))
        .orElseGet(() -> Uni.createFrom().voidItem());
  }
}
