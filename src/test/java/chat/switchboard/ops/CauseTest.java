package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteException;
import com.mongodb.ServerAddress;
import com.mongodb.WriteError;
import java.util.Set;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class CauseTest {

  @Test
  void the_documents_that_database_errors_quote_are_left_out() {
    MongoWriteException refused =
        new MongoWriteException(
            new WriteError(11000, "dup key: { phoneNumber: \"+15551234567\" }", new BsonDocument()),
            new ServerAddress(),
            Set.of());
    assertThat(Cause.of(refused)).isEqualTo("MongoWriteException with code 11000");
  }

  @Test
  void the_cause_of_an_unreachable_server_is_named() {
    assertThat(Cause.of(new MongoTimeoutException("no server"))).contains("no server");
  }
}
