package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * What was removed of a person.
 *
 * @param mappings which conversations they wrote into
 * @param codes codes of those mappings
 * @param inbox messages that waited, and the memory of those that came
 * @param outbox texts to them, and what became of those
 * @param optOuts opt-outs, of which only a keyed hash is kept: they still get no texts
 */
@RegisterForReflection
public record ForgottenView(long mappings, long codes, long inbox, long outbox, long optOuts) {}
