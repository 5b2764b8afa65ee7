package chat.switchboard.ops;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigSourceInterceptorFactory;
import io.smallrye.config.ConfigValue;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Stops the start at a setting that has another name today, with one sentence that has the new
 * name. SmallRye's own validation refuses such a property without the new name, and ignores such an
 * environment variable.
 */
public final class RenamedSettings implements ConfigSourceInterceptorFactory {

  static final Map<String, String> NEW_NAMES =
      Map.ofEntries(
          Map.entry("switchboard.codes.life", "switchboard.codes.ttl"),
          Map.entry("switchboard.inbox.longest-pause", "switchboard.inbox.max-backoff"),
          Map.entry("switchboard.inbox.patience", "switchboard.inbox.accept-timeout"),
          Map.entry("switchboard.outbox.longest-pause", "switchboard.outbox.max-backoff"),
          Map.entry("switchboard.outbox.wait-for-callback", "switchboard.outbox.callback-timeout"),
          Map.entry("switchboard.replies.first-pause", "switchboard.replies.initial-backoff"),
          Map.entry("switchboard.replies.longest-pause", "switchboard.replies.max-backoff"),
          Map.entry("switchboard.replies.quiet", "switchboard.replies.debounce"),
          Map.entry("switchboard.spend.ranges", "switchboard.spend.allowed-prefixes"),
          Map.entry("switchboard.stream.feed-age", "switchboard.stream.max-feed-lag"),
          Map.entry("switchboard.stream.poll", "switchboard.stream.poll-interval"),
          Map.entry("switchboard.stream.vanished", "switchboard.stream.tcp-user-timeout"));

  @Override
  public ConfigSourceInterceptor getInterceptor(ConfigSourceInterceptorContext context) {
    new TreeMap<>(NEW_NAMES)
        .forEach(
            (old, now) -> {
              ConfigValue found = context.proceed(old);
              if (found != null) {
                throw new ConfigurationException(
                    "The setting %s (%s) in %s is now called %s (%s)."
                        .formatted(old, variable(old), found.getLocation(), now, variable(now)));
              }
            });
    return ConfigSourceInterceptorContext::proceed;
  }

  private static String variable(String setting) {
    return setting.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
  }
}
