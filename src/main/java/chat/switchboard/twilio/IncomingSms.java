package chat.switchboard.twilio;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.text.ShownText;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A text that a person sent to us, as one of Twilio's forms says it. The form is read here alone;
 * the keyword filter, the pipeline and the notices use these values.
 *
 * @param person the person's address
 * @param to our number; empty in a group of Twilio's
 * @param ours our number and the messaging service of the number; one empty name for neither
 * @param accountSid the account at Twilio; empty if the form does not name it
 * @param sid Twilio's id of the message, as Twilio spells it
 * @param conversationSid the group of Twilio's (group MMS) that the text was sent in
 * @param keyword the word that stops or starts texts, if the text is such a word
 * @param asksToStop whether the text asks in other words that no more texts come
 * @param profileName the person's name on the channel, for one line
 * @param externalUserId the WhatsApp user ID beside a number
 * @param content the text and what else the message holds
 */
record IncomingSms(
    PhoneAddress person,
    Optional<String> to,
    List<String> ours,
    String accountSid,
    String sid,
    Optional<String> conversationSid,
    Optional<Keyword> keyword,
    boolean asksToStop,
    Optional<String> profileName,
    Optional<String> externalUserId,
    MessageContent content) {

  /** The longest name to show, in grapheme clusters. WhatsApp's own limit is 25. */
  private static final int LONGEST_NAME = 60;

  /** The fields of a tapped button, and of a chosen line of a list. */
  private static final Set<String> CHOICE =
      Set.of("ButtonText", "ButtonPayload", "ListTitle", "ListId");

  /** The field of a form about an event in a group of Twilio's. */
  private static final String EVENT_TYPE = "EventType";

  private static final String MESSAGE_ADDED = "onMessageAdded";

  /**
   * Whether the form holds a text of a person. Other forms tell of another event in a group of
   * Twilio's, or of a message that we sent there.
   */
  static boolean isIn(SignedForm form) {
    Optional<String> event = form.field(EVENT_TYPE);
    boolean isOurOwn = form.field("Source").filter("API"::equals).isPresent();
    return event.isEmpty() || (event.get().equals(MESSAGE_ADDED) && !isOurOwn);
  }

  /** Reads the form; empty if it holds no text of a person. */
  static Optional<IncomingSms> of(SignedForm form) {
    if (!isIn(form)) {
      return Optional.empty();
    }
    boolean inGroup = form.field(EVENT_TYPE).isPresent();
    Optional<String> body = form.field("Body");
    boolean isChoice = CHOICE.stream().anyMatch(name -> form.field(name).isPresent());
    Optional<String> optOutType = form.field("OptOutType");
    return Optional.of(
        new IncomingSms(
            PhoneAddress.of(person(form, inGroup)),
            form.field("To"),
            ours(form),
            form.field("AccountSid").orElse(""),
            form.messageSid().orElse(""),
            inGroup ? form.field("ConversationSid") : Optional.empty(),
            isChoice ? Keyword.ofChoice(body, optOutType) : Keyword.of(body, optOutType),
            body.filter(isChoice ? Keyword::choiceAsksToStop : Keyword::asksToStop).isPresent(),
            form.field("ProfileName")
                .map(name -> ShownText.line(name, LONGEST_NAME))
                .filter(name -> !name.isEmpty()),
            form.field("ExternalUserId"),
            MessageContent.of(form, inGroup)));
  }

  private static String person(SignedForm form, boolean inGroup) {
    Optional<String> author = form.field("Author");
    Optional<String> from = form.field("From");
    return (inGroup ? author.or(() -> from) : from.or(() -> author)).orElse("");
  }

  private static List<String> ours(SignedForm form) {
    List<String> named =
        Stream.of(form.field("To"), form.field("MessagingServiceSid"))
            .flatMap(Optional::stream)
            .toList();
    return named.isEmpty() ? List.of("") : named;
  }

  /** Returns the text with the title of a choice in the place of its number. */
  IncomingSms choosing(String title) {
    return new IncomingSms(
        person,
        to,
        ours,
        accountSid,
        sid,
        conversationSid,
        Keyword.ofChoice(Optional.of(title), Optional.empty()),
        Keyword.choiceAsksToStop(title),
        profileName,
        externalUserId,
        content.choosing(title));
  }

  /** Returns the text below the words that the text answers. */
  IncomingSms quoting(String quote) {
    return new IncomingSms(
        person,
        to,
        ours,
        accountSid,
        sid,
        conversationSid,
        keyword,
        asksToStop,
        profileName,
        externalUserId,
        content.quoting(quote));
  }

  /** Whether the person asks for no more texts, by a keyword or in other words. */
  boolean wantsNoTexts() {
    return asksToStop || keyword.filter(Keyword.STOP::equals).isPresent();
  }

  /** The person's address under Twilio's name. */
  String from() {
    return person.text();
  }

  /** Twilio's id of the message in one spelling: one message has one key. */
  String key() {
    return key(sid);
  }

  static String key(String sid) {
    return sid.length() < 2 ? sid : sid.substring(0, 2) + sid.substring(2).toLowerCase(Locale.ROOT);
  }
}
