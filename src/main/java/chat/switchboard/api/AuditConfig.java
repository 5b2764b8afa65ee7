package chat.switchboard.api;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The audit. */
@ConfigMapping(prefix = "switchboard.audit")
public interface AuditConfig {

  /** How long an action of an operator or a program is kept in the audit; at least a day. */
  @WithDefault("400d")
  Duration retention();
}
