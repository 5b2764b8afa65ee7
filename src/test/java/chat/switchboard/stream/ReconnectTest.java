package chat.switchboard.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.CommandCounts;
import chat.switchboard.support.Injection;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many clients that come back together. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ReconnectTest {

  private static final int CLIENTS = 300;

  private final LibreChat libreChat = new LibreChat();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    libreChat.close();
  }

  @Test
  void many_clients_that_come_back_share_their_queries_and_each_gets_what_it_missed()
      throws Exception {
    libreChat
        .collection("switchboard_feed")
        .updateMany(
            new Document("user", "*"),
            new Document(
                "$set", new Document("at", new Date(System.currentTimeMillis() - 7_200_000))));
    List<String> users = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      users.add(libreChat.user());
    }
    String place = (System.currentTimeMillis() - 1_000) + "-000000000000000000000000";
    Map<Integer, String> missed = new HashMap<>();
    for (int i = 0; i < CLIENTS; i += 30) {
      missed.put(i, Injection.into(libreChat.conversation(users.get(i))));
    }
    int before = queries();
    for (String user : users) {
      Socket socket = new Socket("127.0.0.1", RestAssured.port);
      sockets.add(socket);
      socket
          .getOutputStream()
          .write(
              ("GET /api/messages/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                      + LibreChat.token(user)
                      + "\r\nLast-Event-ID: "
                      + place
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
    }
    StringBuilder[] heard = new StringBuilder[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
      heard[i] = new StringBuilder();
    }
    await().pollInterval(Duration.ofMillis(20)).until(() -> allHeard(heard, missed));
    int needed = queries() - before;
    assertThat(heard)
        .allSatisfy(
            one -> assertThat(one.toString()).startsWith("HTTP/1.1 200").doesNotContain("resync"));
    assertThat(needed).isLessThan(CLIENTS / 3);
  }

  private boolean allHeard(StringBuilder[] heard, Map<Integer, String> missed) throws IOException {
    boolean all = true;
    for (int i = 0; i < CLIENTS; i++) {
      all &= read(sockets.get(i), heard[i]).contains(missed.getOrDefault(i, ": connected"));
    }
    return all;
  }

  private static int queries() {
    return CommandCounts.of("find users")
        + CommandCounts.of("find switchboard_feed")
        + CommandCounts.of("find messages");
  }

  private static String read(Socket socket, StringBuilder heard) throws IOException {
    InputStream in = socket.getInputStream();
    heard.append(new String(in.readNBytes(in.available()), StandardCharsets.UTF_8));
    return heard.toString();
  }
}
