package chat.switchboard.outbound;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.Document;

/**
 * A file of an entry in the outbox, as the entry stores the file.
 *
 * @param file where the file comes from
 * @param isAhead whether the file belongs to a later part of the same text: the first part waits
 *     until all files of the text are fetched
 * @param itemId Switchboard's id of the fetched file
 * @param bytes the length of the fetched file
 * @param route how the file gets to the phone; empty until the file is fetched
 * @param cause why the file could not be fetched
 */
record EntryFile(
    OutgoingFile file,
    boolean isAhead,
    Optional<String> itemId,
    long bytes,
    Optional<FileRoute> route,
    Optional<String> cause) {

  static EntryFile wanted(OutgoingFile file, boolean isAhead) {
    return new EntryFile(file, isAhead, Optional.empty(), 0, Optional.empty(), Optional.empty());
  }

  /** Returns the files of the entry, those of later parts last. */
  static List<EntryFile> of(OutboxEntry entry) {
    return entry.files == null ? List.of() : entry.files.stream().map(EntryFile::read).toList();
  }

  private static EntryFile read(Document stored) {
    return new EntryFile(
        new OutgoingFile(
            OutgoingFile.Kind.valueOf(stored.getString("kind")),
            stored.getString("reference"),
            stored.getString("owner"),
            stored.getString("scope"),
            Optional.ofNullable(stored.getString("name")),
            Optional.ofNullable(stored.getString("type")),
            Boolean.TRUE.equals(stored.getBoolean("required")),
            Optional.empty()),
        Boolean.TRUE.equals(stored.getBoolean("ahead")),
        Optional.ofNullable(stored.getString("itemId")),
        stored.get("bytes") instanceof Number bytes ? bytes.longValue() : 0,
        Optional.ofNullable(stored.getString("route")).map(FileRoute::valueOf),
        Optional.ofNullable(stored.getString("cause")));
  }

  Document stored() {
    Document stored =
        new Document("kind", file.kind().name())
            .append("reference", file.reference())
            .append("owner", file.owner())
            .append("scope", file.scope());
    file.name().ifPresent(name -> stored.append("name", name));
    file.type().ifPresent(type -> stored.append("type", type));
    if (file.isRequired()) {
      stored.append("required", true);
    }
    if (isAhead) {
      stored.append("ahead", true);
    }
    itemId.ifPresent(id -> stored.append("itemId", id).append("bytes", bytes));
    route.ifPresent(way -> stored.append("route", way.name()));
    cause.ifPresent(why -> stored.append("cause", why));
    return stored;
  }

  static List<Document> stored(List<EntryFile> files) {
    List<Document> stored = new ArrayList<>(files.size());
    files.forEach(file -> stored.add(file.stored()));
    return stored;
  }

  EntryFile fetched(OutgoingFiles.Fetched.Ready ready) {
    OutgoingFile known =
        new OutgoingFile(
            file.kind(),
            file.reference(),
            file.owner(),
            file.scope(),
            Optional.of(ready.name()),
            Optional.of(ready.type()),
            file.isRequired(),
            file.shownAt());
    return new EntryFile(
        known,
        isAhead,
        Optional.of(ready.itemId()),
        ready.bytes(),
        Optional.empty(),
        Optional.empty());
  }

  EntryFile notFetched(String why) {
    return new EntryFile(
        file, isAhead, Optional.empty(), 0, Optional.of(FileRoute.NAMED), Optional.of(why));
  }

  EntryFile by(FileRoute way) {
    return new EntryFile(file, isAhead, itemId, bytes, Optional.of(way), cause);
  }

  /** The words that stand for a file which could not be fetched, at most this long. */
  String words(int longest) {
    String name = file.name().orElse("file");
    int room = Math.max(1, longest - "[attachment: ]".length());
    return "[attachment: " + (name.length() > room ? name.substring(0, room) : name) + "]";
  }
}
