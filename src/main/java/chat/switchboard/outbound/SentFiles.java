package chat.switchboard.outbound;

import chat.switchboard.ops.FaultPoint;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/**
 * Opens the files of a text for the carrier and the phone, just before the text is sent: a file has
 * one address for each text, whose life begins again with each attempt.
 */
@ApplicationScoped
class SentFiles {

  private final OutgoingFiles outgoingFiles;
  private final OutboxEntries entries;
  private final Clock clock;
  private final Event<FilesQueued> filesQueued;

  SentFiles(
      OutgoingFiles outgoingFiles,
      OutboxEntries entries,
      Clock clock,
      Event<FilesQueued> filesQueued) {
    this.outgoingFiles = outgoingFiles;
    this.entries = entries;
    this.clock = clock;
    this.filesQueued = filesQueued;
  }

  /** The content of a message for the carrier. */
  record Message(String body, List<String> mediaUrls) {}

  private record Opened(EntryFile file, Optional<String> address) {}

  /**
   * Returns the content of the message; empty if files have to be fetched first, which begins.
   *
   * @param words the words of the entry
   */
  Uni<Optional<Message>> open(OutboxEntry entry, String words) {
    if (entry.files == null) {
      return Uni.createFrom().item(Optional.of(new Message(words, List.of())));
    }
    if (entry.filesDueAt != null) {
      return entries
          .waitForFiles(entry, later())
          .invoke(() -> filesQueued.fire(new FilesQueued(entry.id)))
          .replaceWith(Optional.empty());
    }
    List<EntryFile> here = EntryFile.of(entry).stream().filter(file -> !file.isAhead()).toList();
    return Multi.createFrom()
        .iterable(here)
        .onItem()
        .transformToUniAndConcatenate(file -> open(entry, file))
        .collect()
        .asList()
        .flatMap(
            opened -> {
              FaultPoint.reached("opened");
              boolean isGone =
                  opened.stream()
                      .anyMatch(one -> one.file().itemId().isPresent() && one.address().isEmpty());
              return isGone
                  ? entries
                      .filesAgain(entry, new Date(clock.millis()), later())
                      .invoke(() -> filesQueued.fire(new FilesQueued(entry.id)))
                      .replaceWith(Optional.<Message>empty())
                  : Uni.createFrom().item(Optional.of(message(words, opened)));
            });
  }

  private Uni<Opened> open(OutboxEntry entry, EntryFile file) {
    return file.itemId()
        .map(item -> outgoingFiles.grant(item, entry.id))
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .map(address -> new Opened(file, address));
  }

  private Message message(String words, List<Opened> opened) {
    List<String> mediaUrls = new ArrayList<>();
    List<String> behind = new ArrayList<>();
    for (Opened one : opened) {
      FileRoute route = one.file().route().orElse(FileRoute.NAMED);
      if (route == FileRoute.MEDIA) {
        mediaUrls.add(one.address().orElseThrow());
      } else {
        behind.add(
            route == FileRoute.LINK
                ? one.address().orElseThrow()
                : one.file().words(outgoingFiles.addressLength()));
      }
    }
    return new Message(TextLayout.body(words, behind), mediaUrls);
  }

  private Date later() {
    return new Date(clock.millis() + FilePreparation.LONGEST_WAIT.toMillis());
  }
}
