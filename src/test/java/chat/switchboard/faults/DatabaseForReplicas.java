package chat.switchboard.faults;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;

/** The database for a whole class of tests that start replicas of their own. */
final class DatabaseForReplicas implements AutoCloseable {

  private final TestDatabase database = new TestDatabase();
  final LibreChat libreChat;
  final String owner;

  DatabaseForReplicas() {
    database.start();
    libreChat = new LibreChat();
    owner = libreChat.owner();
  }

  String uri() {
    return TestDatabase.uri();
  }

  @Override
  public void close() {
    libreChat.close();
    database.stop();
  }
}
