package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * What was removed of a person.
 *
 * @param mappings which conversations they wrote into
 * @param codes codes of those mappings
 * @param inbox messages that waited, and the memory of those that came
 */
@RegisterForReflection
public record ForgottenView(long mappings, long codes, long inbox) {}
