package chat.switchboard.routing;

import chat.switchboard.address.Strangers;
import chat.switchboard.routing.RoutingConfig.Archived;

/** The next step for a person's message. */
enum RoutingDecision {
  LOOK_UP_CODE,
  LOOK_UP_MAPPING,
  LOOK_UP_GROUP,

  /** Link the person to the conversation of the code. */
  LINK,
  /** Follow the person's mapping. */
  USE,
  /** Open the conversation that the person's mapping names, then follow it. */
  OPEN,
  /** Move the person's mapping from the archived conversation to the next conversation. */
  MOVE_ON,
  /** Move the person's own mapping to a new conversation. */
  HEAL,
  /** Remove a mapping of a code or of the API, and find another mapping. */
  DROP,

  /** Give a new member a mapping to the conversation of the group. */
  JOIN_GROUP,
  /** Move the group from the archived conversation to the next conversation. */
  MOVE_GROUP_ON,
  /** Give a stranger a mapping, then open its conversation. */
  INTRODUCE,

  REFUSE_WRONG_CODE,
  REFUSE_TOO_MANY_CODES,
  REFUSE_STRANGER;

  /** Decides by the code first, then by the person's mapping, then by the group. */
  static RoutingDecision of(RoutingFacts facts) {
    return switch (facts.code()) {
      case UNREAD -> LOOK_UP_CODE;
      case LIVE -> LINK;
      case SHOWN_WRONG -> REFUSE_WRONG_CODE;
      case SHOWN_TOO_OFTEN -> REFUSE_TOO_MANY_CODES;
      // A message with a wrong code in its text is stored; the author gets a notice.
      case NONE, TYPED_WRONG, TYPED_TOO_OFTEN -> byMapping(facts);
    };
  }

  private static RoutingDecision byMapping(RoutingFacts facts) {
    return switch (facts.mapping()) {
      case UNREAD -> LOOK_UP_MAPPING;
      case OPEN -> USE;
      case ARCHIVED -> facts.archived() == Archived.NEW ? MOVE_ON : USE;
      case UNOPENED -> OPEN;
      case LOST -> facts.own() ? HEAL : DROP;
      case NONE -> byGroup(facts);
    };
  }

  private static RoutingDecision byGroup(RoutingFacts facts) {
    return switch (facts.group()) {
      case UNREAD -> LOOK_UP_GROUP;
      case OPEN -> JOIN_GROUP;
      case ARCHIVED -> facts.archived() == Archived.NEW ? MOVE_GROUP_ON : JOIN_GROUP;
      case NONE, UNOPENED, LOST ->
          facts.strangers() == Strangers.CREATE ? INTRODUCE : REFUSE_STRANGER;
    };
  }
}
