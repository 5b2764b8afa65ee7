package chat.switchboard.routing;

import chat.switchboard.address.Strangers;
import chat.switchboard.routing.RoutingConfig.Archived;

/**
 * The facts about a person's message that are read so far.
 *
 * @param code the state of the code that came with the message
 * @param mapping the person's active mapping
 * @param own whether the person got that mapping as a stranger, and not by a code or from the API
 * @param group the last used mapping of another person in the same group of Twilio's; {@code NONE}
 *     outside of a group
 * @param strangers the policy for persons without a mapping
 * @param archived the policy for archived conversations
 */
record RoutingFacts(
    CodeState code,
    MappingState mapping,
    boolean own,
    MappingState group,
    Strangers strangers,
    Archived archived) {}
