package chat.switchboard.outbound;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A file of a text, as callers see the file.
 *
 * @param type the media type, by content once the file is fetched
 * @param bytes the length; 0 until the file is fetched
 * @param status {@code waiting}, or a name of {@link FileRoute} in lower case
 * @param cause why the file could not be fetched
 */
public record SentMedia(
    Optional<String> name,
    Optional<String> type,
    long bytes,
    String status,
    Optional<String> cause) {

  /** Returns the files of this part of a text. */
  public static List<SentMedia> of(OutboxEntry entry) {
    return EntryFile.of(entry).stream()
        .filter(file -> !file.isAhead())
        .map(
            file ->
                new SentMedia(
                    file.file().name(),
                    file.file().type(),
                    file.bytes(),
                    file.route()
                        .map(route -> route.name().toLowerCase(Locale.ROOT))
                        .orElse("waiting"),
                    file.cause()))
        .toList();
  }
}
