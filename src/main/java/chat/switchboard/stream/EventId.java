package chat.switchboard.stream;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.types.ObjectId;

/**
 * The place of an event in its user's stream: the message's {@code createdAt} in milliseconds, its
 * {@code _id}, and the process that issued the id. An id with zeros for the {@code _id} is the
 * place between events at that moment. Made of digits, letters and dashes, so that it cannot end a
 * line.
 *
 * @param process the process that issued the id, since each process has its own order of events;
 *     empty for an id that says nothing about an order, such as the ids of a version that did not
 *     name the process
 */
record EventId(long at, ObjectId message, String process) {

  private static final Pattern FORM =
      Pattern.compile("(\\d{1,15})-([0-9a-f]{24})(?:-([0-9a-z]{1,16}))?");

  /** The place at this moment. */
  static EventId at(long moment, String process) {
    return new EventId(moment, none(), process);
  }

  /** Parses an id that a client sent; empty if this service did not issue it. */
  static Optional<EventId> parse(String text) {
    Matcher form = FORM.matcher(text);
    return form.matches()
        ? Optional.of(
            new EventId(
                Long.parseLong(form.group(1)),
                new ObjectId(form.group(2)),
                form.group(3) == null ? "" : form.group(3)))
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
    String place = at + "-" + message.toHexString();
    return process.isEmpty() ? place : place + "-" + process;
  }
}
