package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** Receives the ends of texts, and the opt-outs of people. */
public interface TextNewsListener {

  /**
   * A text, or a part of a long text, that has arrived or does not arrive.
   *
   * @param key names the text and its end: the same end is told again after a crash
   * @param textId the id that callers know
   * @param part the number of the part, from 1
   * @param cause why the text does not arrive
   * @param words the text as the phone shows it; empty if it contains a code
   */
  record EndedText(
      String key,
      String textId,
      int part,
      int parts,
      boolean delivered,
      String conversationId,
      String phoneNumber,
      Optional<String> cause,
      Optional<String> words) {}

  /**
   * Whether the listener wants to hear of texts that have arrived, or of those that do not arrive.
   */
  boolean wants(boolean delivered);

  /** Takes the end of a text; after a failure or a crash the same end comes again. */
  Uni<Void> onEnded(EndedText text);

  /**
   * Takes an opt-out, before it is noted: a crash between the two brings the opt-out again if the
   * carrier repeats its request.
   *
   * @param cause the keyword, or the carrier's error code
   * @param sid the SID of the message in which the person opted out
   * @param at the time, in milliseconds since 1970
   */
  Uni<Void> onOptedOut(String person, String cause, Optional<String> sid, long at);
}
