package chat.switchboard.routing;

import chat.switchboard.address.Strangers;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.routing.Route.Into;
import chat.switchboard.routing.Route.Refused;
import chat.switchboard.text.ShownText;
import jakarta.inject.Singleton;
import java.util.Optional;

/** The notices that a person gets about the route of a message. */
@Singleton
class NoticeTexts {

  /** The longest title in a notice, in grapheme clusters, so that the words around it are sent. */
  private static final int LONGEST_TITLE = 80;

  private final NoticesConfig config;

  NoticeTexts(NoticesConfig config) {
    this.config = config;
  }

  Optional<String> newConversation() {
    return config.newConversation();
  }

  /** The notice after a valid code. */
  Optional<String> linked(Conversation conversation) {
    String title =
        conversation.title == null ? "" : ShownText.line(conversation.title, LONGEST_TITLE);
    return config.linked().map(text -> text.replace("{title}", title));
  }

  /** The notice for a person whom this policy refuses. */
  Optional<String> refused(Strangers policy) {
    return policy == Strangers.PAIR ? config.pair() : Optional.empty();
  }

  /** The route of a message with a wrong code in front of it. */
  Route afterWrongCode(Route route) {
    return route instanceof Into into ? into.withNotice(config.wrongCode()) : route;
  }

  /**
   * The route of a message with a code in front of it that was not looked up. A stranger who would
   * be told to send a code learns instead that no code is read.
   */
  Route afterTooManyCodes(Route route) {
    if (route instanceof Refused refused && refused.notice().isPresent()) {
      return new Refused(refused.reason(), config.tooManyCodes());
    }
    return route instanceof Into into ? into.withNotice(config.tooManyCodes()) : route;
  }
}
