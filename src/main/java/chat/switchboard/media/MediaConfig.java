package chat.switchboard.media;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Pictures and files that people and callers of the API send, and that go out with texts. */
@ConfigMapping(prefix = "switchboard.media")
public interface MediaConfig {

  /**
   * How long a message waits for its files before it appears in the conversation without them; the
   * files then follow in a second message.
   */
  @WithName("wait")
  @WithDefault("10s")
  Duration messageWait();

  /** The maximum size of a file, in MiB; a larger file is refused. */
  @WithDefault("16")
  int maxMegabytes();

  /**
   * The maximum number of files of one person that are fetched within 24 hours. The messages name
   * the other files; their texts are stored in any case.
   */
  @WithDefault("200")
  int filesPerDay();

  /**
   * The maximum number of files of one message. The message of a person names the other files; the
   * message of a caller of the API is refused with 400.
   */
  @WithDefault("10")
  int maxItems();

  /**
   * The maximum number of incoming files that this process fetches at once. Files that go out with
   * texts have four fetches more. Each file is in the spool directory meanwhile: the directory
   * needs (this number + 4) times {@code max-megabytes}, by default 128 MiB.
   */
  @WithDefault("4")
  int concurrency();

  /**
   * Whether pictures and films keep the place at which they were taken. By default Switchboard
   * removes the place before a file is stored.
   */
  @WithDefault("false")
  boolean keepLocation();

  /**
   * The hosts of addresses that callers of the API may name for files, separated by commas, such as
   * {@code images.example.com}, {@code *.example.com} for the subdomains, or {@code *} for each
   * host. Only https on port 443, and no host with a private address. Default: none, so each
   * address is refused.
   */
  Optional<List<String>> hosts();

  /**
   * The directory for files that are being fetched; see {@code concurrency} for the space. Default:
   * the system's directory for temporary files. A directory in memory (tmpfs) uses memory of the
   * container.
   */
  Optional<String> spoolDirectory();

  /**
   * The address of a virus scanner. {@code http://…} or {@code https://…}: the scanner gets each
   * file by HTTP POST ({@code application/octet-stream}); status 2xx means clean; 403, 406, 409 and
   * 422 mean that the file is refused. {@code clamd://host:port} (or {@code tcp://}; port 3310 if
   * missing): ClamAV's daemon, whose {@code StreamMaxLength} must not be below {@code
   * max-megabytes}. While the scanner gives no answer, no file passes. An address of another form
   * stops the start. Default: none.
   */
  Optional<String> scanUrl();

  /** The timeout of a connection to the server of a file. */
  @WithDefault("5s")
  Duration connectTimeout();

  /** How long the server of a file may send no byte. */
  @WithDefault("15s")
  Duration silenceTimeout();

  /** How long one fetch may take, redirects included. */
  @WithDefault("60s")
  Duration fetchTimeout();

  /**
   * The maximum number of attempts for one step of a file. Then a file that was not fetched fails;
   * a file that LibreChat did not accept stays in Switchboard's database.
   */
  @WithDefault("8")
  int maxAttempts();

  /** The longest pause between two attempts; pauses grow, with full jitter. */
  @WithDefault("5m")
  Duration longestPause();

  /**
   * How long after its announcement a file is tried again if the server answers 404; later a 404 is
   * final. Twilio may announce a file before Twilio has the file.
   */
  @WithDefault("2m")
  Duration notFoundGrace();

  /**
   * How long the address of a file in a text is valid after the last attempt to send the text. The
   * addresses in LibreChat's page have no end.
   */
  @WithDefault("24h")
  Duration capabilityLife();

  /** How long the record of a failed file is kept. */
  @WithDefault("30d")
  Duration retention();
}
