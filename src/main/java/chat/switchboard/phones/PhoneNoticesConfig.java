package chat.switchboard.phones;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/**
 * The texts about own phones. An empty value switches a text off; {@code {account}} is the masked
 * e-mail address of the LibreChat user, {@code {title}} the title of a conversation, and {@code
 * {new}}, {@code {list}}, {@code {help}} and {@code {unlink}} are the words of the commands.
 */
@ConfigMapping(prefix = "switchboard.phones.notices")
public interface PhoneNoticesConfig {

  /** The answer to a code that links the phone. */
  @WithDefault(
      "This phone now belongs to the LibreChat account {account}: your texts appear there. If that is"
          + " not your account, text {unlink}.")
  Optional<String> linked();

  /**
   * The notice to a text that has the form of a code and links nothing, or contains a code among
   * other words.
   */
  @WithDefault(
      "This code is wrong, used or expired, or was not alone in its text. No phone is linked: ask"
          + " for a new code.")
  Optional<String> wrongCode();

  /** The answer to the command that unlinks the phone. */
  @WithDefault("This phone is unlinked. Your texts no longer go to {account}.")
  Optional<String> unlinked();

  /** The answer to the command for a new conversation. */
  @WithDefault("New conversation: your next text begins it.")
  Optional<String> newConversation();

  /** The answer to the command for a list, before the titles. */
  @WithDefault("Your last conversations. Text a number to go on in one, or {new} for a new one.")
  Optional<String> list();

  /** The answer to the command for a list if the user has no conversation. */
  @WithDefault("You have no conversation yet: your next text begins one.")
  Optional<String> noConversations();

  /** The answer to the number of a conversation of the list. */
  @WithDefault("You are now in \"{title}\".")
  Optional<String> chosen();

  /** The answer to the number of a conversation that was deleted since the list. */
  @WithDefault("That conversation is gone. Text {list} for your last conversations.")
  Optional<String> gone();

  /** The answer to the command for help. */
  @WithDefault(
      "{new}: a new conversation. {list}: your last conversations. A number: go on in one of them."
          + " {unlink}: unlink this phone. STOP: no more texts.")
  Optional<String> help();

  /**
   * The message in LibreChat to a user whose phone another user has linked; {@code {phone}} is the
   * masked number.
   */
  @WithDefault(
      "The phone {phone} is not yours any more: another LibreChat user has proved that the number"
          + " is theirs. New texts of the number do not come into your conversations. If the number"
          + " is still yours, link it again.")
  Optional<String> moved();
}
