package chat.switchboard.media;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Pictures and files: what people send, and what goes out. */
@ConfigMapping(prefix = "switchboard.media")
public interface MediaConfig {

  /**
   * How long a message waits for its files before it appears in the conversation without them; the
   * files then follow in a second message.
   */
  @WithName("wait")
  @WithDefault("10s")
  Duration patience();

  /** The largest file that is fetched, in MiB. */
  @WithDefault("16")
  int maxMegabytes();

  /**
   * How many files of one person are fetched within a day; the messages name the others, and what
   * they say is stored as ever.
   */
  @WithDefault("200")
  int filesPerDay();

  /** How many files of one message are fetched; the message names the others. */
  @WithDefault("10")
  int maxItems();

  /**
   * How many files are fetched at once. Each is in the spool directory meanwhile, so that the
   * directory needs this number times {@link #maxMegabytes()}.
   */
  @WithDefault("4")
  int concurrency();

  /**
   * Whether pictures and films keep the place at which they were taken. By default Switchboard
   * takes the location out before a file is stored.
   */
  @WithDefault("false")
  boolean keepLocation();

  /**
   * The hosts from which callers of the API may have files fetched, such as {@code
   * images.example.com}, {@code *.example.com} or {@code *} for any public host. https alone, port
   * 443 alone, and no host with a private address. Default: none, so that an address is refused.
   */
  Optional<List<String>> hosts();

  /**
   * The directory for files that are being fetched. Default: the directory for temporary files of
   * the system. A directory in memory (tmpfs) takes memory of the container.
   */
  Optional<String> spoolDirectory();

  /**
   * The address of a virus scanner. {@code http://…} or {@code https://…}: the scanner gets each
   * file by HTTP POST ({@code application/octet-stream}); status 2xx means clean; 403, 406, 409 and
   * 422 mean that the file is not taken. {@code clamd://host:port} (or {@code tcp://}; port 3310 if
   * missing): ClamAV's daemon, whose {@code StreamMaxLength} must not be below {@link
   * #maxMegabytes()}. While the scanner gives no answer no file passes. Default: none.
   */
  Optional<String> scanUrl();

  /** How long a connection to the server of a file may take. */
  @WithDefault("5s")
  Duration connectTimeout();

  /** How long the server of a file may be silent. */
  @WithDefault("15s")
  Duration silenceTimeout();

  /** How long a fetch may take in all. */
  @WithDefault("60s")
  Duration fetchTimeout();

  /** How often a file is tried before it has failed. */
  @WithDefault("8")
  int maxAttempts();

  /** The longest pause between two attempts. */
  @WithDefault("5m")
  Duration longestPause();

  /**
   * How long the server of a file may answer 404 before the file counts as gone: Twilio may
   * announce a file before it can be fetched.
   */
  @WithDefault("2m")
  Duration notFoundGrace();

  /** How long the address of a file works that is handed to Twilio. */
  @WithDefault("24h")
  Duration capabilityLife();

  /** How long the record of a file stays that has failed. */
  @WithDefault("30d")
  Duration retention();
}
