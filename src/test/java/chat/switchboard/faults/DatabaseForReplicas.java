package chat.switchboard.faults;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.PatientAwaits;
import chat.switchboard.support.TestDatabase;

/** The database for a whole class of tests that start replicas of their own. */
public final class DatabaseForReplicas implements AutoCloseable {

  private final TestDatabase database = new TestDatabase();
  public final LibreChat libreChat;
  public final String owner;

  public DatabaseForReplicas() {
    PatientAwaits.set();
    database.start();
    libreChat = new LibreChat();
    owner = libreChat.owner();
  }

  public String uri() {
    return TestDatabase.uri();
  }

  @Override
  public void close() {
    libreChat.close();
    database.stop();
  }
}
