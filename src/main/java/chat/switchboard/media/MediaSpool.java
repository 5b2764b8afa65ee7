package chat.switchboard.media;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.vertx.MultiHelper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Files on disk while they are fetched and inspected: readable by this user alone, and deleted at
 * the end of the work, however the work ends.
 */
final class MediaSpool {

  private static final Logger LOG = Logger.getLogger(MediaSpool.class);

  private static final String PREFIX = "switchboard-";
  private static final String SUFFIX = ".part";

  /** The names of spool files. */
  static final String PATTERN = PREFIX + "*" + SUFFIX;

  private static final int PART = 64 * 1024;

  private final Vertx vertx;
  private final Optional<String> directory;

  MediaSpool(Vertx vertx, Optional<String> directory) {
    this.vertx = vertx;
    this.directory = directory;
  }

  /** Gives the work a new file, and deletes the file after the work. */
  <T> Uni<T> with(Function<Path, Uni<T>> work) {
    return uni(vertx.executeBlocking(this::create, false))
        .chain(path -> work.apply(path).eventually(() -> delete(path)));
  }

  private Path create() throws java.io.IOException {
    // Files.createTempFile gives the file the permissions of its owner alone.
    return directory.isPresent()
        ? Files.createTempFile(Path.of(directory.get()), PREFIX, SUFFIX)
        : Files.createTempFile(PREFIX, SUFFIX);
  }

  private Uni<Void> delete(Path path) {
    return uni(vertx.fileSystem().delete(path.toString()))
        .onFailure()
        .invoke(
            failure ->
                LOG.warnf("A spool file cannot be deleted: %s", failure.getClass().getSimpleName()))
        .onFailure()
        .recoverWithNull();
  }

  /** Lets the work write into the file; the file is closed, and so on disk, before the result. */
  <T> Uni<T> write(Path path, Function<AsyncFile, Uni<T>> work) {
    return uni(vertx
            .fileSystem()
            .open(path.toString(), new OpenOptions().setWrite(true).setTruncateExisting(true)))
        .chain(file -> work.apply(file).eventually(() -> uni(file.close())));
  }

  /** The bytes of the file, part by part as the reader asks for them. */
  Multi<ByteBuffer> read(Path path) {
    return uni(vertx.fileSystem().open(path.toString(), new OpenOptions().setWrite(false)))
        .onItem()
        .transformToMulti(
            file -> {
              file.setReadBufferSize(PART);
              return MultiHelper.<Buffer, ByteBuffer>toMulti(
                      file, part -> ByteBuffer.wrap(part.getBytes()))
                  .onTermination()
                  .call(() -> uni(file.close()).onFailure().recoverWithNull());
            });
  }

  static <T> Uni<T> uni(Future<T> future) {
    return Uni.createFrom().completionStage(future::toCompletionStage);
  }
}
