package chat.switchboard.dev;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Dev mode only: the embedded database and the demo data. */
@ConfigMapping(prefix = "switchboard.demo")
public interface DemoConfig {

  /** The port of the embedded database on the loopback address. Default: 27117. */
  @WithDefault("27117")
  int port();

  /** The file in which the embedded database keeps its data between starts. */
  @WithDefault(".switchboard/demo.db")
  String file();

  /**
   * Whether dev mode creates the demo owner in a database without users. Default: only in the
   * embedded database, not on a server that {@code MONGO_URI} names.
   */
  Optional<Boolean> seed();
}
