package chat.switchboard.stream;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.types.ObjectId;

/**
 * The place of an event in its user's stream: the message's {@code createdAt} in milliseconds and
 * its {@code _id}. An id with zeros for the {@code _id} is the place between events at that moment.
 * Made of digits, letters and a dash, so that it cannot end a line.
 */
record EventId(long at, ObjectId message) {

  private static final Pattern FORM = Pattern.compile("(\\d{1,15})-([0-9a-f]{24})");

  /** The place at this moment. */
  static EventId at(long moment) {
    return new EventId(moment, none());
  }

  /** Parses an id that a client sent; empty if this service did not issue it. */
  static Optional<EventId> parse(String text) {
    Matcher form = FORM.matcher(text);
    return form.matches()
        ? Optional.of(new EventId(Long.parseLong(form.group(1)), new ObjectId(form.group(2))))
        : Optional.empty();
  }

  /** Whether the id names a moment and not a message. */
  boolean isMoment() {
    return message.equals(none());
  }

  /** Created for each call: static fields of a native image cannot contain an ObjectId. */
  private static ObjectId none() {
    return new ObjectId(new byte[12]);
  }

  @Override
  public String toString() {
    return at + "-" + message.toHexString();
  }
}
