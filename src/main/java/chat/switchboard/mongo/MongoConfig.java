package chat.switchboard.mongo;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** Options of writes to MongoDB and reads from MongoDB. */
@ConfigMapping(prefix = "switchboard.mongo")
public interface MongoConfig {

  /**
   * Options of a connection string that apply to Switchboard only, separated by {@code &}, such as
   * {@code w=1&journal=false}: {@code w}, {@code wtimeoutMS} (milliseconds), {@code journal},
   * {@code readPreference}, {@code readPreferenceTags}, {@code maxStalenessSeconds}, {@code
   * readConcernLevel}, {@code retryWrites}, {@code retryReads}. By default writes wait for the
   * majority and their journals, at most 80 % of {@link DatabaseConfig#timeout()}, and reads go to
   * the primary, whatever the connection string says; this setting is for servers that do not
   * support these options. An unknown option or a wrong value stops the start. Default: none.
   * Environment: {@code SWITCHBOARD_MONGO_OPTIONS}.
   */
  Optional<String> options();
}
