package chat.switchboard.mongo;

/** Names a database for stores that a test makes without the container. */
public final class TestDatabaseName {

  private TestDatabaseName() {}

  /** Returns the name of the database in this connection string. */
  public static DatabaseName of(String connectionString) {
    return new DatabaseName(connectionString);
  }
}
