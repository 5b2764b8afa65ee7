package chat.switchboard.hooks;

import java.util.List;
import java.util.Optional;

/**
 * The message that a hook makes of a sample.
 *
 * @param verified whether the signature is right; empty if the sample has none
 * @param verification why the signature is not right
 * @param event the scheme's name of the event
 * @param matched whether the conditions hold
 * @param reason the condition that decided, as a sentence
 * @param thread the key of the conversation; empty for the one conversation of the hook
 * @param title the title of a new conversation
 * @param text the text; blank if the sample is not for the chat
 * @param unknown the fields that a template names and the sample does not have
 * @param problem the fault of a template or of the body
 */
public record HookPreview(
    Optional<Boolean> verified,
    Optional<String> verification,
    Optional<String> event,
    boolean matched,
    String reason,
    Optional<String> thread,
    Optional<String> title,
    Optional<String> text,
    List<String> unknown,
    Optional<String> problem) {}
