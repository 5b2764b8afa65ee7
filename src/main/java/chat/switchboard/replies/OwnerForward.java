package chat.switchboard.replies;

import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageSeen;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.SwitchboardConfig;
import chat.switchboard.phone.PhoneAddress;
import chat.switchboard.routing.Desk;
import chat.switchboard.routing.Mapping;
import chat.switchboard.routing.Mappings;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Sends what the owner types in LibreChat to the phones of the people in that conversation, where
 * that is wanted. Every replica may see the same message: each text goes once.
 */
@ApplicationScoped
class OwnerForward {

  private static final Logger LOG = Logger.getLogger(OwnerForward.class);

  /**
   * An old history is not sent, should it be read again or the setting be new. Within this time we
   * may have been away, and what was typed then still goes.
   */
  private static final Duration OLDEST = Duration.ofMinutes(10);

  private static final int LARGEST_GROUP = 100;

  /** Looking at more at once would only keep the database from the others. */
  private static final int AT_ONCE = 256;

  private static final int TRIES = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final Mappings mappings;
  private final Desk desk;
  private final Sending sending;
  private final SwitchboardConfig config;
  private final Clock clock;
  private final MeterRegistry meters;
  private final AtomicInteger inFlight = new AtomicInteger();

  OwnerForward(
      Mappings mappings,
      Desk desk,
      Sending sending,
      SwitchboardConfig config,
      Clock clock,
      MeterRegistry meters) {
    this.mappings = mappings;
    this.desk = desk;
    this.sending = sending;
    this.config = config;
    this.clock = clock;
    this.meters = meters;
  }

  /** A message was seen in the database; nobody waits for what is done with it. */
  void onSeen(@Observes MessageSeen seen) {
    Message message = seen.message();
    if (!isToGoOut(message)) {
      return;
    }
    if (inFlight.incrementAndGet() > AT_ONCE) {
      inFlight.decrementAndGet();
      LOG.errorf("Message %s was not forwarded: too many at once.", message.messageId);
      return;
    }
    forward(message)
        .onFailure()
        .retry()
        .withBackOff(FIRST_PAUSE, LONGEST_PAUSE)
        .atMost(TRIES)
        .onTermination()
        .invoke(inFlight::decrementAndGet)
        .subscribe()
        .with(
            phones -> {
              if (phones > 0) {
                meters.counter("switchboard.forwarded").increment(phones);
              }
            },
            failure ->
                LOG.errorf(
                    "Message %s was not forwarded: %s", message.messageId, Cause.of(failure)));
  }

  /** The owner's own words, and the agent's where that is wanted; never what came from outside. */
  private boolean isToGoOut(Message message) {
    boolean wanted = Boolean.TRUE.equals(message.createdByUser) || config.forwardAgent();
    return wanted
        && !message.fromOutside()
        && !Boolean.TRUE.equals(message.unfinished)
        && !Boolean.TRUE.equals(message.error)
        && message.createdAt != null
        && message.createdAt.toInstant().isAfter(clock.instant().minus(OLDEST));
  }

  private Uni<Integer> forward(Message message) {
    return mappings
        .of(message.conversationId, LARGEST_GROUP)
        .map(people -> phones(message, people))
        .flatMap(phones -> sending.words(message, phones).replaceWith(phones.size()));
  }

  private List<Phone> phones(Message message, List<Mapping> people) {
    List<Phone> phones = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (Mapping mapping : people) {
      boolean goes =
          message.user.equals(mapping.user)
              // No text of ours goes into a group of Twilio's own.
              && mapping.conversationSid == null
              && !Phone.isOurs(mapping.phoneNumber, config)
              && desk.forwardOwner(mapping);
      if (goes && known.add(PhoneAddress.of(mapping.phoneNumber).account())) {
        phones.add(
            new Phone(
                mapping.phoneNumber,
                Optional.ofNullable(mapping.serviceNumber).filter(number -> !number.isEmpty())));
      }
    }
    return phones;
  }
}
