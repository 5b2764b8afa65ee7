package chat.switchboard.routing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The notices that people get by text message; an empty value sends no notice. */
@ConfigMapping(prefix = "switchboard.notices")
public interface NoticesConfig {

  /** The notice to a person for whom a new conversation was opened. */
  @WithDefault("This is a new conversation. To go on with an earlier one, reply with its code.")
  Optional<String> newConversation();

  /**
   * The notice to a person who has sent a valid code; {@code {title}} is the conversation's title.
   */
  @WithDefault("You are now in: {title}")
  Optional<String> linked();

  /** The notice to a person whose code is wrong or has expired. */
  @WithDefault(
      "That code is unknown or has expired. Your message was kept in your current conversation.")
  Optional<String> wrongCode();

  /** The notice to a person who has sent too many wrong codes. */
  @WithDefault("Too many wrong codes: for an hour no code is read. Please try again later.")
  Optional<String> tooManyCodes();

  /** The notice to an unknown person who must first send a code. */
  @WithDefault("To write to us here, first send the code that you were given.")
  Optional<String> pair();

  /**
   * The sentence after a text that an API caller requested with a code; {@code {code}} is that
   * code.
   */
  @WithDefault("To answer in this conversation, begin with the code {code}")
  Optional<String> code();

  /**
   * The notice to a person who writes HELP or INFO. Default: none, because Twilio answers these
   * keywords itself; set this notice only if Twilio's answer is turned off.
   */
  Optional<String> help();

  /** The notice to a person to whose text LibreChat's agent gave no answer. Default: none. */
  Optional<String> noAnswer();
}
