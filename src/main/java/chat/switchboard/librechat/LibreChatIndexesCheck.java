package chat.switchboard.librechat;

import chat.switchboard.mongo.Indexes;
import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Checks whether LibreChat's collections have the indexes that LibreChat creates and Switchboard
 * relies on.
 */
@Singleton
class LibreChatIndexesCheck implements Check {

  private final Indexes indexes;

  LibreChatIndexesCheck(Indexes indexes) {
    this.indexes = indexes;
  }

  @Override
  public Area area() {
    return Area.LIBRECHAT;
  }

  @Override
  public String name() {
    return "LibreChat's indexes";
  }

  @Override
  public Uni<Finding> look() {
    return Uni.combine()
        .all()
        .unis(indexes.of("messages"), indexes.of("conversations"))
        .with(LibreChatIndexesCheck::of);
  }

  static Finding of(Set<List<String>> messages, Set<List<String>> conversations) {
    List<String> missing = new ArrayList<>();
    need(missing, "messages", messages, List.of("messageId", "user"));
    need(missing, "messages", messages, List.of("conversationId", "user", "createdAt"));
    need(missing, "conversations", conversations, List.of("conversationId", "user"));
    return missing.isEmpty()
        ? Finding.ok("All indexes for reading and appending exist.")
        : Finding.warn(
            "Missing: "
                + String.join("; ", missing)
                + ". Switchboard works without them, but "
                + "slowly.",
            "LibreChat creates its indexes at start: read LibreChat's log, check that "
                + "MONGO_AUTO_INDEX is not off, and check that both use the same database.");
  }

  /** Whether an index begins with these fields; later versions of LibreChat append a tenant. */
  private static void need(
      List<String> missing, String collection, Set<List<String>> there, List<String> wanted) {
    boolean found =
        there.stream()
            .anyMatch(
                index ->
                    index.size() >= wanted.size()
                        && index.subList(0, wanted.size()).equals(wanted));
    if (!found) {
      missing.add(collection + " {" + String.join(", ", wanted) + "}");
    }
  }
}
