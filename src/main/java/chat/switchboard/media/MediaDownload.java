package chat.switchboard.media;

import chat.switchboard.media.FetchOutcome.Denied;
import chat.switchboard.media.FetchOutcome.Fetched;
import chat.switchboard.media.FetchOutcome.Gone;
import chat.switchboard.media.FetchOutcome.Refused;
import chat.switchboard.media.FetchOutcome.TryLater;
import chat.switchboard.ops.FaultPoint;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Takes a pending item to FETCHED: fetches the file into the spool, inspects and cleans the file,
 * and stores the bytes. A crash at any point leaves the item pending, and the bytes of the broken
 * attempt to {@link OrphanedBytes}.
 */
final class MediaDownload {

  private final Vertx vertx;
  private final MediaFetcher fetcher;
  private final MediaSpool spool;
  private final MediaStore store;
  private final MediaBytes bytes;
  private final MediaScan scan;
  private final MediaConfig config;
  private final TwilioAccess twilio;
  private final Clock clock;

  MediaDownload(
      Vertx vertx,
      MediaFetcher fetcher,
      MediaSpool spool,
      MediaStore store,
      MediaBytes bytes,
      MediaScan scan,
      MediaConfig config,
      TwilioAccess twilio,
      Clock clock) {
    this.vertx = vertx;
    this.fetcher = fetcher;
    this.spool = spool;
    this.store = store;
    this.bytes = bytes;
    this.scan = scan;
    this.config = config;
    this.twilio = twilio;
    this.clock = clock;
  }

  /**
   * Runs one attempt.
   *
   * @return the changed item; empty if another worker has taken the item
   */
  Uni<Optional<MediaItem>> run(MediaItem claimed) {
    return claimed.source == MediaSource.UPLOAD ? uploaded(claimed) : fetch(claimed);
  }

  /** The bytes came with the message, and have to be inspected. */
  private Uni<Optional<MediaItem>> uploaded(MediaItem claimed) {
    if (claimed.bytesId == null || claimed.bytes == null || claimed.bytes == 0) {
      return store.failed(claimed, "The file is empty");
    }
    return orLater(
        claimed,
        spool.with(
            path ->
                spool
                    .write(
                        path,
                        file ->
                            bytes
                                .read(claimed.bytesId, 0, claimed.bytes)
                                .onItem()
                                .transformToUniAndConcatenate(
                                    part -> MediaSpool.uni(file.write(part)))
                                .collect()
                                .last())
                    .chain(
                        () ->
                            settle(
                                claimed,
                                path,
                                new Fetched(claimed.bytes, Optional.empty(), Optional.empty())))));
  }

  private Uni<Optional<MediaItem>> fetch(MediaItem claimed) {
    AddressPolicy policy;
    Optional<MediaAddress> address;
    try {
      if (claimed.source == MediaSource.API) {
        policy = new AllowedHosts(config.hosts().orElse(List.of()));
        address = MediaAddress.https(claimed.url);
      } else {
        TwilioMedia ofTwilio =
            claimed.source == MediaSource.TWILIO_MESSAGE
                ? TwilioMedia.ofMessage(
                    claimed.accountSid != null
                        ? claimed.accountSid
                        : twilio.accountSid().orElse(null),
                    claimed.sid,
                    twilio.apiUrl())
                : TwilioMedia.ofConversation(claimed.sid, twilio.apiUrl());
        policy = ofTwilio;
        address = ofTwilio.read(claimed.url);
      }
    } catch (IllegalArgumentException malformed) {
      return store.failed(claimed, "The address of the file is not allowed");
    }
    if (address.isEmpty()) {
      return store.failed(claimed, "The address of the file is not allowed");
    }
    Optional<String> authorization =
        claimed.source == MediaSource.API ? Optional.empty() : twilio.authorization();
    boolean isFresh =
        clock.millis() - claimed.receivedAt.getTime() < config.notFoundGrace().toMillis();
    return orLater(
        claimed,
        spool.with(
            path ->
                spool
                    .write(
                        path,
                        file -> fetcher.fetch(address.get(), policy, authorization, isFresh, file))
                    .chain(outcome -> settle(claimed, path, outcome))));
  }

  private Uni<Optional<MediaItem>> orLater(MediaItem claimed, Uni<Optional<MediaItem>> attempt) {
    return attempt
        .onFailure()
        .recoverWithUni(
            failure ->
                store.retry(
                    claimed,
                    "The file cannot be stored (" + failure.getClass().getSimpleName() + ")",
                    Optional.empty()));
  }

  private Uni<Optional<MediaItem>> settle(MediaItem item, Path path, FetchOutcome outcome) {
    if (outcome instanceof TryLater later) {
      return store.retry(item, later.cause(), later.after());
    }
    if (outcome instanceof Denied denied) {
      return store.retry(item, denied.cause(), Optional.empty());
    }
    if (outcome instanceof Gone gone) {
      return store.failed(item, gone.cause());
    }
    if (outcome instanceof Refused refused) {
      return store.failed(item, refused.cause());
    }
    Fetched fetched = (Fetched) outcome;
    if (fetched.bytes() == 0) {
      return store.failed(item, "The file is empty");
    }
    // The webhook says what the sender declared; a CDN often says octet-stream.
    Optional<String> declared = DeclaredType.of(item.declaredType).or(fetched::declaredType);
    return MediaSpool.uni(
            vertx.executeBlocking(
                () -> {
                  // A write that failed after the last part was handed over is seen here alone.
                  if (Files.size(path) != fetched.bytes()) {
                    throw new IOException("The spool file is incomplete");
                  }
                  return Inspection.of(path, declared, config.keepLocation());
                },
                false))
        .chain(inspection -> scan(item, path, fetched, inspection));
  }

  private Uni<Optional<MediaItem>> scan(
      MediaItem item, Path path, Fetched fetched, Inspection inspection) {
    return scan.scan(path, inspection.bytes())
        .chain(
            verdict ->
                switch (verdict) {
                  case CLEAN -> keep(item, path, fetched, inspection);
                  case REFUSED -> store.failed(item, "The virus scanner refuses the file");
                  case UNKNOWN ->
                      store.retry(item, "The virus scanner does not answer", Optional.empty());
                });
  }

  private Uni<Optional<MediaItem>> keep(
      MediaItem item, Path path, Fetched fetched, Inspection inspection) {
    String bytesId = item.id + ":" + item.claim;
    String name =
        FileNames.withExtension(
            FileNames.safe(item.fileName)
                .or(fetched::fileName)
                .orElse("file-" + (item.position == null ? 1 : item.position + 1)),
            inspection.type());
    return bytes
        .store(bytesId, spool.read(path))
        .chain(() -> words(path, inspection))
        .chain(words -> store.fetched(item, inspection, name, bytesId, words))
        .invoke(() -> FaultPoint.reached("media-fetched"))
        .call(taken -> deleteOther(item, bytesId, taken.isPresent()));
  }

  /** Deletes the bytes of an attempt that another worker has overtaken, or the raw bytes. */
  private Uni<Void> deleteOther(MediaItem item, String bytesId, boolean isTaken) {
    if (!isTaken) {
      return bytes.delete(bytesId);
    }
    return item.bytesId == null ? Uni.createFrom().voidItem() : bytes.delete(item.bytesId);
  }

  /** Returns the names and numbers of a contact card, one line for each contact. */
  private Uni<List<String>> words(Path path, Inspection inspection) {
    if (inspection.type() != ContentType.VCARD) {
      return Uni.createFrom().item(List.of());
    }
    return MediaSpool.uni(
        vertx.executeBlocking(
            () -> {
              try (InputStream card = Files.newInputStream(path)) {
                return VCard.lines(card.readNBytes(VCard.MAX_BYTES));
              }
            },
            false));
  }
}
