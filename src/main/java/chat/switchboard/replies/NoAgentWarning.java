package chat.switchboard.replies;

import chat.switchboard.address.Mask;
import chat.switchboard.address.ServiceNumbersConfig;
import chat.switchboard.librechat.AgentClient;
import chat.switchboard.routing.AutoReplyConfig;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;

/** Warns at the start if automatic answers are set, but LibreChat's address is not. */
@ApplicationScoped
class NoAgentWarning {

  private static final Logger LOG = Logger.getLogger(NoAgentWarning.class);

  private final AgentClient agent;
  private final ServiceNumbersConfig serviceNumbersConfig;
  private final AutoReplyConfig autoReplyConfig;

  NoAgentWarning(
      AgentClient agent,
      ServiceNumbersConfig serviceNumbersConfig,
      AutoReplyConfig autoReplyConfig) {
    this.agent = agent;
    this.serviceNumbersConfig = serviceNumbersConfig;
    this.autoReplyConfig = autoReplyConfig;
  }

  void onStart(@Observes StartupEvent event) {
    if (agent.isThere()) {
      return;
    }
    if (autoReplyConfig.auto()) {
      LOG.warn("switchboard.replies.auto is set, but without LIBRECHAT_URL nothing is answered.");
    }
    serviceNumbersConfig
        .numbers()
        .forEach(
            (number, desk) -> {
              if (desk.autoReply().orElse(false)) {
                LOG.warnf(
                    "auto-reply is set for %s, but without LIBRECHAT_URL nothing is answered.",
                    Mask.phone(number));
              }
            });
  }
}
