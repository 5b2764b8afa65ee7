package chat.switchboard.outbound;

import chat.switchboard.address.Channel;
import chat.switchboard.address.MappingsConfig;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.address.PhoneIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * WhatsApp's windows: a business may write freely to a person only within 24 hours after the
 * person's last message to the service number. Other channels have no window.
 */
@ApplicationScoped
public class SessionWindows {

  /** WhatsApp's rule. */
  private static final Duration OPEN_FOR = Duration.ofHours(24);

  /** The service number if Twilio did not name a number. */
  private static final String ANY_NUMBER = "";

  private final SessionWindowStore store;
  private final OutboxEntries entries;
  private final Senders senders;
  private final PhoneIdentities identities;
  private final Clock clock;
  private final Duration retention;
  private final Event<WindowOpened> opened;

  SessionWindows(
      SessionWindowStore store,
      OutboxEntries entries,
      Senders senders,
      PhoneIdentities identities,
      Clock clock,
      MappingsConfig config,
      Event<WindowOpened> opened) {
    this.store = store;
    this.entries = entries;
    this.senders = senders;
    this.identities = identities;
    this.clock = clock;
    this.retention = config.retention();
    this.opened = opened;
  }

  /**
   * A known window.
   *
   * @param openUntil when the window closes, or has closed
   */
  public record Window(Instant openUntil, boolean isOpen) {}

  /**
   * A person and the number that the person wrote to.
   *
   * @param serviceNumber empty for the configured sender
   */
  public record Pair(String person, Optional<String> serviceNumber) {}

  /** Whether texts to this address have a window. */
  public static boolean has(String person) {
    return PhoneAddress.of(person).channel() == Channel.WHATSAPP;
  }

  /**
   * Returns the window of a person; empty on other channels, and if Switchboard has seen no message
   * of the person since the record of windows began.
   */
  public Uni<Optional<Window>> of(String person, Optional<String> serviceNumber) {
    Pair pair = new Pair(person, serviceNumber);
    return of(List.of(pair)).map(found -> Optional.ofNullable(found.get(pair)));
  }

  /** Returns the known windows, by one query. */
  public Uni<Map<Pair, Window>> of(Collection<Pair> pairs) {
    List<Pair> asked = pairs.stream().filter(pair -> has(pair.person())).toList();
    if (asked.isEmpty()) {
      return Uni.createFrom().item(Map.of());
    }
    return store
        .get(asked.stream().flatMap(pair -> ids(pair).stream()).distinct().toList())
        .map(
            found -> {
              Map<Pair, Window> windows = new HashMap<>();
              asked.forEach(
                  pair ->
                      window(found.stream().filter(one -> ids(pair).contains(one.id)).toList())
                          .ifPresent(window -> windows.put(pair, window)));
              return windows;
            });
  }

  private List<String> ids(Pair pair) {
    String account = PhoneAddress.of(pair.person()).account();
    List<String> ids = new ArrayList<>(List.of(id(account, ANY_NUMBER)));
    senders
        .of(pair.serviceNumber(), pair.person())
        .ifPresent(sender -> ids.add(id(account, sender)));
    return ids;
  }

  private Optional<Window> window(List<SessionWindow> records) {
    Optional<Instant> written =
        records.stream()
            .filter(one -> one.writtenAt != null)
            .map(one -> one.writtenAt.toInstant())
            .max(Instant::compareTo);
    Optional<Instant> refused =
        records.stream()
            .filter(one -> one.refusedAt != null)
            .map(one -> one.refusedAt.toInstant())
            .max(Instant::compareTo);
    Optional<Instant> end = written.map(at -> at.plus(OPEN_FOR));
    boolean wasRefused = refused.isPresent() && written.filter(refused.get()::isBefore).isEmpty();
    if (wasRefused) {
      return Optional.of(
          new Window(end.filter(refused.get()::isAfter).orElse(refused.get()), false));
    }
    return end.map(at -> new Window(at, clock.instant().isBefore(at)));
  }

  /**
   * Notes that a person has written, which opens the window, and lets the texts go that wait for
   * the window. A message on another channel changes nothing.
   *
   * @param ours the service number, and its messaging service
   * @param releases whether the waiting texts go: not if the person asks to stop texts
   */
  public Uni<Void> wrote(String person, Collection<String> ours, boolean releases) {
    if (!has(person)) {
      return Uni.createFrom().voidItem();
    }
    Date now = new Date(clock.millis());
    return identities
        .of(person)
        .call(who -> store.wrote(records(who, ours, now)))
        .flatMap(
            who -> releases ? entries.wakeForWindow(who.names(), now) : Uni.createFrom().item(0L))
        .invoke(this::announce)
        .replaceWithVoid();
  }

  /** Lets a text go whose window was opened while the text was being held. */
  Uni<Void> recheck(OutboxEntry held) {
    return of(held.phoneNumber, Optional.ofNullable(held.sender))
        .flatMap(
            window ->
                window.filter(Window::isOpen).isPresent()
                    ? entries.wakeForWindow(List.of(held.phoneNumber), new Date(clock.millis()))
                    : Uni.createFrom().item(0L))
        .invoke(this::announce)
        .replaceWithVoid();
  }

  private List<SessionWindow> records(PhoneIdentity who, Collection<String> ours, Date now) {
    return accounts(who).stream()
        .flatMap(account -> ours.stream().map(number -> record(account, number, now)))
        .toList();
  }

  private SessionWindow record(String account, String number, Date now) {
    SessionWindow record = new SessionWindow();
    record.id = id(account, number);
    record.account = account;
    record.writtenAt = now;
    record.forgetAt = forgetAt();
    return record;
  }

  private void announce(long woken) {
    if (woken > 0) {
      opened.fire(new WindowOpened());
    }
  }

  /**
   * Notes that WhatsApp refused a text because the window was closed.
   *
   * @param at the time at which the text was sent
   */
  Uni<Void> refused(String person, String sender, Date at) {
    String account = PhoneAddress.of(person).account();
    return store.refused(id(account, sender), account, at, forgetAt());
  }

  /** Removes the windows of the person with these names. */
  public Uni<Void> forget(Collection<String> names) {
    return store
        .remove(names.stream().map(name -> PhoneAddress.of(name).account()).distinct().toList())
        .replaceWithVoid();
  }

  private static List<String> accounts(PhoneIdentity who) {
    return who.names().stream().map(name -> PhoneAddress.of(name).account()).distinct().toList();
  }

  private static String id(String account, String serviceNumber) {
    return account + " " + PhoneAddress.of(serviceNumber).value();
  }

  private Date forgetAt() {
    return Date.from(clock.instant().plus(retention));
  }
}
