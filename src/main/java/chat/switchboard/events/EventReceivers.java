package chat.switchboard.events;

import chat.switchboard.http.ProblemException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The receivers of events, for operators. */
@Singleton
public class EventReceivers {

  private static final Logger LOG = Logger.getLogger(EventReceivers.class);

  private final EventEndpoints endpoints;
  private final EndpointStore health;
  private final EventStore events;

  EventReceivers(EventEndpoints endpoints, EndpointStore health, EventStore events) {
    this.endpoints = endpoints;
    this.health = health;
    this.events = events;
  }

  /**
   * A receiver.
   *
   * @param origin the scheme, the host and the port of the address; a path may contain a secret
   * @param types the names of the events
   * @param waiting the number of waiting events; 1001 means more than 1,000
   * @param failingSince the first failure since the last success
   * @param offSince since when the receiver is switched off
   * @param cause the last failure
   */
  public record Receiver(
      String name,
      String origin,
      List<String> types,
      long waiting,
      Optional<Instant> failingSince,
      Optional<Instant> offSince,
      Optional<String> cause) {}

  /** All receivers, by their names. */
  public Uni<List<Receiver>> all() {
    return Multi.createFrom()
        .iterable(endpoints.all())
        .onItem()
        .transformToUniAndConcatenate(this::look)
        .collect()
        .asList();
  }

  /** Switches a receiver on again; empty if there is none with this name. */
  public Uni<Receiver> resume(String name) {
    EventEndpoint endpoint =
        endpoints
            .find(name)
            .orElseThrow(
                () ->
                    ProblemException.of(
                        404,
                        "The configuration has no receiver with this name (switchboard.events)"));
    return health
        .healthy(endpoint)
        .invoke(() -> LOG.infof("The receiver %s is switched on.", endpoint))
        .chain(() -> look(endpoint));
  }

  private Uni<Receiver> look(EventEndpoint endpoint) {
    return Uni.combine()
        .all()
        .unis(health.find(endpoint), events.waiting(endpoint.name()))
        .with(
            (known, waiting) ->
                new Receiver(
                    endpoint.name(),
                    endpoint.origin(),
                    endpoint.types().stream().map(EventType::wire).toList(),
                    waiting,
                    known.map(one -> one.failingSince).map(Date::toInstant),
                    known.map(one -> one.offSince).map(Date::toInstant),
                    known.map(one -> one.cause)));
  }
}
