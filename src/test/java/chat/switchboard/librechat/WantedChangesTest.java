package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonDocumentReader;
import org.bson.RawBsonDocument;
import org.bson.codecs.DecoderContext;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which events of the change stream of {@code messages} the server sends, and what of each. */
@Tag("unit")
class WantedChangesTest {

  private MongoServer server;
  private MongoClient client;
  private MongoCollection<BsonDocument> events;

  @BeforeEach
  void open() {
    server = new MongoServer(new MemoryBackend());
    client = MongoClients.create(server.bindAndGetConnectionString());
    events = client.getDatabase("test").getCollection("events", BsonDocument.class);
  }

  @AfterEach
  void close() {
    client.close();
    server.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{operationType: 'insert', fullDocument: {unfinished: true}}",
        "{operationType: 'insert', fullDocument: {}}",
        "{operationType: 'replace', fullDocument: {unfinished: false}}",
        // The save of a complete answer, whose other fields change too.
        "{operationType: 'update', updateDescription: {updatedFields: {unfinished: false,"
            + " text: 'a', updatedAt: 1}, removedFields: []}}",
        "{operationType: 'update', updateDescription: {updatedFields: {unfinished: null},"
            + " removedFields: []}}",
        "{operationType: 'update', updateDescription: {updatedFields: {},"
            + " removedFields: ['unfinished']}}",
        // A server that does not say what an update changes.
        "{operationType: 'update'}"
      })
  void a_new_message_and_an_answer_that_may_be_complete_are_wanted(String event) {
    assertThat(sent(event)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A rating, an edit, a later part of an answer, the search index, a restored role.
        "{operationType: 'update', updateDescription: {updatedFields: {feedback: {rating: 'up'}},"
            + " removedFields: []}}",
        "{operationType: 'update', updateDescription: {updatedFields: {text: 'a', updatedAt: 1},"
            + " removedFields: ['content']}}",
        "{operationType: 'update', updateDescription: {updatedFields: {unfinished: true,"
            + " text: 'a'}, removedFields: []}}",
        "{operationType: 'update', updateDescription: {updatedFields: {_meiliIndex: true},"
            + " removedFields: []}}",
        "{operationType: 'delete', documentKey: {_id: 1}}",
        "{operationType: 'drop'}"
      })
  void every_other_event_stays_at_the_server(String event) {
    assertThat(sent(event)).isEmpty();
  }

  @Test
  void of_a_message_the_server_sends_only_what_decides_about_its_announcement() {
    String text = "x".repeat(2_000);
    List<BsonDocument> sent =
        sent(
            "{operationType: 'insert', clusterTime: 5, ns: {db: 'a', coll: 'messages'},"
                + " documentKey: {_id: 7}, fullDocument: {_id: 7, messageId: 'm', user: 'u',"
                + " text: '"
                + text
                + "', metadata: {role: 'external', hook: 'h'}, createdAt: 1}}");
    assertThat(sent)
        .singleElement()
        .isEqualTo(
            BsonDocument.parse(
                "{_id: 1, operationType: 'insert', documentKey: {_id: 7}, fullDocument: {_id: 7,"
                    + " messageId: 'm', user: 'u', metadata: {role: 'external'}, createdAt: 1}}"));
  }

  @Test
  void of_an_update_the_server_sends_no_content() {
    assertThat(
            sent(
                "{operationType: 'update', documentKey: {_id: 7}, updateDescription:"
                    + " {updatedFields: {unfinished: false, text: 'a'}, removedFields: []}}"))
        .singleElement()
        .isEqualTo(
            BsonDocument.parse(
                "{_id: 1, operationType: 'update', documentKey: {_id: 7}, updateDescription:"
                    + " {updatedFields: {unfinished: false}, removedFields: []}}"));
  }

  @Test
  void a_sent_event_is_read_as_a_message_or_as_the_id_of_an_answer() {
    ObjectId id = new ObjectId();
    MessageQueries.Change added =
        read(
            "{_id: {_data: '1'}, operationType: 'insert', documentKey: {_id: ID}, fullDocument:"
                + " {_id: ID, messageId: 'm', user: 'u', unfinished: true}}",
            id);
    assertThat(added.sighting().id()).isEqualTo(id);
    assertThat(added.sighting().unfinished()).isTrue();
    assertThat(added.updated()).isNull();
    assertThat(added.position()).isEqualTo(BsonDocument.parse("{_data: '1'}"));

    MessageQueries.Change completed =
        read(
            "{_id: {_data: '2'}, operationType: 'update', documentKey: {_id: ID},"
                + " updateDescription: {updatedFields: {unfinished: false}, removedFields: []}}",
            id);
    assertThat(completed.sighting()).isNull();
    assertThat(completed.updated()).isEqualTo(id);
    assertThat(completed.completes()).isTrue();

    MessageQueries.Change unknown =
        read("{_id: {_data: '3'}, operationType: 'update', documentKey: {_id: ID}}", id);
    assertThat(unknown.updated()).isEqualTo(id);
    assertThat(unknown.completes()).isFalse();

    MessageQueries.Change noMessage =
        read("{_id: {_data: '4'}, operationType: 'insert', fullDocument: {_id: 5, user: 6}}", id);
    assertThat(noMessage.sighting()).isNull();
    assertThat(noMessage.updated()).isNull();
    assertThat(noMessage.position()).isEqualTo(BsonDocument.parse("{_data: '4'}"));
  }

  private static MessageQueries.Change read(String event, ObjectId id) {
    String json = event.replace("ID", "{$oid: '" + id.toHexString() + "'}");
    return MessageQueries.change(
        ChangeStreamDocument.createCodec(
                RawBsonDocument.class, MongoClientSettings.getDefaultCodecRegistry())
            .decode(
                new BsonDocumentReader(BsonDocument.parse(json)),
                DecoderContext.builder().build()));
  }

  /** The server applies the stages to the documents of events as to any others. */
  private List<BsonDocument> sent(String event) {
    BsonDocument document = BsonDocument.parse("{_id: 1}");
    document.putAll(BsonDocument.parse(event));
    events.insertOne(document);
    return events.aggregate(MessageQueries.wantedChanges()).into(new ArrayList<>());
  }
}
