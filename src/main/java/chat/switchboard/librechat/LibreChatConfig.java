package chat.switchboard.librechat;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.Optional;

/** LibreChat itself. */
@ConfigMapping(prefix = "switchboard")
public interface LibreChatConfig {

  /**
   * LibreChat's own base URL, as this service reaches it, such as {@code http://librechat:3080}.
   * Recommended for every deployment: the database alone does not show a run that reads
   * attachments. With this setting Switchboard asks LibreChat whether an answer is being generated,
   * and can request answers of LibreChat's agent. Without this setting Switchboard reads only the
   * database to detect a running answer, and requests no answers. Default: none. Environment:
   * {@code LIBRECHAT_URL}.
   */
  Optional<String> librechatUrl();

  /**
   * The LibreChat user (e-mail address or hexadecimal id) who owns the conversations that unknown
   * senders open. Without this setting, a message from an unknown sender is refused. Environment:
   * {@code SWITCHBOARD_OWNER}.
   */
  Optional<String> owner();

  /**
   * How long a conversation that Switchboard opens is kept, counted from its last message from
   * outside; its messages get the same deadline, at which MongoDB deletes both. For deployments
   * whose librechat.yaml has {@code interface.retentionMode: all} (or {@code ephemeral}): use the
   * value of {@code interface.generalChatRetention}, or of {@code temporaryChatRetention} if the
   * former is not set. LibreChat gives both in hours, 1 to 8760, by default 720 ({@code 720h}).
   * Default: none, so conversations have no deadline. Environment: {@code SWITCHBOARD_RETENTION}.
   */
  Optional<Duration> retention();
}
