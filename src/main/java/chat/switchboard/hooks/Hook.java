package chat.switchboard.hooks;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A hook: the conversation and the text of the webhooks of one service.
 *
 * @param name the last part of the address; lower-case letters, digits and hyphens, at most 64
 * @param scheme the name of a scheme in {@link Schemes}
 * @param settings the settings of the scheme
 * @param owner the e-mail address or the ID of the LibreChat user who owns the conversations
 * @param conversationId the conversation of all texts; empty if {@code thread} is set, or if the
 *     hook has one conversation of its own
 * @param thread a template for the key of a conversation, such as {@code
 *     {repository.full_name}#{pull_request.number}}, or {@code preset:} and a name
 * @param title a template for the title of a conversation; empty for the title of the preset, or
 *     the name of the hook and the key
 * @param when the conditions, all of which must hold
 * @param template the template of the text; empty for the preset of the scheme
 * @param sender the name under which the text is shown; empty for the name of the hook
 * @param digest the time in which all deliveries become one text; empty for no digest
 * @param reply whether the agent answers
 * @param endpoint the endpoint of new conversations, as LibreChat names it
 * @param model the model of new conversations
 * @param agentId the agent of new conversations
 * @param enabled whether deliveries are taken; a hook that is switched off answers 410
 */
public record Hook(
    String name,
    String scheme,
    SchemeSettings settings,
    String owner,
    Optional<String> conversationId,
    Optional<String> thread,
    Optional<String> title,
    List<Condition> when,
    Optional<String> template,
    Optional<String> sender,
    Optional<Duration> digest,
    boolean reply,
    Optional<String> endpoint,
    Optional<String> model,
    Optional<String> agentId,
    boolean enabled) {

  public Hook {
    when = List.copyOf(when);
  }

  /** The same hook with a message for each delivery. */
  Hook withoutDigest() {
    return new Hook(
        name,
        scheme,
        settings,
        owner,
        conversationId,
        thread,
        title,
        when,
        template,
        sender,
        Optional.empty(),
        reply,
        endpoint,
        model,
        agentId,
        enabled);
  }
}
