package chat.switchboard.phones;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.User;
import chat.switchboard.text.ShownText;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** The texts about own phones. */
@ApplicationScoped
class PhoneNotices {

  /** The longest title in a text, in grapheme clusters. */
  private static final int LONGEST_TITLE = 30;

  /** The longest title in a text, in UTF-16 code units: a cluster may have dozens. */
  private static final int MOST_UNITS = 60;

  private final PhoneNoticesConfig config;
  private final CommandWords words;

  PhoneNotices(PhoneNoticesConfig config, CommandWords words) {
    this.config = config;
    this.words = words;
  }

  /** The answer to a code that links the phone: names the account, and how to undo the link. */
  Optional<String> linked(User user) {
    return config.linked().map(text -> filled(text, account(user)));
  }

  Optional<String> wrongCode() {
    return config.wrongCode();
  }

  /** The answer to a phone that is unlinked. */
  Optional<String> unlinked(Optional<User> user) {
    return config
        .unlinked()
        .map(text -> filled(text, user.map(PhoneNotices::account).orElse("LibreChat")));
  }

  Optional<String> newConversation() {
    return config.newConversation().map(words::filled);
  }

  Optional<String> help() {
    return config.help().map(words::filled);
  }

  Optional<String> gone() {
    return config.gone().map(words::filled);
  }

  Optional<String> chosen(Conversation conversation) {
    return config.chosen().map(text -> words.filled(text).replace("{title}", title(conversation)));
  }

  /** The explanation of the list, and then the numbered titles. */
  Optional<String> list(List<Conversation> conversations) {
    if (conversations.isEmpty()) {
      return config.noConversations().map(words::filled);
    }
    StringBuilder lines = new StringBuilder(config.list().map(words::filled).orElse(""));
    for (int at = 0; at < conversations.size(); at++) {
      lines.append('\n').append(at + 1).append(' ').append(title(conversations.get(at)));
    }
    return Optional.of(lines.toString().strip());
  }

  /** One line that costs at most a segment, in each script. */
  private static String title(Conversation conversation) {
    String title = conversation.title == null ? "" : conversation.title;
    int most = LONGEST_TITLE;
    String line = ShownText.line(title, most);
    while (line.length() > MOST_UNITS && most > 1) {
      most /= 2;
      line = ShownText.line(title, most);
    }
    return line.isEmpty() ? "(no title)" : line;
  }

  String filled(String text, String account) {
    return words.filled(text).replace("{account}", account);
  }

  /** In letters that a text of GSM-7 has: a dot would double the cost of the text. */
  static String account(User user) {
    String email = user.email == null ? "" : user.email.strip();
    int at = email.lastIndexOf('@');
    if (at < 1) {
      String id = user.id.toHexString();
      return "user ***" + id.substring(id.length() - 4);
    }
    return email.substring(0, email.offsetByCodePoints(0, 1)) + "***" + email.substring(at);
  }
}
