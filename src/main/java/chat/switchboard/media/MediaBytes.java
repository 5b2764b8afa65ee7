package chat.switchboard.media;

import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.mongo.Store;
import com.mongodb.client.gridfs.model.GridFSUploadOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Sorts;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import com.mongodb.reactivestreams.client.gridfs.GridFSBucket;
import com.mongodb.reactivestreams.client.gridfs.GridFSBuckets;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import mutiny.zero.flow.adapters.AdaptersToFlow;
import mutiny.zero.flow.adapters.AdaptersToReactiveStreams;
import org.bson.BsonString;
import org.bson.Document;
import org.bson.types.Binary;
import org.reactivestreams.Publisher;

/**
 * The bytes of files in GridFS, in LibreChat's MongoDB. Bytes go in by the driver's GridFS, and
 * come out by its chunks: the driver's reactive GridFS has no ranges.
 *
 * @see <a
 *     href="https://github.com/mongodb/specifications/blob/master/source/gridfs/gridfs-spec.md">
 *     GridFS Specification</a>
 */
@Store
@ApplicationScoped
class MediaBytes {

  /** 255 KiB, GridFS' own default: a chunk with its record fits into 256 KiB. */
  static final int CHUNK = 255 * 1024;

  /** Four chunks, 1 MiB, come at once from the database for each reader. */
  private static final int CHUNKS_AT_ONCE = 4;

  private final GridFSBucket bucket;
  private final MongoCollection<Document> chunks;
  private final MongoCollection<Document> files;

  @Inject
  MediaBytes(ReactiveMongoClient client, DatabaseName database) {
    this(client.unwrap().getDatabase(database.resolve()));
  }

  MediaBytes(MongoDatabase database) {
    this.bucket = GridFSBuckets.create(database, MediaItem.COLLECTION).withChunkSizeBytes(CHUNK);
    this.chunks = database.getCollection(MediaItem.COLLECTION + ".chunks");
    this.files = database.getCollection(MediaItem.COLLECTION + ".files");
  }

  /** A chunk is missing or has another length: the file cannot be read. */
  static final class Incomplete extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Incomplete() {
      super("The stored file is incomplete", null, false, false);
    }
  }

  /**
   * Stores bytes; where this fails the driver deletes the chunks that are there.
   *
   * @param id new for each attempt, so that two workers never write into one file
   */
  Uni<Void> store(String id, Multi<ByteBuffer> parts) {
    return Uni.createFrom()
        .publisher(
            AdaptersToFlow.publisher(
                bucket.uploadFromPublisher(
                    new BsonString(id),
                    id,
                    AdaptersToReactiveStreams.publisher(parts),
                    new GridFSUploadOptions())))
        .replaceWithVoid();
  }

  /**
   * Reads a range, chunk by chunk as the reader asks for it.
   *
   * @param from the first byte
   * @param length at least 1; the range is within the file
   */
  Multi<Buffer> read(String id, long from, long length) {
    int first = (int) (from / CHUNK);
    int last = (int) ((from + length - 1) / CHUNK);
    Publisher<Document> found =
        chunks
            .find(
                Filters.and(
                    Filters.eq("files_id", id), Filters.gte("n", first), Filters.lte("n", last)))
            .sort(Sorts.ascending("n"))
            .batchSize(CHUNKS_AT_ONCE);
    Multi<Buffer> pieces =
        Multi.createFrom()
            .publisher(AdaptersToFlow.publisher(found))
            .onItem()
            .scan(
                () -> new Piece(first - 1, null),
                (before, chunk) -> before.next(chunk, from, length))
            .skip()
            .first()
            .map(Piece::bytes);
    // Chunks that are missing at the end look like the end of the file.
    return Multi.createFrom()
        .deferred(
            () -> {
              AtomicLong missing = new AtomicLong(length);
              Multi<Buffer> end =
                  Multi.createFrom()
                      .deferred(
                          () ->
                              missing.get() == 0
                                  ? Multi.createFrom().empty()
                                  : Multi.createFrom().failure(new Incomplete()));
              return Multi.createBy()
                  .concatenating()
                  .streams(pieces.invoke(piece -> missing.addAndGet(-piece.length())), end);
            });
  }

  private record Piece(int number, Buffer bytes) {

    Piece next(Document chunk, long from, long length) {
      int n = chunk.getInteger("n");
      byte[] data = chunk.get("data", Binary.class).getData();
      long start = (long) n * CHUNK;
      int begin = (int) Math.max(0, from - start);
      int end = (int) Math.min(CHUNK, from + length - start);
      if (n != number + 1 || end > data.length) {
        throw new Incomplete();
      }
      return new Piece(n, Buffer.buffer(end - begin).appendBytes(data, begin, end - begin));
    }
  }

  /** Deletes the bytes; nothing happens where there are none. */
  Uni<Void> delete(String id) {
    return Uni.createFrom()
        .publisher(AdaptersToFlow.publisher(files.deleteOne(Filters.eq("_id", id))))
        .chain(
            deleted ->
                Uni.createFrom()
                    .publisher(
                        AdaptersToFlow.publisher(chunks.deleteMany(Filters.eq("files_id", id)))))
        .replaceWithVoid();
  }

  /**
   * Ids of files that were stored before then, in the order of their ids: candidates for files
   * without an item.
   *
   * @param after the id behind which the list begins
   */
  Uni<List<String>> storedBefore(Date before, String after, int most) {
    return Multi.createFrom()
        .publisher(
            AdaptersToFlow.publisher(
                files
                    .find(Filters.and(Filters.gt("_id", after), Filters.lt("uploadDate", before)))
                    .sort(Sorts.ascending("_id"))
                    .limit(most)))
        .map(file -> file.getString("_id"))
        .collect()
        .asList();
  }
}
