package chat.switchboard.phones;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The text commands of own phones: a whole text that is one of these words, in capital or small
 * letters of any script. Several words of one command are separated by commas.
 */
@ConfigMapping(prefix = "switchboard.phones.commands")
public interface CommandsConfig {

  /**
   * Whether texts of own phones can be commands. The command that unlinks a phone stays, because
   * the answer to a code names it.
   */
  @WithDefault("true")
  boolean enabled();

  /** The words for a new conversation, which the next text opens. */
  @WithName("new")
  @WithDefault("NEW")
  Optional<List<String>> newWords();

  /** The words for the list of the user's last five conversations. */
  @WithName("list")
  @WithDefault("LIST")
  Optional<List<String>> listWords();

  /**
   * The words for the list of commands. Twilio answers {@code HELP} itself; the word counts here
   * only where {@code switchboard.notices.help} is set, because Twilio's answer is turned off.
   */
  @WithName("help")
  @WithDefault("HELP,COMMANDS")
  Optional<List<String>> helpWords();

  /** The words that unlink the phone from its user. */
  @WithName("unlink")
  @WithDefault("UNLINK")
  Optional<List<String>> unlinkWords();

  /** How long the numbers of a list are commands; later they are ordinary texts. */
  @WithDefault("30m")
  Duration listTtl();
}
