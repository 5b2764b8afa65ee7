package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.librechat.LibreChatFiles.Uploaded;
import chat.switchboard.mongo.DatabaseName;
import com.mongodb.client.model.Projections;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.ObjectId;

/** Finds files in LibreChat's {@code files}; LibreChat alone writes there. */
@Singleton
public class FileRecords {

  private static final String COLLECTION = "files";

  /** More than a message has. */
  private static final int MOST = 100;

  private final ReactiveMongoClient client;
  private final DatabaseName database;

  FileRecords(ReactiveMongoClient client, DatabaseName database) {
    this.client = client;
    this.database = database;
  }

  /**
   * Returns the files of this user with one of these ids or one of these paths; files of other
   * users are never returned.
   */
  public Uni<List<FileRecord>> find(
      String user, Collection<String> fileIds, Collection<String> paths) {
    return Uni.combine()
        .all()
        .unis(find(user, "file_id", fileIds), find(user, "filepath", paths))
        .with((byId, byPath) -> Stream.concat(byId.stream(), byPath.stream()).distinct().toList());
  }

  /**
   * Returns the file that LibreChat stored for an upload with this id, one of several; empty if
   * LibreChat stored none.
   *
   * @see LibreChatFiles.Upload#uploadId()
   */
  public Uni<Optional<Uploaded.Stored>> uploaded(String user, String uploadId) {
    return client
        .getDatabase(database.resolve())
        .getCollection(COLLECTION, BsonDocument.class)
        .find(
            and(in("user", spellings(user)), eq("temp_file_id", uploadId)),
            new FindOptions()
                .projection(
                    Projections.include("file_id", "filepath", "type", "width", "height", "source"))
                .limit(1))
        .collect()
        .first()
        .map(found -> Optional.ofNullable(found).flatMap(FileRecords::stored));
  }

  private static Optional<Uploaded.Stored> stored(BsonDocument file) {
    return UploadAnswer.stored(
        text(file, "file_id"),
        text(file, "filepath"),
        text(file, "type"),
        number(file, "width"),
        number(file, "height"),
        text(file, "source"));
  }

  private static OptionalInt number(BsonDocument file, String field) {
    BsonValue value = file.get(field);
    return value != null && value.isNumber()
        ? OptionalInt.of(value.asNumber().intValue())
        : OptionalInt.empty();
  }

  /** One query for each field: an index of LibreChat leads to the ids, and none to the paths. */
  private Uni<List<FileRecord>> find(String user, String field, Collection<String> values) {
    if (values.isEmpty()) {
      return Uni.createFrom().item(List.of());
    }
    return client
        .getDatabase(database.resolve())
        .getCollection(COLLECTION, BsonDocument.class)
        .find(
            and(in("user", spellings(user)), in(field, values)),
            new FindOptions()
                .projection(Projections.include("file_id", "filepath", "filename", "type", "bytes"))
                .limit(MOST))
        .filter(file -> !text(file, "file_id").isEmpty())
        .map(FileRecords::read)
        .collect()
        .asList();
  }

  /** LibreChat stores the user's id as an ObjectId; other collections have the string. */
  private static List<BsonValue> spellings(String user) {
    List<BsonValue> spellings = new ArrayList<>(List.of(new BsonString(user)));
    if (ObjectId.isValid(user)) {
      spellings.add(new BsonObjectId(new ObjectId(user)));
    }
    return spellings;
  }

  private static FileRecord read(BsonDocument file) {
    BsonValue bytes = file.get("bytes");
    return new FileRecord(
        text(file, "file_id"),
        text(file, "filepath"),
        text(file, "filename"),
        text(file, "type"),
        bytes != null && bytes.isNumber() ? bytes.asNumber().longValue() : 0);
  }

  private static String text(BsonDocument file, String field) {
    BsonValue value = file.get(field);
    return value != null && value.isString() ? value.asString().getValue() : "";
  }
}
