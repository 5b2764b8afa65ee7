package chat.switchboard.twilio;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks after the signature that each field has the form that Twilio gives it. The signature
 * proves that Twilio wrote the text, but not where one field ends and the next begins: an attacker
 * with one signed webhook can cut the same text into other fields. This class checks the values;
 * {@link MovedBorders} finds the moved borders.
 *
 * <p>Empty fields count as missing: Twilio sends many.
 */
@ApplicationScoped
class FormCheck {

  static final List<String> MESSAGE_SIDS = List.of("MessageSid", "SmsMessageSid", "SmsSid");

  private static final Predicate<String> SID = form("(SM|MM|IM)[0-9a-fA-F]{32}");
  private static final Predicate<String> ACCOUNT = form("AC[0-9a-fA-F]{32}");
  private static final Predicate<String> OTHER_SID = form("[A-Z]{2}[0-9A-Za-z]{1,40}");
  private static final Predicate<String> COUNT = form("[0-9]{1,4}");
  private static final Predicate<String> WORD = form("[A-Za-z][A-Za-z0-9_.:-]{0,99}");
  private static final Predicate<String> DEGREES =
      form("[+-]?[0-9]{1,3}(\\.[0-9]{1,30})?([eE]-?[0-9]{1,3})?");

  /**
   * The fields that Switchboard uses, and the fields between them, with the form of their values.
   */
  private static final Map<String, Predicate<String>> FORMS =
      Map.ofEntries(
          Map.entry("AccountSid", ACCOUNT),
          Map.entry("MessageSid", SID),
          Map.entry("SmsMessageSid", SID),
          Map.entry("SmsSid", SID),
          Map.entry("From", AddressForm::isAddress),
          Map.entry("To", AddressForm::isAddress),
          Map.entry("Author", AddressForm::isAuthor),
          Map.entry("Body", any -> true),
          Map.entry("NumMedia", COUNT),
          Map.entry("NumSegments", COUNT),
          Map.entry("ApiVersion", form("[0-9]{4}-[0-9]{2}-[0-9]{2}")),
          Map.entry("MessagingServiceSid", OTHER_SID),
          Map.entry("ConversationSid", OTHER_SID),
          Map.entry("ParticipantSid", OTHER_SID),
          Map.entry("EventType", WORD),
          Map.entry("Source", WORD),
          Map.entry("OptOutType", WORD),
          Map.entry("MessageStatus", WORD),
          Map.entry("SmsStatus", WORD),
          Map.entry("ErrorCode", COUNT.or(form("[0-9]{1,9}"))),
          Map.entry("Latitude", DEGREES),
          Map.entry("Longitude", DEGREES),
          Map.entry("ProfileName", any -> true),
          Map.entry("WaId", form("[A-Za-z0-9+._-]{1,80}")),
          Map.entry("ExternalUserId", form("(whatsapp:)?[A-Za-z0-9+._-]{1,160}")),
          Map.entry("Address", any -> true),
          Map.entry("Label", any -> true),
          Map.entry("ButtonText", any -> true),
          Map.entry("ButtonPayload", any -> true),
          Map.entry("ListTitle", any -> true),
          Map.entry("ListId", any -> true),
          Map.entry("InteractiveData", any -> true));

  private static final Predicate<String> MEDIA_URL = form("https?://[\\x21-\\x7E]{1,2000}");
  private static final Predicate<String> MEDIA_TYPE = form("[\\x20-\\x7E]{1,200}");
  private static final Predicate<String> MEDIA_URL_NAME = form("MediaUrl[0-9]{1,3}");
  private static final Predicate<String> MEDIA_TYPE_NAME = form("MediaContentType[0-9]{1,3}");

  private static final Predicate<String> PLAIN_WORD = form("[A-Za-z][A-Za-z0-9_.-]{0,99}");

  /** The second part of a name that extends another name: {@code FromCity}, {@code ToZip}. */
  private static final Predicate<String> NEXT_WORD = form("[A-Z][a-z]{2,}.*");

  private static final Set<String> NEVER_EXTENDED =
      Set.of(
          "AccountSid",
          "MessageSid",
          "SmsMessageSid",
          "SmsSid",
          "NumMedia",
          "NumSegments",
          "ApiVersion",
          "ProfileName");

  private static final Set<String> EXTENDED = Set.of("From", "To", "Body", "Author");

  private final Set<String> accounts;

  @Inject
  FormCheck(TwilioConfig config) {
    this(
        Stream.concat(config.accountSid().stream(), config.accountSids().orElse(List.of()).stream())
            .map(String::strip)
            .filter(sid -> !sid.isEmpty())
            .collect(Collectors.toUnmodifiableSet()));
  }

  /**
   * @param accounts the accounts whose webhooks are accepted; all accounts if empty
   */
  FormCheck(Set<String> accounts) {
    this.accounts = accounts;
  }

  /**
   * @param signed the string that Twilio signed; empty for JSON, where Twilio signs the hash of the
   *     body
   * @param isMessage whether the form must contain a message: at the webhook's door, unless an
   *     {@code EventType} names another kind of event
   * @return why these fields do not have Twilio's form; empty if they have
   */
  Optional<RefusalReason> flaw(SignedForm form, Optional<SignedString> signed, boolean isMessage) {
    if (signed.isPresent() && !form.fields().keySet().stream().allMatch(FormCheck::isName)) {
      return Optional.of(RefusalReason.FIELD_NAME);
    }
    for (Map.Entry<String, List<String>> field : form.fields().entrySet()) {
      Optional<RefusalReason> flaw = flaw(field.getKey(), field.getValue());
      if (flaw.isPresent()) {
        return flaw;
      }
    }
    if (isMessage && isMissing(form, signed.isPresent())) {
      return Optional.of(RefusalReason.FIELD_MISSING);
    }
    if (distinct(MESSAGE_SIDS.stream().flatMap(name -> form.field(name).stream())) > 1) {
      return Optional.of(RefusalReason.MOVED_BORDERS);
    }
    if (form.field("AccountSid").filter(sid -> !isOurs(sid)).isPresent()) {
      return Optional.of(RefusalReason.ACCOUNT);
    }
    return signed.filter(text -> MovedBorders.isIn(text)).map(text -> RefusalReason.MOVED_BORDERS);
  }

  private static Optional<RefusalReason> flaw(String name, List<String> values) {
    Predicate<String> form = FORMS.get(name);
    if (form == null && MEDIA_URL_NAME.test(name)) {
      form = MEDIA_URL;
    } else if (form == null && MEDIA_TYPE_NAME.test(name)) {
      form = MEDIA_TYPE;
    }
    if (form == null) {
      return Optional.empty();
    }
    if (distinct(values.stream()) > 1) {
      // Of two senders the first would count.
      return Optional.of(RefusalReason.MOVED_BORDERS);
    }
    return values.get(0).isEmpty() || form.test(values.get(0))
        ? Optional.empty()
        : Optional.of(RefusalReason.FIELD_FORM);
  }

  private static boolean isMissing(SignedForm form, boolean isForm) {
    if (form.messageSid().isEmpty() || form.field("AccountSid").isEmpty()) {
      return true;
    }
    boolean inConversation = form.field("EventType").isPresent();
    return inConversation
        ? form.field("Author").isEmpty()
        : form.field("From").isEmpty()
            || (isForm && (form.field("To").isEmpty() || form.given("Body").isEmpty()));
  }

  private boolean isOurs(String account) {
    return accounts.isEmpty() || accounts.contains(account);
  }

  /**
   * Twilio adds fields without notice; a new name is a word, and never a known name with an
   * appendix.
   */
  private static boolean isName(String name) {
    if (FORMS.containsKey(name)) {
      return true;
    }
    return PLAIN_WORD.test(name)
        && NEVER_EXTENDED.stream().noneMatch(name::startsWith)
        && EXTENDED.stream()
            .filter(name::startsWith)
            .map(known -> name.substring(known.length()))
            .allMatch(tail -> Character.isLowerCase(tail.charAt(0)) || NEXT_WORD.test(tail));
  }

  private static long distinct(Stream<String> values) {
    return values.map(value -> value.toLowerCase(java.util.Locale.ROOT)).distinct().count();
  }

  private static Predicate<String> form(String regex) {
    return Pattern.compile(regex).asMatchPredicate();
  }
}
