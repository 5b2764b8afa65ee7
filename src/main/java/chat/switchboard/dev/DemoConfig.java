package chat.switchboard.dev;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Dev mode only: the embedded database and the demo data. */
@ConfigMapping(prefix = "switchboard.demo")
public interface DemoConfig {

  /** Where the embedded database listens, on the loopback address. Default 27117. */
  @WithDefault("27117")
  int port();

  /** The file in which the embedded database keeps its data between starts. */
  @WithDefault(".switchboard/demo.db")
  String file();

  /**
   * Whether to make the demo owner in a database that has no users. Default: only in the embedded
   * one, never on a server that {@code MONGO_URI} names.
   */
  Optional<Boolean> seed();
}
