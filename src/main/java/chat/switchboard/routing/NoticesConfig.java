package chat.switchboard.routing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The notices that people get by text message; an empty value sends no notice. */
@ConfigMapping(prefix = "switchboard.notices")
public interface NoticesConfig {

  /** To a person for whom a new conversation was opened. */
  @WithDefault("This is a new conversation. To go on with an earlier one, reply with its code.")
  Optional<String> newConversation();

  /** To a person who has shown a code; {@code {title}} is the conversation's title. */
  @WithDefault("You are now in: {title}")
  Optional<String> linked();

  /** To a person whose code is wrong or has expired. */
  @WithDefault(
      "That code is unknown or has expired. Your message was kept in your current conversation.")
  Optional<String> wrongCode();

  /** To a person who has sent too many wrong codes. */
  @WithDefault("Too many wrong codes: for an hour no code is read. Please try again later.")
  Optional<String> tooManyCodes();

  /** To a stranger where a code is needed first. */
  @WithDefault("To write to us here, first send the code that you were given.")
  Optional<String> pair();

  /** Behind a text that was asked for with its code; {@code {code}} is that code. */
  @WithDefault("To answer in this conversation, begin with the code {code}")
  Optional<String> code();

  /**
   * To a person who writes HELP or INFO. Default: nothing, since Twilio answers these words itself;
   * to be set only where that was turned off.
   */
  Optional<String> help();

  /** To a person whose text LibreChat's agent could not be made to answer. Default: nothing. */
  Optional<String> noAnswer();
}
