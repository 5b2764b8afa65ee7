package chat.switchboard.librechat;

import java.util.Optional;

/**
 * Facts that LibreChat's newest documents show.
 *
 * @param encryptedField the first field found that is encrypted on the client, such as {@code
 *     messages.text}
 * @param knowsUserSubmitted whether LibreChat writes {@code isUserSubmitted}; empty if the
 *     documents that were read do not show this
 */
record DataFacts(Optional<String> encryptedField, Optional<Boolean> knowsUserSubmitted) {}
