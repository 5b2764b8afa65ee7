package chat.switchboard.librechat;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Optional;

/**
 * The icon that LibreChat's page shows beside a message from outside. The page takes an address
 * with http(s), or an absolute path on its own host, which the proxy routes to Switchboard.
 */
@Singleton
class SourceIcon {

  private final Optional<String> base;

  SourceIcon(MessageConfig config) {
    this.base = config.iconBase().map(String::strip).map(set -> set.replaceAll("/+$", ""));
  }

  void onStart(@Observes StartupEvent event) {
    base.filter(set -> !set.matches("(?i)https?://.+|/[^/].*"))
        .ifPresent(
            set -> {
              throw new ConfigurationException(
                  "switchboard.message.icon-base must be an absolute path, such as"
                      + " /switchboard/icons, or begin with http:// or https://; leave it empty for"
                      + " messages without an icon.");
            });
  }

  /** Returns the address of the icon for messages of this source; null for none. */
  String of(String source) {
    return base.map(set -> set + "/" + name(source) + ".svg").orElse(null);
  }

  private static String name(String source) {
    String known = source.toLowerCase(Locale.ROOT);
    return switch (known) {
      case "sms", "whatsapp", "rcs", "webhook", "api" -> known;
      case "mms" -> "sms";
      default -> "external";
    };
  }
}
