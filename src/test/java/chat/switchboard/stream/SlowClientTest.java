package chat.switchboard.stream;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(SlowClientTest.SmallBuffer.class)
class SlowClientTest {

  private static final int MANY = 400;
  private static final int AT_ONCE = 40;

  public static class SmallBuffer implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      // The kernel would let go of such a client too, some seconds later.
      return Map.of(
          "switchboard.stream.buffer", "64", "switchboard.stream.tcp-user-timeout", "10m");
    }
  }

  private final LibreChat libreChat = new LibreChat();

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_client_that_reads_nothing_is_let_go_and_delays_nobody() throws Exception {
    String user = libreChat.user();
    String conversation = libreChat.conversation(user);
    double before = slow();
    try (Socket silent = listen(LibreChat.token(user));
        Browser reader = Browser.open(LibreChat.token(user)).connected()) {
      await().until(() -> metric("switchboard_streams_active") == 2);
      List<String> all = new ArrayList<>();
      // In all more than any socket buffers, 12 MB; at a time less than the stream does.
      for (int i = 0; i < MANY; i += AT_ONCE) {
        List<Document> burst = burst(conversation, user);
        libreChat.collection("messages").insertMany(burst);
        burst.forEach(message -> all.add(message.getString("messageId")));
        int heard = i + AT_ONCE;
        await().until(() -> reader.events().size() == heard);
      }
      await().until(() -> slow() == before + 1);
      await().until(() -> metric("switchboard_streams_active") == 1);
      assertThat(reader.messages()).containsExactlyElementsOf(all);
      assertThat(reader.ended()).isFalse();
      assertThat(silent.isClosed()).as("closed by this side").isFalse();
    }
  }

  private static List<Document> burst(String conversation, String user) {
    List<Document> messages = new ArrayList<>();
    long now = System.currentTimeMillis();
    for (int i = 0; i < AT_ONCE; i++) {
      Date at = new Date(now + i);
      messages.add(
          new Document("messageId", UUID.randomUUID().toString())
              .append("conversationId", conversation)
              .append("user", user)
              .append("parentMessageId", LibreChat.NO_PARENT)
              .append("text", "x".repeat(30_000))
              .append("isCreatedByUser", false)
              .append("metadata", new Document("role", "external"))
              .append("createdAt", at)
              .append("updatedAt", at));
    }
    return messages;
  }

  private static Socket listen(String token) throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress("127.0.0.1", RestAssured.port));
    socket
        .getOutputStream()
        .write(
            ("GET /api/messages/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                    + token
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static double slow() {
    return metric("switchboard_streams_closed_total{reason=\"slow\"}");
  }

  private static double metric(String name) {
    return given()
        .get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
