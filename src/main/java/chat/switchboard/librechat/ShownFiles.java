package chat.switchboard.librechat;

import chat.switchboard.text.PlainText;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;

/**
 * Finds the files of a message in LibreChat that go to the phone with its words: what the owner
 * attached, and the pictures of an answer. Only files of the conversation's owner in LibreChat's
 * {@code files} count; no other address is ever fetched.
 */
@Singleton
public class ShownFiles {

  /** More than a person sends; further files of a message stay in LibreChat. */
  private static final int LOOKED_AT = 50;

  private static final String PICTURES = "/images/";

  private final FileRecords records;

  ShownFiles(FileRecords records) {
    this.records = records;
  }

  /**
   * A file of a message.
   *
   * @param shownAt the address at which the Markdown of the message shows the file
   */
  public record Found(FileRecord file, Optional<String> shownAt) {}

  /** The names under which a message mentions a file. */
  private record Mention(Optional<String> fileId, Optional<String> path, Optional<String> shownAt) {

    static Mention id(String fileId) {
      return new Mention(Optional.of(fileId), Optional.empty(), Optional.empty());
    }
  }

  /** Returns the files in the order in which the message mentions them; each once. */
  public Uni<List<Found>> of(Message message) {
    List<Mention> mentions = mentions(message);
    if (mentions.isEmpty() || message.user == null) {
      return Uni.createFrom().item(List.of());
    }
    return records
        .find(
            message.user,
            names(mentions.stream().map(Mention::fileId).toList()),
            names(mentions.stream().map(Mention::path).toList()))
        .map(known -> found(mentions, known));
  }

  private static Set<String> names(List<Optional<String>> some) {
    return some.stream().flatMap(Optional::stream).collect(Collectors.toUnmodifiableSet());
  }

  private static List<Found> found(List<Mention> mentions, List<FileRecord> known) {
    Map<String, Found> found = new LinkedHashMap<>();
    for (Mention mention : mentions) {
      known.stream()
          .filter(
              file ->
                  mention.fileId().filter(file.fileId()::equals).isPresent()
                      || mention.path().filter(file.path()::equals).isPresent())
          .findFirst()
          .ifPresent(file -> found.putIfAbsent(file.fileId(), new Found(file, mention.shownAt())));
    }
    return List.copyOf(found.values());
  }

  private static List<Mention> mentions(Message message) {
    List<Mention> mentions = new ArrayList<>();
    boolean isOwners = Boolean.TRUE.equals(message.createdByUser);
    if (!isOwners) {
      PlainText.pictures(AnswerText.of(message)).stream()
          .flatMap(address -> path(address).stream())
          .forEach(mentions::add);
    }
    attached(message).forEach(id -> mentions.add(Mention.id(id)));
    content(message).forEach(id -> mentions.add(Mention.id(id)));
    pictures(message.toolFiles).forEach(id -> mentions.add(Mention.id(id)));
    return mentions.subList(0, Math.min(LOOKED_AT, mentions.size()));
  }

  /**
   * A picture in LibreChat's own storage has a path such as {@code /images/<user>/<name>}; a
   * storage elsewhere has the whole address in {@code files}.
   */
  private static Optional<Mention> path(String address) {
    String path = address;
    try {
      String parsed = new URI(address).getPath();
      if (parsed != null && parsed.startsWith(PICTURES)) {
        path = parsed;
      }
    } catch (URISyntaxException asWritten) {
      // The path in the database may be as odd as the one in the text.
    }
    return path.isBlank()
        ? Optional.empty()
        : Optional.of(new Mention(Optional.empty(), Optional.of(path), Optional.of(address)));
  }

  /** Pictures that tools put into the content, as LibreChat's page shows them. */
  private static List<String> content(Message message) {
    List<String> ids = new ArrayList<>();
    if (message.content != null) {
      for (Document part : message.content) {
        if (part.get("image_file") instanceof Document file
            && file.get("file_id") instanceof String id) {
          ids.add(id);
        }
      }
    }
    return ids;
  }

  private static List<String> attached(Message message) {
    return message.files == null
        ? List.of()
        : message.files.stream()
            .map(file -> file.get("file_id"))
            .filter(String.class::isInstance)
            .map(String.class::cast)
            .toList();
  }

  private static List<String> pictures(BsonValue files) {
    List<String> ids = new ArrayList<>();
    if (files != null && files.isArray()) {
      for (BsonValue one : files.asArray()) {
        if (one.isDocument() && isPicture(one.asDocument())) {
          text(one.asDocument(), "file_id").ifPresent(ids::add);
        }
      }
    }
    return ids;
  }

  /** LibreChat stores the type of a tool's picture, or its size. */
  private static boolean isPicture(BsonDocument file) {
    return text(file, "type").filter(type -> type.startsWith("image/")).isPresent()
        || (file.containsKey("width") && file.containsKey("height"));
  }

  private static Optional<String> text(BsonDocument file, String field) {
    BsonValue value = file.get(field);
    return value != null && value.isString()
        ? Optional.of(value.asString().getValue())
        : Optional.empty();
  }
}
