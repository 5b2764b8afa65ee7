package chat.switchboard.routing;

import chat.switchboard.address.Strangers;
import chat.switchboard.routing.CodeAttempts.Attempt;
import chat.switchboard.routing.RoutingConfig.Archived;
import java.util.Optional;

/**
 * A person's message on its way to a conversation: the facts, and the documents behind them.
 *
 * @param contact the person and the service number
 * @param attempt the code that came with the message
 * @param facts the facts that are read so far
 * @param found the mapping of the code or of the person
 * @param group the mapping of another member of the group
 */
record RoutingStep(
    Contact contact,
    Attempt attempt,
    RoutingFacts facts,
    Optional<Candidate> found,
    Optional<Candidate> group) {

  static RoutingStep first(
      Contact contact, Attempt attempt, CodeState code, Strangers strangers, Archived archived) {
    RoutingFacts facts =
        new RoutingFacts(
            code, MappingState.UNREAD, false, groupUnread(contact), strangers, archived);
    return new RoutingStep(contact, attempt, facts, Optional.empty(), Optional.empty());
  }

  RoutingDecision decision() {
    return RoutingDecision.of(facts);
  }

  RoutingStep withCode(CodeState code, Optional<Candidate> candidate) {
    RoutingFacts known =
        new RoutingFacts(
            code, facts.mapping(), facts.own(), facts.group(), facts.strangers(), facts.archived());
    return new RoutingStep(contact, attempt, known, candidate, group);
  }

  RoutingStep withMapping(Optional<Candidate> candidate) {
    boolean own = candidate.filter(one -> MappingIds.isOwn(one.mapping(), contact)).isPresent();
    return with(state(candidate), own, candidate, facts.group(), group);
  }

  RoutingStep withGroup(Optional<Candidate> candidate) {
    return with(facts.mapping(), facts.own(), found, state(candidate), candidate);
  }

  /**
   * Reads the mapping and the group again, because another request has removed or changed the
   * mapping.
   */
  RoutingStep afresh() {
    return with(
        MappingState.UNREAD, false, Optional.empty(), groupUnread(contact), Optional.empty());
  }

  RoutingStep groupAfresh() {
    return with(facts.mapping(), facts.own(), found, MappingState.UNREAD, Optional.empty());
  }

  private RoutingStep with(
      MappingState mapping,
      boolean own,
      Optional<Candidate> candidate,
      MappingState groupState,
      Optional<Candidate> groupCandidate) {
    RoutingFacts known =
        new RoutingFacts(
            facts.code(), mapping, own, groupState, facts.strangers(), facts.archived());
    return new RoutingStep(contact, attempt, known, candidate, groupCandidate);
  }

  private static MappingState groupUnread(Contact contact) {
    return contact.conversationSid().isPresent() ? MappingState.UNREAD : MappingState.NONE;
  }

  private static MappingState state(Optional<Candidate> candidate) {
    return candidate.map(Candidate::state).orElse(MappingState.NONE);
  }
}
