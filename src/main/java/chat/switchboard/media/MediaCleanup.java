package chat.switchboard.media;

import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.FileRecords;
import chat.switchboard.librechat.LibreChatFiles;
import chat.switchboard.mongo.ExclusiveRunner;
import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.mongo.WhileIdle;
import chat.switchboard.ops.Periodic;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/**
 * Deletes the files of forgotten people and of conversations that LibreChat no longer has, from
 * Switchboard's database and from LibreChat, which keeps the files of a deleted conversation. Also
 * deletes bytes without an item. Only one replica at a time runs this job.
 */
@ApplicationScoped
class MediaCleanup {

  private static final Logger LOG = Logger.getLogger(MediaCleanup.class);
  private static final Periodic PERIODIC = new Periodic(LOG, "Deleting files", Logger.Level.WARN);

  private static final int BATCH = 200;

  /** LibreChat's name for its own storage, which is also its default. */
  private static final String LOCAL = "local";

  private final MediaStore store;
  private final MediaBytes bytes;
  private final OrphanedBytes orphans;
  private final Conversations conversations;
  private final LibreChatFiles libreChat;
  private final FileRecords records;
  private final ExclusiveRunner alone;
  private final MeterRegistry meters;

  MediaCleanup(
      MediaStore store,
      MediaBytes bytes,
      OrphanedBytes orphans,
      Conversations conversations,
      LibreChatFiles libreChat,
      FileRecords records,
      ExclusiveRunner alone,
      MeterRegistry meters) {
    this.store = store;
    this.bytes = bytes;
    this.orphans = orphans;
    this.conversations = conversations;
    this.libreChat = libreChat;
    this.records = records;
    this.alone = alone;
    this.meters = meters;
  }

  @Scheduled(
      every = "5s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = WhileIdle.class)
  Uni<Void> deleteForgotten() {
    return PERIODIC.run(
        store
            .forgotten(1)
            .flatMap(
                some ->
                    some.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : alone
                            .run(LeaseKey.job("media-forgotten"), this::forgotten)
                            .replaceWithVoid()));
  }

  @Scheduled(
      every = "10m",
      delayed = "1m",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> run() {
    return PERIODIC.run(alone.run(LeaseKey.job("media-cleanup"), this::clean));
  }

  /** Looks for files of conversations that LibreChat no longer has, and for bytes of no file. */
  Uni<Void> clean() {
    return conversations("")
        .chain(orphans::sweep)
        .invoke(deleted -> count("orphan", deleted))
        .replaceWithVoid();
  }

  private Uni<Void> conversations(String after) {
    return store
        .conversations(after, BATCH)
        .flatMap(
            found ->
                found.isEmpty()
                    ? Uni.createFrom().voidItem()
                    : conversations
                        .gone(found.stream().distinct().toList())
                        .chain(store::forgetConversations)
                        .chain(() -> conversations(found.get(found.size() - 1))));
  }

  private Uni<Void> forgotten() {
    return store
        .forgotten(BATCH)
        .onItem()
        .transformToMulti(items -> Multi.createFrom().iterable(items))
        .onItem()
        .transformToUniAndConcatenate(this::delete)
        .collect()
        .asList()
        .replaceWithVoid();
  }

  /** The item is deleted last: after a failure the next run needs the item. */
  private Uni<Void> delete(MediaItem item) {
    Uni<Void> here =
        item.bytesId == null ? Uni.createFrom().voidItem() : bytes.delete(item.bytesId);
    return here.chain(() -> isGoneFromLibreChat(item))
        .chain(
            isGone ->
                isGone
                    ? store.delete(item.id).invoke(() -> count("forgotten", 1))
                    : Uni.createFrom().voidItem());
  }

  private Uni<Boolean> isGoneFromLibreChat(MediaItem item) {
    if (!libreChat.isThere() || item.user == null) {
      return Uni.createFrom().item(true);
    }
    if (item.libreChatFileId != null) {
      return libreChat.delete(
          item.user,
          item.libreChatFileId,
          item.libreChatPath,
          item.libreChatSource == null ? LOCAL : item.libreChatSource);
    }
    // An upload may have ended without a note in the item.
    return records
        .uploaded(item.user, MediaPlacement.uploadId(item.id))
        .flatMap(
            found ->
                found
                    .map(
                        file ->
                            libreChat.delete(
                                item.user,
                                file.fileId(),
                                file.path(),
                                file.source().isEmpty() ? LOCAL : file.source()))
                    .orElseGet(() -> Uni.createFrom().item(true)));
  }

  private void count(String why, long deleted) {
    meters.counter("switchboard.media.deleted", "why", why).increment((double) deleted);
    if (deleted > 0) {
      LOG.infof("Deleted %d files (%s).", deleted, why);
    }
  }
}
