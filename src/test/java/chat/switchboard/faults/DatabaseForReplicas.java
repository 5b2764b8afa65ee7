package chat.switchboard.faults;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.PatientAwaits;
import chat.switchboard.support.TestDatabase;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The database for a whole class of tests that start replicas of their own. */
public final class DatabaseForReplicas implements AutoCloseable {

  /**
   * At the level of debugging, the default without Quarkus, the database in memory writes each byte
   * of each file in hexadecimal.
   */
  private static final Logger DATABASE_LOG = Logger.getLogger("de.bwaldvogel");

  private final TestDatabase database = new TestDatabase();
  public final LibreChat libreChat;
  public final String owner;

  public DatabaseForReplicas() {
    PatientAwaits.set();
    DATABASE_LOG.setLevel(Level.SEVERE);
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
