package chat.switchboard.mongo;

import com.mongodb.ConnectionString;
import io.quarkus.mongodb.panache.common.MongoDatabaseResolver;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The database that the connection string's path names. Without a path the name is {@code test}, as
 * for LibreChat: the default of LibreChat's MongoDB driver.
 */
@Singleton
public class DatabaseName implements MongoDatabaseResolver {

  private final String name;

  DatabaseName(
      @ConfigProperty(name = "quarkus.mongodb.connection-string") String connectionString) {
    String path = new ConnectionString(connectionString).getDatabase();
    this.name = path == null ? "test" : path;
  }

  @Override
  public String resolve() {
    return name;
  }
}
