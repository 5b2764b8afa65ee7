package chat.switchboard.media;

import chat.switchboard.librechat.LibreChatFiles;
import chat.switchboard.librechat.LibreChatFiles.Downloaded;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.outbound.OutgoingFile;
import chat.switchboard.outbound.OutgoingFiles.Fetched;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.file.AsyncFile;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Fetches a file that goes out into GridFS: through the spool, inspected, and without its location.
 * The id follows from the message and the file, so that the file of one message is fetched once; a
 * crash leaves bytes without an item, which {@link OrphanedBytes} deletes.
 */
@ApplicationScoped
class OutgoingDownload {

  private final Vertx vertx;
  private final MediaFetcher fetcher;
  private final MediaSpool spool;
  private final MediaStore store;
  private final MediaBytes bytes;
  private final MediaScan scan;
  private final LibreChatFiles libreChat;
  private final MediaConfig config;

  /** The fetches of this process, at most as many as {@code FilePreparation} has workers. */
  private final Map<String, Uni<Fetched>> running = new ConcurrentHashMap<>();

  OutgoingDownload(
      Vertx vertx,
      MediaFetcher fetcher,
      MediaSpool spool,
      MediaStore store,
      MediaBytes bytes,
      MediaScan scan,
      LibreChatFiles libreChat,
      MediaConfig config) {
    this.vertx = vertx;
    this.fetcher = fetcher;
    this.spool = spool;
    this.store = store;
    this.bytes = bytes;
    this.scan = scan;
    this.libreChat = libreChat;
    this.config = config;
  }

  /** Fetches the file, unless the file is in GridFS. Never fails. */
  Uni<Fetched> fetch(OutgoingFile file) {
    return (file.kind() == OutgoingFile.Kind.OURS ? ours(file) : copied(file))
        .onFailure()
        .recoverWithItem(failure -> later("The file cannot be stored (" + Cause.of(failure) + ")"));
  }

  private Uni<Fetched> ours(OutgoingFile file) {
    return store
        .find(file.reference())
        .flatMap(
            found -> {
              Optional<MediaItem> item = found.filter(one -> file.owner().equals(one.user));
              if (item.isPresent() && item.get().bytesId != null) {
                return Uni.createFrom().item(ready(item.get()));
              }
              Optional<String> there = item.map(one -> one.libreChatFileId);
              return there.isPresent()
                  ? copied(
                      new OutgoingFile(
                          OutgoingFile.Kind.LIBRECHAT,
                          there.get(),
                          file.owner(),
                          file.scope(),
                          file.name(),
                          file.type(),
                          file.isRequired(),
                          file.shownAt()))
                  : Uni.createFrom().item(new Fetched.Failed("The file was deleted"));
            });
  }

  private Uni<Fetched> copied(OutgoingFile file) {
    String id = id(file);
    return store
        .find(id)
        .flatMap(
            found ->
                found.isPresent() && found.get().bytesId != null
                    ? Uni.createFrom().item(ready(found.get()))
                    : running.computeIfAbsent(id, same -> once(file, id)));
  }

  /** The texts of a group wait for one fetch. */
  private Uni<Fetched> once(OutgoingFile file, String id) {
    return spool
        .with(path -> copy(file, id, path))
        .onTermination()
        .invoke(() -> running.remove(id))
        .memoize()
        .indefinitely();
  }

  private static String id(OutgoingFile file) {
    return "out:"
        + UUID.nameUUIDFromBytes(
            String.join("\u0000", file.owner(), file.scope(), file.kind().name(), file.reference())
                .getBytes(StandardCharsets.UTF_8));
  }

  private static Fetched ready(MediaItem item) {
    return new Fetched.Ready(
        item.id, item.fileName, ContentType.valueOf(item.type).mediaType(), item.bytes);
  }

  private static Fetched later(String cause) {
    return new Fetched.TryLater(cause, Optional.empty());
  }

  /** The bytes are in the spool; the declared type and the name are those of the server. */
  private record Spooled(long bytes, Optional<String> type, Optional<String> name) {}

  private sealed interface Got {
    record Whole(Spooled spooled) implements Got {}

    record Not(Fetched why) implements Got {}
  }

  private Uni<Fetched> copy(OutgoingFile file, String id, Path path) {
    return spool
        .write(
            path,
            sink ->
                file.kind() == OutgoingFile.Kind.ADDRESS
                    ? fromAddress(file, sink)
                    : fromLibreChat(file, sink))
        .flatMap(
            got ->
                got instanceof Got.Whole whole
                    ? keep(file, id, path, whole.spooled())
                    : Uni.createFrom().item(((Got.Not) got).why()));
  }

  private Uni<Got> fromLibreChat(OutgoingFile file, AsyncFile sink) {
    long largest = (long) config.maxMegabytes() << 20;
    return libreChat
        .download(file.owner(), file.reference(), sink, largest)
        .map(
            result -> {
              if (result instanceof Downloaded.Received received) {
                return new Got.Whole(
                    new Spooled(
                        received.bytes(),
                        received.type().flatMap(DeclaredType::of),
                        received.disposition().flatMap(FileNames::ofDisposition)));
              }
              if (result instanceof Downloaded.TryLater tryLater) {
                return new Got.Not(later(tryLater.cause()));
              }
              return new Got.Not(
                  new Fetched.Failed(
                      result instanceof Downloaded.Missing missing
                          ? missing.cause()
                          : "The file is larger than " + config.maxMegabytes() + " MiB"));
            });
  }

  private Uni<Got> fromAddress(OutgoingFile file, AsyncFile sink) {
    Optional<MediaAddress> address = MediaAddress.https(file.reference());
    if (address.isEmpty()) {
      return Uni.createFrom()
          .item(new Got.Not(new Fetched.Failed("The address of the file is not allowed")));
    }
    return fetcher
        .fetch(
            address.get(),
            new AllowedHosts(config.hosts().orElse(List.of())),
            Optional.empty(),
            false,
            sink)
        .map(OutgoingDownload::got);
  }

  private static Got got(FetchOutcome outcome) {
    if (outcome instanceof FetchOutcome.Fetched fetched) {
      return new Got.Whole(
          new Spooled(fetched.bytes(), fetched.declaredType(), fetched.fileName()));
    }
    if (outcome instanceof FetchOutcome.TryLater tryLater) {
      return new Got.Not(new Fetched.TryLater(tryLater.cause(), tryLater.after()));
    }
    if (outcome instanceof FetchOutcome.Denied denied) {
      return new Got.Not(new Fetched.Failed(denied.cause()));
    }
    return new Got.Not(
        new Fetched.Failed(
            outcome instanceof FetchOutcome.Gone gone
                ? gone.cause()
                : ((FetchOutcome.Refused) outcome).cause()));
  }

  private Uni<Fetched> keep(OutgoingFile file, String id, Path path, Spooled spooled) {
    if (spooled.bytes() == 0) {
      return Uni.createFrom().item(new Fetched.Failed("The file is empty"));
    }
    // LibreChat serves each file as application/octet-stream.
    Optional<String> declared =
        spooled
            .type()
            .filter(type -> !ContentType.OTHER.isDeclaredAs(type))
            .or(() -> file.type().flatMap(DeclaredType::of));
    return MediaSpool.uni(vertx.executeBlocking(() -> inspect(path, spooled, declared), false))
        .flatMap(
            inspection ->
                scan.scan(path, inspection.bytes())
                    .flatMap(
                        verdict ->
                            switch (verdict) {
                              case CLEAN -> keep(file, id, path, spooled, inspection);
                              case REFUSED ->
                                  Uni.createFrom()
                                      .<Fetched>item(
                                          new Fetched.Failed("The virus scanner refuses the file"));
                              case UNKNOWN ->
                                  Uni.createFrom().item(later("The virus scanner does not answer"));
                            }));
  }

  private Inspection inspect(Path path, Spooled spooled, Optional<String> declared)
      throws IOException {
    // A write that failed after the last part was handed over is seen here alone.
    if (Files.size(path) != spooled.bytes()) {
      throw new IOException("The spool file is incomplete");
    }
    return Inspection.of(path, declared, config.keepLocation());
  }

  private Uni<Fetched> keep(
      OutgoingFile file, String id, Path path, Spooled spooled, Inspection inspection) {
    MediaItem item = new MediaItem();
    item.id = id;
    item.outgoing = true;
    item.source =
        file.kind() == OutgoingFile.Kind.ADDRESS ? MediaSource.API : MediaSource.LIBRECHAT;
    item.user = file.owner();
    item.fileName =
        FileNames.withExtension(
            file.name()
                .flatMap(FileNames::safe)
                .or(spooled::name)
                .or(() -> nameInAddress(file))
                .orElse("file"),
            inspection.type());
    item.type = inspection.type().name();
    item.bytes = inspection.bytes();
    item.width = inspection.width();
    item.height = inspection.height();
    item.sha256 = inspection.sha256();
    item.shown = inspection.isShown();
    item.doubt = inspection.doubt().orElse(null);
    item.location = inspection.location().name();
    item.bytesId = id + ":" + UUID.randomUUID();
    return bytes
        .store(item.bytesId, spool.read(path))
        .invoke(() -> FaultPoint.reached("copied"))
        .chain(() -> store.addOutgoing(item))
        .flatMap(
            isNew ->
                isNew
                    ? Uni.createFrom().item(ready(item))
                    // Another worker was first.
                    : bytes
                        .delete(item.bytesId)
                        .chain(() -> store.find(id))
                        .map(
                            first ->
                                first
                                    .filter(one -> one.bytesId != null)
                                    .map(OutgoingDownload::ready)
                                    .orElseGet(() -> later("The file was deleted meanwhile"))));
  }

  private static Optional<String> nameInAddress(OutgoingFile file) {
    return file.kind() == OutgoingFile.Kind.ADDRESS
        ? MediaAddress.https(file.reference()).map(MediaAddress::pathAlone).flatMap(FileNames::safe)
        : Optional.empty();
  }
}
