package chat.switchboard.hooks;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Hooks from the configuration, {@code switchboard.hooks."name".*}; the API shows them only. */
@ConfigMapping(prefix = "switchboard.hooks")
public interface HooksConfig {

  /** The hooks by their name. Default: none. */
  @WithParentName
  Map<String, ConfiguredHook> byName();

  /** One hook. */
  interface ConfiguredHook {

    /** The name of the scheme, such as {@code github}. */
    String scheme();

    /** The secrets, by reference to a Secret in Kubernetes. A hook without one refuses all. */
    Optional<List<String>> secrets();

    /** The e-mail address or the ID of the LibreChat user who owns the conversations. */
    String owner();

    /** The conversation of all texts. Default: one of the hook's own. */
    Optional<String> conversationId();

    /** A template for the key of a conversation. Default: none. */
    Optional<String> thread();

    /** A template for the title of a conversation. Default: the name of the hook. */
    Optional<String> title();

    /** The conditions, all of which must hold. Default: none. */
    Optional<List<ConfiguredCondition>> when();

    /** The template of the text, or {@code preset:<name>}. Default: the preset of the scheme. */
    Optional<String> template();

    /** The name that texts are shown under. Default: the name of the hook. */
    Optional<String> sender();

    /** What comes within this time becomes one text, 1 s to 1 h. Default: none. */
    Optional<Duration> digest();

    /** Whether the agent answers. Default: false. */
    @WithDefault("false")
    boolean reply();

    /** The endpoint of new conversations. Default: that of the service. */
    Optional<String> endpoint();

    /** The model of new conversations. Default: that of the service. */
    Optional<String> model();

    /** The agent of new conversations. Default: none. */
    Optional<String> agentId();

    /** Whether deliveries are taken. Default: true. */
    @WithDefault("true")
    boolean enabled();

    /** What the schemes {@code hmac}, {@code token} and {@code grafana} need besides. */
    Map<String, String> settings();
  }

  /** One condition on the payload. */
  interface ConfiguredCondition {

    /** A JSON pointer into the payload, such as {@code /action}. */
    String pointer();

    /** The values that hold. */
    Optional<List<String>> in();

    /** The values that do not hold. */
    Optional<List<String>> notIn();

    /** Whether there is a value. */
    Optional<Boolean> exists();
  }
}
