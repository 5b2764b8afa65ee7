package chat.switchboard.hooks;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A hook of the configuration. The API shows such a hook and does not change it. */
public interface HookConfig {

  /** How the service signs: the name of a scheme, such as {@code github}. Required. */
  Optional<String> scheme();

  /** Further settings of the schemes {@code hmac}, {@code token} and {@code grafana}. */
  SettingsConfig settings();

  /**
   * The secrets, of 16 to 512 characters each, at most 5, separated by commas (several during a
   * rotation); by reference to a variable, such as {@code ${DEPLOYS_SECRET}}. A hook without a
   * secret refuses every webhook.
   */
  Optional<List<String>> secrets();

  /**
   * Files with one secret each, separated by commas, such as the mounted keys of a Kubernetes
   * Secret; read at the start.
   */
  Optional<List<Path>> secretFiles();

  /**
   * The LibreChat user (e-mail address or hexadecimal id) who owns the conversations. Default: that
   * of {@code switchboard.owner}.
   */
  Optional<String> owner();

  /**
   * The id of the conversation of all messages; not together with {@code thread}. Default: one
   * conversation for the hook.
   */
  Optional<String> conversationId();

  /**
   * A template for the key of a conversation, or {@code preset:} and a name: each key has a
   * conversation of its own. Default: none, so the hook has one conversation.
   */
  Optional<String> thread();

  /**
   * A template for the title of a conversation. Default: the title of the preset for a hook with
   * threads, or the name of the hook and the key.
   */
  Optional<String> title();

  /** The conditions on the payload; all of them must hold. Default: none. */
  List<ConditionConfig> when();

  /** The template of the text, or {@code preset:} and a name. Default: the scheme's preset. */
  Optional<String> template();

  /** The name under which LibreChat shows the messages. Default: the name of the hook. */
  Optional<String> sender();

  /** Webhooks within this time of the first one become one message; 1 s to 1 h. Default: none. */
  Optional<Duration> digest();

  /** Whether LibreChat's agent answers. */
  @WithDefault("false")
  boolean reply();

  /** LibreChat's endpoint for new conversations. Default: that of all conversations. */
  Optional<String> endpoint();

  /** The model of new conversations. Default: that of all conversations. */
  Optional<String> model();

  /** The agent of new conversations, for the endpoint {@code agents}. Default: none. */
  Optional<String> agentId();

  /** Whether webhooks are accepted; a hook that is switched off answers 410. */
  @WithDefault("true")
  boolean enabled();

  /** The settings of a scheme. */
  interface SettingsConfig {

    /**
     * The header with the signature or the secret. Default: {@code X-Signature} for {@code hmac},
     * {@code Authorization} for {@code token}, {@code X-Grafana-Alerting-Signature} for {@code
     * grafana}.
     */
    Optional<String> header();

    /** The text before the signature, such as {@code sha256=}. Default: none. */
    Optional<String> prefix();

    /**
     * The encoding of the signature: {@code hex}, {@code base64} or {@code base64url}. Default:
     * hex.
     */
    Optional<String> encoding();

    /**
     * The algorithm of the signature: {@code sha1}, {@code sha256} or {@code sha512}. Default:
     * sha256.
     */
    Optional<String> algorithm();

    /**
     * The signed text, in which {@code {body}}, {@code {timestamp}}, {@code {id}} and {@code {url}}
     * stand for the parts of the webhook. Default: {@code {body}}.
     */
    Optional<String> signed();

    /**
     * The header with the time, in seconds since 1970; needs {@code {timestamp}} in {@code signed}.
     * Default: none.
     */
    Optional<String> timeHeader();

    /**
     * The maximum difference between the time of the webhook and the time of its arrival, from 1s
     * to 1h. Default: 300s.
     */
    Optional<String> tolerance();

    /**
     * The header, or the JSON pointer, with the id of the delivery. Default: the hash of the body
     * is the id.
     */
    Optional<String> id();

    /** The header, or the JSON pointer, with the name of the event. Default: none. */
    Optional<String> event();
  }

  /**
   * A condition on the payload; all of {@code in}, {@code not-in} and {@code exists} that are set
   * must hold. With none of them, the payload must have a value.
   */
  interface ConditionConfig {

    /** A JSON pointer into the payload, such as {@code /action}. Required. */
    Optional<String> pointer();

    /** The allowed values, 1 to 50; of a list one value must be among them. Default: any value. */
    Optional<List<String>> in();

    /** The values that are not allowed, 1 to 50; a missing value is allowed. Default: none. */
    Optional<List<String>> notIn();

    /** Whether the payload must have a value. Default: true if in and not-in are missing. */
    Optional<Boolean> exists();
  }
}
