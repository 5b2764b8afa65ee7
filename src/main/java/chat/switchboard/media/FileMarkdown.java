package chat.switchboard.media;

import chat.switchboard.text.UriComponent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.Document;

/** Writes the Markdown of a file for LibreChat's page. */
@ApplicationScoped
class FileMarkdown {

  private final Capabilities capabilities;

  FileMarkdown(Capabilities capabilities) {
    this.capabilities = capabilities;
  }

  /**
   * The parts of a message that show a file.
   *
   * @param lines in the text, instead of the line that stands for the file
   * @param markdown a picture or a link
   * @param file LibreChat's own file
   */
  record Shown(List<String> lines, Optional<String> markdown, Optional<Document> file) {}

  Uni<Shown> of(MediaItem item) {
    return switch (item.state) {
      case PENDING, FETCHED ->
          Uni.createFrom().item(line(List.of(IncomingFile.placeholder(label(item)))));
      case FAILED ->
          Uni.createFrom()
              .item(
                  line(
                      List.of(
                          IncomingFile.placeholder(label(item))
                              + " (not received: "
                              + item.cause
                              + ")")));
      case STORED -> item.libreChatFileId != null ? atLibreChat(item) : here(item);
    };
  }

  private static Shown line(List<String> lines) {
    return new Shown(lines, Optional.empty(), Optional.empty());
  }

  private static String label(MediaItem item) {
    boolean isOfCaller = item.source == MediaSource.API || item.source == MediaSource.UPLOAD;
    return item.fileName != null && (isOfCaller || item.declaredType == null)
        ? item.fileName
        : item.declaredType;
  }

  /** Addresses of a cloud storage expire: for such a picture the address is Switchboard's. */
  private Uni<Shown> atLibreChat(MediaItem item) {
    boolean isPicture = Boolean.TRUE.equals(item.shown);
    Document file =
        new Document("file_id", item.libreChatFileId)
            .append("filename", item.fileName)
            .append("filepath", item.libreChatPath)
            .append(
                "type",
                item.libreChatType == null || item.libreChatType.isEmpty()
                    ? ContentType.valueOf(item.type).mediaType()
                    : item.libreChatType);
    if (isPicture) {
      file.append("width", size(item.libreChatWidth, item.width))
          .append("height", size(item.libreChatHeight, item.height));
    }
    if (!isPicture) {
      String link =
          "files/" + item.user + "/" + item.libreChatFileId + "/" + encoded(item.fileName);
      return Uni.createFrom()
          .item(
              new Shown(
                  cardLines(item),
                  Optional.of("[" + item.fileName + "](" + link + ")"),
                  Optional.of(file)));
    }
    return (item.libreChatPath.startsWith("/")
            ? Uni.createFrom().item(Optional.of(item.libreChatPath))
            : address(item))
        .map(
            address ->
                new Shown(
                    List.of(),
                    address.map(path -> "![" + item.fileName + "](" + path + ")"),
                    Optional.of(file)));
  }

  private static Integer size(Integer ofLibreChat, Integer own) {
    return ofLibreChat != null && ofLibreChat > 0 ? ofLibreChat : own;
  }

  private Uni<Shown> here(MediaItem item) {
    boolean isPicture = Boolean.TRUE.equals(item.shown);
    return address(item)
        .map(
            address -> {
              if (address.isEmpty()) {
                return line(
                    List.of(IncomingFile.placeholder(label(item)) + " (the file was deleted)"));
              }
              List<String> lines = new ArrayList<>(cardLines(item));
              if (item.doubt != null) {
                lines.add("[" + item.fileName + " is not shown: " + item.doubt + "]");
              }
              return new Shown(
                  lines,
                  Optional.of(
                      (isPicture ? "!" : "") + "[" + item.fileName + "](" + address.get() + ")"),
                  Optional.empty());
            });
  }

  private static List<String> cardLines(MediaItem item) {
    if (item.transcript != null) {
      return List.of("[voice note, in words: " + item.transcript + "]");
    }
    return item.words == null
        ? List.of()
        : item.words.stream().map(contact -> "[contact: " + contact + "]").toList();
  }

  private Uni<Optional<String>> address(MediaItem item) {
    return item.bytesId == null
        ? Uni.createFrom().item(Optional.empty())
        : capabilities
            .grant(item.id, Optional.empty())
            .map(granted -> granted.map(capability -> CapabilityDoor.PATH + capability));
  }

  /** A link ends at the first space or bracket. */
  private static String encoded(String name) {
    return UriComponent.encode(name);
  }
}
