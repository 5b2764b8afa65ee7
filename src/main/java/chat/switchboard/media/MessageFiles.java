package chat.switchboard.media;

import chat.switchboard.librechat.Attached;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bson.Document;

/** The files of messages, for those who append messages to conversations. */
@Singleton
public class MessageFiles {

  private final MediaStore store;
  private final MediaWorker worker;
  private final FileMarkdown markdown;
  private final MediaConfig config;
  private final Clock clock;

  MessageFiles(
      MediaStore store,
      MediaWorker worker,
      FileMarkdown markdown,
      MediaConfig config,
      Clock clock) {
    this.store = store;
    this.worker = worker;
    this.markdown = markdown;
    this.config = config;
    this.clock = clock;
  }

  /**
   * The message that files belong to.
   *
   * @param messageId LibreChat's id
   * @param user LibreChat's owner of the conversation
   * @param phoneNumber the person who sent the files; empty for a program
   */
  public record Belonging(
      String messageId,
      String conversationId,
      String user,
      Optional<String> phoneNumber,
      boolean toBeAnswered) {}

  /**
   * The files of a message as they are now.
   *
   * @param items in the order of the message
   */
  public record Files(List<IncomingFile> announced, List<MediaItem> items) {

    /** Whether a worker still has to do something for one of the files. */
    public boolean areOpen() {
      return items.stream().anyMatch(item -> item.state.isOpen());
    }
  }

  /**
   * Returns the files of a message; those that are not known yet are kept in the database, and are
   * fetched from now on.
   */
  public Uni<Files> expect(Belonging to, List<IncomingFile> announced) {
    List<IncomingFile> files = announced.stream().limit(config.maxItems()).toList();
    List<String> ids =
        IntStream.range(0, files.size())
            .mapToObj(
                i ->
                    files.get(i).itemId() != null
                        ? files.get(i).itemId()
                        : to.messageId() + "-" + i)
            .toList();
    return store
        .find(ids)
        .flatMap(
            found ->
                found.size() == ids.size()
                    ? moved(to, found)
                    : add(to, files, ids, found).chain(() -> store.find(ids)))
        .map(
            found -> {
              Map<String, MediaItem> byId = new HashMap<>();
              found.forEach(item -> byId.put(item.id, item));
              List<IncomingFile> present = new ArrayList<>();
              List<MediaItem> items = new ArrayList<>();
              for (int i = 0; i < ids.size(); i++) {
                MediaItem item = byId.get(ids.get(i));
                // An item is missing if the person was forgotten since.
                if (item != null) {
                  present.add(files.get(i));
                  items.add(item);
                }
              }
              return new Files(present, items);
            });
  }

  private Uni<List<MediaItem>> moved(Belonging to, List<MediaItem> found) {
    List<String> elsewhere =
        found.stream()
            .filter(item -> !to.conversationId().equals(item.conversationId))
            .map(item -> item.id)
            .toList();
    return elsewhere.isEmpty()
        ? Uni.createFrom().item(found)
        : store.move(elsewhere, to.conversationId(), to.user()).replaceWith(found);
  }

  private Uni<Void> add(
      Belonging to, List<IncomingFile> files, List<String> ids, List<MediaItem> found) {
    List<String> known = found.stream().map(item -> item.id).toList();
    return sentToday(to)
        .flatMap(
            sent ->
                Multi.createFrom()
                    .range(0, files.size())
                    .select()
                    .where(i -> !known.contains(ids.get(i)) && files.get(i).itemId() == null)
                    .onItem()
                    .transformToUniAndConcatenate(
                        i -> {
                          MediaItem item = item(to, files.get(i), ids.get(i), i);
                          return sent + i >= config.filesPerDay()
                              ? store.addFailed(
                                  item,
                                  "The person sent more than "
                                      + config.filesPerDay()
                                      + " files within a day")
                              : store.add(item);
                        })
                    .collect()
                    .asList())
        .invoke(added -> worker.wake())
        .replaceWithVoid();
  }

  private Uni<Long> sentToday(Belonging to) {
    return to.phoneNumber()
        .map(
            number ->
                store.countOf(
                    number,
                    new Date(clock.millis() - Duration.ofDays(1).toMillis()),
                    Math.max(1, config.filesPerDay())))
        .orElseGet(() -> Uni.createFrom().item(0L));
  }

  private static MediaItem item(Belonging to, IncomingFile file, String id, int position) {
    MediaItem item = new MediaItem();
    item.id = id;
    item.source = file.source();
    item.accountSid = file.accountSid();
    item.sid = file.sid();
    item.url = file.url();
    item.declaredType = file.declaredType();
    item.fileName = file.fileName();
    item.bytesId = file.bytesId();
    item.bytes = file.bytes();
    item.messageId = to.messageId();
    item.conversationId = to.conversationId();
    item.user = to.user();
    item.phoneNumber = to.phoneNumber().orElse(null);
    item.toBeAnswered = to.toBeAnswered();
    item.position = position;
    return item;
  }

  /**
   * A text with its files.
   *
   * @param parts the parts of the text, in which each file that is not shown below has a line
   */
  public record Composed(List<String> parts, Attached attached) {}

  /** Shows the files that are at their place, and says of the others where they are. */
  public Uni<Composed> compose(List<String> parts, Files files) {
    return Multi.createFrom()
        .iterable(files.items())
        .onItem()
        .transformToUniAndConcatenate(markdown::of)
        .collect()
        .asList()
        .map(shown -> compose(parts, files, shown));
  }

  private static Composed compose(List<String> parts, Files files, List<FileMarkdown.Shown> shown) {
    CaptionLines lines = new CaptionLines(parts);
    List<String> blocks = new ArrayList<>();
    List<Document> own = new ArrayList<>();
    List<Document> states = new ArrayList<>();
    for (int i = 0; i < shown.size(); i++) {
      FileMarkdown.Shown one = shown.get(i);
      lines.replace(files.announced().get(i).placeholder(), one.lines());
      one.markdown().ifPresent(blocks::add);
      one.file().ifPresent(own::add);
      states.add(state(files.items().get(i)));
    }
    return new Composed(lines.parts(), new Attached(String.join("\n\n", blocks), own, states));
  }

  private static Document state(MediaItem item) {
    Document state =
        new Document("id", item.id).append("state", item.state.isOpen() ? "pending" : name(item));
    if (item.fileName != null) {
      state.append("name", item.fileName);
    }
    if (item.type != null) {
      state.append("type", ContentType.valueOf(item.type).mediaType());
    } else if (item.declaredType != null) {
      state.append("type", item.declaredType);
    }
    if (item.cause != null && !item.state.isOpen()) {
      state.append("cause", item.cause);
    }
    return state;
  }

  private static String name(MediaItem item) {
    return item.state == MediaState.STORED ? "stored" : "failed";
  }

  /** The ids of the files that were not at their place when the message was appended. */
  public static List<String> pending(Collection<Document> states) {
    return states.stream()
        .filter(state -> "pending".equals(state.get("state")))
        .map(state -> state.getString("id"))
        .toList();
  }

  /** The messages of these files are in their conversation without them: each gets another one. */
  public Uni<Void> areLate(Collection<String> ids) {
    return ids.isEmpty() ? Uni.createFrom().voidItem() : store.late(ids);
  }

  /** Some files whose second message can be written now. */
  public Uni<List<MediaItem>> lateAndSettled(int most) {
    return store.lateAndSettled(most);
  }

  /** The second message of the file is kept, or there is none. */
  public Uni<Void> areNoLongerLate(String id) {
    return store.noLongerLate(id);
  }

  /** Has the files of a person deleted; returns how many. */
  public Uni<Long> forgetPerson(Collection<String> phoneNumbers) {
    return store.forget(phoneNumbers);
  }
}
