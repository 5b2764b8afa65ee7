package chat.switchboard.twilio;

import chat.switchboard.twilio.SignedString.Part;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds requests whose borders between fields differ from Twilio's. The signed text of a genuine
 * webhook contains {@code AccountSidAC…}, {@code MessageSidSM…}, {@code From+1…}, {@code To+1…},
 * and so does every request with moved borders. Each such mark must be a separate field, name and
 * value, in this request. A mark at any other place (in another value, in a name, across a border,
 * in the query of the URL) is the rest of a genuine field that a forged field has replaced.
 *
 * <p>The one exception is {@code Body}, in which a person may type anything. Twilio signs the
 * fields in order of their names, and in a text message the sender controls no field behind {@code
 * Body}: a Body that is extended over the genuine sender leaves no text for a forged sender. If the
 * sender controls a field behind Body (the name of a profile, the label of a place), a Body that
 * reaches over the genuine fields up to that field is refused.
 *
 * <p>The check does not find moved borders that keep id, account, sender and destination, and only
 * shorten the Body. Such a request carries the same message, which is stored once (by its id).
 */
final class MovedBorders {

  private static final Pattern SID =
      Pattern.compile(
          "(SmsMessageSid|MessageSid|SmsSid|AccountSid|MessagingServiceSid|ConversationSid)"
              + "((?:SM|MM|IM|AC|MG|CH)[0-9a-fA-F]{32})");

  private static final Pattern ADDRESS =
      Pattern.compile(
          "(From|To|Author)(\\+[0-9]{5}"
              + "|(?:whatsapp|rcs|messenger|sip|client|viber|instagram|line):\\S)");

  /** A longer name that ends with one of these names, such as {@code OriginalRepliedMessageSid}. */
  private static final Pattern LONGER_NAME = Pattern.compile("[A-Z][A-Za-z]+");

  /** Fields behind MessageSid that contain the sender's own text. */
  private static final List<String> FREE = List.of("ProfileName", "Referral", "OriginalReplied");

  private static final Set<String> SIDS =
      Set.of(
          "SmsMessageSid",
          "MessageSid",
          "SmsSid",
          "AccountSid",
          "MessagingServiceSid",
          "ConversationSid");

  private final SignedString signed;
  private final boolean isPlace;

  private MovedBorders(SignedString signed) {
    this.signed = signed;
    this.isPlace = signed.parts().stream().anyMatch(part -> part.name().equals("Latitude"));
  }

  static boolean isIn(SignedString signed) {
    MovedBorders borders = new MovedBorders(signed);
    return borders.isSidOutOfPlace() || borders.isAddressOutOfPlace() || borders.isBodyTooLong();
  }

  private boolean isSidOutOfPlace() {
    Matcher mark = SID.matcher(signed.text());
    while (mark.find()) {
      Part part = partAt(mark.start(2));
      boolean isField =
          part != null
              && part.value() == mark.start(2)
              && part.end() == mark.end(2)
              && (SIDS.contains(part.name()) || LONGER_NAME.matcher(part.name()).matches());
      if (!isField && !isInBody(mark)) {
        return true;
      }
    }
    return false;
  }

  private boolean isAddressOutOfPlace() {
    Matcher mark = ADDRESS.matcher(signed.text());
    while (mark.find()) {
      Part part = partAt(mark.start(2));
      boolean isField =
          part != null
              && part.value() == mark.start(2)
              && (part.name().equals(mark.group(1)) || isHarmless(part, mark.group(1)));
      if (!isField && !isInBody(mark)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A longer name, such as {@code ForwardedFrom}, could be the genuine sender behind a forged
   * sender ({@code From=…} and {@code XFrom=…}, cut from the Body). By the order of the names this
   * is possible only behind From and before MessageSid, or behind To.
   */
  private boolean isHarmless(Part part, String mark) {
    if (isPlace || !LONGER_NAME.matcher(part.name()).matches()) {
      return false;
    }
    int place = part.start();
    return place < startOf(mark) || (!mark.equals("To") && place > startOf("MessageSid"));
  }

  private boolean isBodyTooLong() {
    Part body = part("Body");
    if (body == null) {
      return false;
    }
    String text = signed.text().substring(body.value(), body.end());
    // The first mark allows the longest forged field.
    int from = endOfFirst("From", text);
    int author = endOfFirst("Author", text);
    return (from >= 0 && (isPlace || reachesFreeText(text, from)))
        || (author >= 0 && part("Author") != null && text.indexOf("Body", author) >= 0);
  }

  private static int endOfFirst(String name, String body) {
    Matcher address = ADDRESS.matcher(body);
    while (address.find()) {
      if (address.group(1).equals(name)) {
        return address.end();
      }
    }
    return -1;
  }

  private static boolean reachesFreeText(String body, int from) {
    Matcher sid = SID.matcher(body);
    return sid.find(from) && FREE.stream().anyMatch(name -> body.indexOf(name, sid.end()) >= 0);
  }

  private boolean isInBody(Matcher mark) {
    Part part = partAt(mark.start());
    return part != null
        && part.name().equals("Body")
        && mark.start() >= part.value()
        && mark.end() <= part.end();
  }

  /** Returns the field of the character at this index; null for the URL. */
  private Part partAt(int place) {
    int low = 0;
    int high = signed.parts().size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Part part = signed.parts().get(middle);
      if (place < part.start()) {
        high = middle - 1;
      } else if (place >= part.end()) {
        low = middle + 1;
      } else {
        return part;
      }
    }
    return null;
  }

  private Part part(String name) {
    return signed.parts().stream()
        .filter(part -> part.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private int startOf(String name) {
    Part part = part(name);
    return part == null ? -1 : part.start();
  }
}
