package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Optional;

/** Decides how a text gets to a person on WhatsApp, by the person's window. */
@ApplicationScoped
class WindowPolicy {

  /** WhatsApp's refusal of a free text outside the window. */
  static final int CLOSED = 63016;

  private final SessionWindows windows;
  private final ReopenTemplate reopen;
  private final WindowConfig config;
  private final Clock clock;

  WindowPolicy(SessionWindows windows, ReopenTemplate reopen, WindowConfig config, Clock clock) {
    this.windows = windows;
    this.reopen = reopen;
    this.config = config;
    this.clock = clock;
  }

  /** The decision on a text. */
  sealed interface Decision {

    /** The text goes as it is. */
    record Free() implements Decision {}

    /** The text goes as the configured template. */
    record AsTemplate() implements Decision {}

    /**
     * The text waits for the person's next message.
     *
     * @param until when the text fails
     */
    record Wait(Date until, String cause) implements Decision {}

    /** The text fails. */
    record Fail(String cause) implements Decision {}
  }

  /**
   * Decides on a text. If no message of the person is known, the text goes as it is: Twilio's
   * answer tells whether the window is closed.
   *
   * @param words the words of the text
   */
  Uni<Decision> decide(OutboxEntry entry, String words) {
    if (entry.template != null || !SessionWindows.has(entry.phoneNumber)) {
      return Uni.createFrom().item(new Decision.Free());
    }
    return windows
        .of(entry.phoneNumber, Optional.ofNullable(entry.sender))
        .map(
            window ->
                window.isEmpty() || window.get().isOpen()
                    ? new Decision.Free()
                    : outside(entry, words, Optional.of(window.get())));
  }

  /** Notes that WhatsApp refused the text because the window was closed. */
  Uni<Void> refused(OutboxEntry entry, Date triedAt) {
    return windows.refused(entry.phoneNumber, entry.sender, triedAt);
  }

  private Decision outside(
      OutboxEntry entry, String words, Optional<SessionWindows.Window> window) {
    String closed =
        "WhatsApp's window is closed"
            + window
                .map(known -> " since " + known.openUntil().truncatedTo(ChronoUnit.SECONDS))
                .orElse("");
    OutsideWindow rule = rule(entry);
    if (rule == OutsideWindow.FAIL) {
      return new Decision.Fail(
          closed + ": the person has not written for 24 hours, and only a template would arrive");
    }
    if (rule == OutsideWindow.TEMPLATE && reopen.carries(entry, words)) {
      return new Decision.AsTemplate();
    }
    Date until = until(entry);
    if (!until.toInstant().isAfter(clock.instant())) {
      return new Decision.Fail(
          "The person has not written for "
              + days()
              + " in which the text waited for WhatsApp's"
              + " window (switchboard.whatsapp.longest-hold)");
    }
    return new Decision.Wait(
        until,
        closed
            + "; the text waits for the person's next message until "
            + until.toInstant().truncatedTo(ChronoUnit.SECONDS)
            + (rule == OutsideWindow.TEMPLATE ? ", since the template cannot carry it" : ""));
  }

  boolean hasTemplate() {
    return reopen.isConfigured();
  }

  private OutsideWindow rule(OutboxEntry entry) {
    return entry.outsideWindow == null ? config.outsideWindow() : entry.outsideWindow;
  }

  /** The wait ends at one time, however often the text is held. */
  private Date until(OutboxEntry entry) {
    return entry.windowUntil != null
        ? entry.windowUntil
        : Date.from(clock.instant().plus(config.longestHold()));
  }

  private String days() {
    long hours = config.longestHold().toHours();
    return hours % 24 == 0 ? hours / 24 + " days" : hours + " hours";
  }

  /** The wait of a refused text that goes as the template next. */
  Decision.Wait templateNext(OutboxEntry entry) {
    return new Decision.Wait(
        until(entry), "WhatsApp's window has closed meanwhile; the text goes as the template");
  }

  /** Decides on a text that WhatsApp has refused. */
  Decision afterRefusal(OutboxEntry entry, String words) {
    return outside(entry, words, Optional.empty());
  }
}
