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
   * Whether texts of own phones can be commands. If false, only the command that unlinks a phone
   * works, because the answer to a code names this command.
   */
  @WithDefault("true")
  boolean enabled();

  /** The words after which the next text opens a new conversation; separated by commas. */
  @WithName("new")
  @WithDefault("NEW")
  Optional<List<String>> newWords();

  /** The words for the list of the user's last five conversations; separated by commas. */
  @WithName("list")
  @WithDefault("LIST")
  Optional<List<String>> listWords();

  /**
   * The words for the list of commands; separated by commas. Twilio answers {@code HELP} itself:
   * Switchboard answers this word only if {@code switchboard.notices.help} is set, which is right
   * only if Twilio's answer is turned off.
   */
  @WithName("help")
  @WithDefault("HELP,COMMANDS")
  Optional<List<String>> helpWords();

  /** The words that unlink the phone from its user; separated by commas. */
  @WithName("unlink")
  @WithDefault("UNLINK")
  Optional<List<String>> unlinkWords();

  /** How long the numbers of a list are commands; later a number is an ordinary text. */
  @WithDefault("30m")
  Duration listTtl();
}
