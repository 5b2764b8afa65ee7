package chat.switchboard.media;

import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import mutiny.zero.flow.adapters.AdaptersToFlow;
import org.bson.Document;
import org.bson.types.Binary;
import org.bson.types.ObjectId;
import org.reactivestreams.Publisher;

/**
 * The bytes of files in GridFS, in LibreChat's MongoDB. The class reads and writes the chunks: the
 * driver's reactive GridFS reads no ranges, inserts up to 256 chunks of a file at once, and deletes
 * the chunks of a broken upload while inserts are still under way.
 *
 * @see <a
 *     href="https://github.com/mongodb/specifications/blob/master/source/gridfs/gridfs-spec.md">
 *     GridFS Specification</a>
 */
@Store
@ApplicationScoped
class MediaBytes {

  static final String CHUNKS = MediaItem.COLLECTION + ".chunks";

  /** 255 KiB, GridFS' own default: a chunk with its record fits into 256 KiB. */
  static final int CHUNK = 255 * 1024;

  /** Four chunks, 1 MiB, come at once from the database for each reader. */
  private static final int CHUNKS_AT_ONCE = 4;

  private final MongoCollection<Document> chunks;
  private final MongoCollection<Document> files;

  @Inject
  MediaBytes(ReactiveMongoClient client, DatabaseName database) {
    this(client.unwrap().getDatabase(database.resolve()));
  }

  MediaBytes(MongoDatabase database) {
    this.chunks = database.getCollection(CHUNKS);
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
   * Stores bytes, one chunk after the other. After a failure the method deletes the chunks; {@link
   * OrphanedBytes} deletes those of a process that ended.
   *
   * @param id new for each attempt, so that two workers never write into one file
   */
  Uni<Void> store(String id, Multi<ByteBuffer> parts) {
    return Uni.createFrom()
        .deferred(
            () -> {
              ChunkBuffer buffer = new ChunkBuffer();
              AtomicInteger number = new AtomicInteger();
              AtomicLong length = new AtomicLong();
              return Multi.createBy()
                  .concatenating()
                  .streams(
                      parts.onItem().transformToIterable(buffer::add),
                      Multi.createFrom().deferred(() -> Multi.createFrom().iterable(buffer.rest())))
                  .onItem()
                  .transformToUniAndConcatenate(
                      chunk -> {
                        length.addAndGet(chunk.length);
                        return insert(id, number.getAndIncrement(), chunk);
                      })
                  .collect()
                  .last()
                  .chain(stored -> insertFile(id, length.get()));
            })
        .onFailure()
        .call(failure -> delete(id).onFailure().recoverWithNull());
  }

  private Uni<Object> insert(String id, int number, byte[] chunk) {
    return Uni.createFrom()
        .publisher(
            AdaptersToFlow.publisher(
                chunks.insertOne(
                    new Document("files_id", id)
                        .append("n", number)
                        .append("data", new Binary(chunk)))))
        .map(inserted -> inserted);
  }

  private Uni<Void> insertFile(String id, long length) {
    return Uni.createFrom()
        .publisher(
            AdaptersToFlow.publisher(
                files.insertOne(
                    new Document("_id", id)
                        .append("filename", id)
                        .append("length", length)
                        .append("chunkSize", CHUNK)
                        .append("uploadDate", new Date()))))
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

  /**
   * Deletes the bytes; nothing happens where there are none. The record of the file goes last: with
   * it the next sweep finds the chunks that are left.
   */
  Uni<Void> delete(String id) {
    return Uni.createFrom()
        .publisher(AdaptersToFlow.publisher(chunks.deleteMany(Filters.eq("files_id", id))))
        .chain(
            deleted ->
                Uni.createFrom()
                    .publisher(AdaptersToFlow.publisher(files.deleteOne(Filters.eq("_id", id)))))
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

  /**
   * Ids of files whose first chunk was stored before then, in the order of their ids: a broken
   * upload has chunks and no record of a file.
   *
   * @param after the id behind which the list begins
   */
  Uni<List<String>> begunBefore(Date before, String after, int most) {
    return Multi.createFrom()
        .publisher(
            AdaptersToFlow.publisher(
                chunks
                    .find(
                        Filters.and(
                            Filters.gt("files_id", after),
                            Filters.eq("n", 0),
                            Filters.lt("_id", new ObjectId(before))))
                    .projection(Projections.include("files_id"))
                    .sort(Sorts.ascending("files_id", "n"))
                    .limit(most)))
        .map(chunk -> chunk.getString("files_id"))
        .collect()
        .asList();
  }
}
