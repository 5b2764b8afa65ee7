package chat.switchboard.api;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.http.ProblemException;
import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/** Refuses a text to several people at once, with the reason. */
final class OneRecipient {

  private static final String FIELD = "to";

  private static final String REASON =
      ": a text goes to one person, who has agreed to texts and whose answer belongs to one "
          + "conversation; send a request for each person, or POST "
          + "/api/sms/conversations/{conversationId} for the people of a conversation";

  /** Comma, semicolon and bar in the scripts of the world, once NFKC has made them narrow. */
  private static final Pattern SEPARATOR = Pattern.compile("[,;|\\n\u060C\u061B\u3001]");

  private static final Pattern PLUS = Pattern.compile("[^+]*\\+[^+]*\\+.*", Pattern.DOTALL);
  private static final Pattern SPACE = Pattern.compile("[\\p{Z}\\s]+");

  /** No part of one number that is grouped by spaces has so many digits. */
  private static final Pattern WHOLE_NUMBER =
      Pattern.compile("\\+?(?=(?:[^\\p{Nd}]*\\p{Nd}){9})[\\p{Nd}()./-]+");

  private static final Set<Channel> NUMBERED =
      Set.of(Channel.SMS, Channel.WHATSAPP, Channel.RCS, Channel.MESSENGER);

  private OneRecipient() {}

  /**
   * Checks the recipient of a body.
   *
   * @throws ProblemException 400 with the reason
   */
  static void check(JsonNode body) {
    JsonNode to = body.path(FIELD);
    if (to.isArray()) {
      throw ProblemException.of(400, FIELD + " must be one phone number, not a list" + REASON);
    }
    if (to.isObject()) {
      throw ProblemException.of(400, FIELD + " must be one phone number, not an object" + REASON);
    }
    if (to.isTextual() && isSeveral(to.textValue())) {
      throw ProblemException.of(
          400, FIELD + " must be one phone number, not several numbers in one text" + REASON);
    }
    if (to.isNumber() || to.isBoolean()) {
      throw ProblemException.of(
          400,
          FIELD
              + " must be a text such as \"+15551234567\": a number in JSON has no plus sign and "
              + "can lose digits");
    }
  }

  private static boolean isSeveral(String typed) {
    if (typed.length() > 10_000) {
      return false;
    }
    String plain = Normalizer.normalize(typed, Normalizer.Form.NFKC).strip();
    if (!NUMBERED.contains(PhoneAddress.of(plain).channel())) {
      return false;
    }
    boolean twoNumbers =
        PLUS.matcher(plain).matches()
            || Arrays.stream(SPACE.split(plain))
                    .filter(word -> WHOLE_NUMBER.matcher(word).matches())
                    .count()
                > 1;
    return twoNumbers || (!plain.contains("@") && SEPARATOR.matcher(plain).find());
  }
}
