package chat.switchboard.librechat;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.Optional;

/** LibreChat itself. */
@ConfigMapping(prefix = "switchboard")
public interface LibreChatConfig {

  /**
   * LibreChat's own base URL, as this service reaches it, such as {@code http://librechat:3080}.
   * Recommended for everybody: the database alone does not show a run that reads attachments. With
   * it, LibreChat is asked whether an answer is being generated, and its agent can be asked to
   * answer; without it, the first is read from the database alone, and nothing is answered.
   * Default: none. Environment: {@code LIBRECHAT_URL}.
   */
  Optional<String> librechatUrl();

  /**
   * The LibreChat user (e-mail address or hexadecimal id) who owns the conversations that unknown
   * senders open. Without it, a message from an unknown sender is refused. Environment: {@code
   * SWITCHBOARD_OWNER}.
   */
  Optional<String> owner();

  /**
   * How long a conversation that Switchboard opens is kept, counted from its last message from
   * outside; its messages get the same deadline, and MongoDB deletes both then. For deployments
   * whose librechat.yaml has {@code interface.retentionMode: all} (or {@code ephemeral}): the value
   * of {@code interface.generalChatRetention} there, or of {@code temporaryChatRetention} where the
   * former is not set. Both are hours there, 1 to 8760, by default 720 ({@code 720h}). Default:
   * none, so that conversations stay. Environment: {@code SWITCHBOARD_RETENTION}.
   */
  Optional<Duration> retention();
}
