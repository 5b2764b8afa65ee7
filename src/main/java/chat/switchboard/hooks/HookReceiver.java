package chat.switchboard.hooks;

import chat.switchboard.hooks.Verification.HandshakeAnswer;
import chat.switchboard.hooks.Verification.Refused;
import chat.switchboard.hooks.Verification.Verified;
import chat.switchboard.http.FailedAuthentications;
import chat.switchboard.http.FixedWindowLimiter;
import chat.switchboard.http.LimitsConfig;
import chat.switchboard.http.ProblemException;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.mongo.LeaseConfig;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.ops.MachineTime;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.jboss.logging.Logger;

/**
 * Receives the webhooks of other services: verifies the raw bytes, stores the delivery, and begins
 * its processing. The response never waits longer than {@link #LONGEST}, because some services wait
 * only 3 s.
 */
@ApplicationScoped
public class HookReceiver {

  private static final Logger LOG = Logger.getLogger(HookReceiver.class);

  /** For one step in the database: two of them and the rest are below 3 s together. */
  private static final Duration STEP = Duration.ofMillis(1_100);

  /** For the whole response; the rest of the 3 s is for the network and for a busy machine. */
  private static final Duration LONGEST = Duration.ofMillis(2_000);

  /** The limit of a hook holds for ten seconds together: a service sends its events in bursts. */
  private static final Duration WINDOW = Duration.ofSeconds(10);

  /**
   * The webhooks that one client may send before the check of the signature, as a multiple of the
   * hook's limit.
   */
  private static final int UNCHECKED = 4;

  /** A larger body is verified on a worker thread; the hash of this one takes 0.2 ms. */
  private static final int LARGE = 64 * 1024;

  private final HookDirectory hooks;
  private final HookProcessor processor;
  private final HookWorkers workers;
  private final DeliveryStore store;
  private final DeliveryTrim trim;
  private final FailedAuthentications failures;
  private final WebhookVerifier verifier;
  private final FixedWindowLimiter perClient;
  private final FixedWindowLimiter perHook;
  private final int mostInFlight;
  private final LeaseConfig leaseConfig;
  private final MeterRegistry meters;
  private final Clock clock;
  private final AtomicInteger inFlight = new AtomicInteger();

  HookReceiver(
      HookDirectory hooks,
      HookProcessor processor,
      HookWorkers workers,
      DeliveryStore store,
      DeliveryTrim trim,
      FailedAuthentications failures,
      LimitsConfig limits,
      LeaseConfig leaseConfig,
      MeterRegistry meters,
      Clock clock,
      @MachineTime Clock machineClock) {
    this.hooks = hooks;
    this.processor = processor;
    this.workers = workers;
    this.store = store;
    this.trim = trim;
    this.failures = failures;
    this.verifier = new WebhookVerifier(machineClock);
    int inWindow = Math.multiplyExact(limits.hookPerSecond(), (int) WINDOW.toSeconds());
    this.perClient = new FixedWindowLimiter(Math.multiplyExact(UNCHECKED, inWindow), WINDOW, clock);
    this.perHook = new FixedWindowLimiter(inWindow, WINDOW, clock);
    this.mostInFlight = limits.hooksInFlight();
    this.leaseConfig = leaseConfig;
    this.meters = meters;
    this.clock = clock;
    Gauge.builder("switchboard.hooks.in.flight", inFlight, AtomicInteger::get).register(meters);
  }

  /** A place among the webhooks in flight: free when the response and the processing have ended. */
  private final class Place {

    private final AtomicInteger users = new AtomicInteger(1);

    private void use() {
      users.incrementAndGet();
    }

    private void leave() {
      if (users.decrementAndGet() == 0) {
        inFlight.decrementAndGet();
      }
    }
  }

  /**
   * Takes a webhook.
   *
   * @return fails with a {@link ProblemException}: 404, 410, 401 for a wrong signature or time, 429
   *     or 503
   */
  public Uni<HookAnswer> receive(String name, HookCall call) {
    long begin = System.nanoTime();
    if (!perClient.allows(name + ' ' + call.client())) {
      throw refusal("limited", limited());
    }
    if (inFlight.incrementAndGet() > mostInFlight) {
      inFlight.decrementAndGet();
      throw refusal(
          "busy",
          ProblemException.later(
              503, "Too many webhooks are in progress; try again later", Duration.ofSeconds(5)));
    }
    Place place = new Place();
    return Uni.createFrom()
        .deferred(() -> DatabaseRetry.within(STEP, hooks.find(name)))
        .flatMap(
            found -> {
              ActiveHook active = usable(found);
              WebhookRequest request = WebhookRequest.of(call.headers(), call.body(), call.url());
              return verified(active, request)
                  .flatMap(
                      verification ->
                          answer(active, request, verification, call.client(), place, begin));
            })
        .onTermination()
        .invoke(place::leave);
  }

  /**
   * Answers Meta's check of an address, a GET request without a signature.
   *
   * @return fails with a {@link ProblemException}: 404, 410, or 401 for a wrong token
   */
  public Uni<HookAnswer> subscribe(
      String name, String mode, String token, String challenge, String client) {
    return DatabaseRetry.within(STEP, hooks.find(name))
        .map(
            found -> {
              ActiveHook active = usable(found);
              Verification checked =
                  Handshakes.subscription(
                      active.scheme(),
                      active.secrets().stream()
                          .map(secret -> Handshakes.subscriptionToken(name, secret))
                          .toList(),
                      mode,
                      token,
                      challenge);
              if (checked instanceof HandshakeAnswer answer) {
                count("handshake");
                return new HookAnswer.Handshake(answer.contentType(), answer.body());
              }
              throw unsigned(name, ((Refused) checked).reason(), client);
            });
  }

  private ActiveHook usable(Optional<ActiveHook> found) {
    ActiveHook active =
        found.orElseThrow(
            () -> refusal("unknown", ProblemException.of(404, "No hook has this name")));
    if (!active.hook().enabled()) {
      throw refusal("disabled", ProblemException.of(410, "The hook is switched off"));
    }
    return active;
  }

  /** Verifies a large body on a worker thread, so that the hash does not block the event loop. */
  private Uni<Verification> verified(ActiveHook active, WebhookRequest request) {
    if (request.body().length <= LARGE) {
      return Uni.createFrom().item(verify(active, request));
    }
    return workers
        .run(() -> verify(active, request))
        .onFailure(HookWorkers.Busy.class)
        .transform(
            busy ->
                refusal(
                    "busy", ProblemException.later(503, busy.getMessage(), Duration.ofSeconds(5))));
  }

  private Verification verify(ActiveHook active, WebhookRequest request) {
    return verifier.verify(active.scheme(), active.secrets(), request, new LazyPayload(request));
  }

  /** Parses the body once, when it is asked for. */
  private static final class LazyPayload implements java.util.function.Supplier<Payload> {

    private final WebhookRequest request;
    private Payload payload;

    private LazyPayload(WebhookRequest request) {
      this.request = request;
    }

    @Override
    public Payload get() {
      if (payload == null) {
        payload = Payload.read(request.contentType(), request.body());
      }
      return payload;
    }
  }

  private Uni<HookAnswer> answer(
      ActiveHook active,
      WebhookRequest request,
      Verification verification,
      String client,
      Place place,
      long begin) {
    String name = active.hook().name();
    if (verification instanceof Refused refused) {
      throw unsigned(name, refused.reason(), client);
    }
    if (verification instanceof HandshakeAnswer handshake) {
      count("handshake");
      return Uni.createFrom()
          .item(new HookAnswer.Handshake(handshake.contentType(), handshake.body()));
    }
    if (!perHook.allows(name)) {
      throw refusal("limited", limited());
    }
    Verified verified = (Verified) verification;
    DeliveryEntity delivery = delivery(active, request, verified);
    return DatabaseRetry.within(
            STEP,
            isRepeated(delivery, verified)
                .flatMap(
                    repeated -> repeated ? Uni.createFrom().item(false) : store.keep(delivery)))
        .flatMap(
            isNew -> {
              if (!isNew) {
                count("duplicate");
                return Uni.createFrom().item(new HookAnswer.Kept("duplicate", delivery.id));
              }
              FaultPoint.reached("delivery kept");
              trim.kept(name, delivery.bytes);
              return process(active.hook(), delivery, place, begin);
            });
  }

  /** Whether the period before has the same body without an ID, and not long ago. */
  private Uni<Boolean> isRepeated(DeliveryEntity delivery, Verified verified) {
    return verified
        .lastPeriod()
        .map(
            id ->
                store.hasSince(
                    HookKeys.delivery(delivery.hook, id),
                    delivery.receivedAt.toInstant().minus(WebhookVerifier.REPEATED_WITHIN)))
        .orElseGet(() -> Uni.createFrom().item(false));
  }

  /** Processes the delivery; the response waits for the result until {@link #LONGEST} is over. */
  private Uni<HookAnswer> process(Hook hook, DeliveryEntity delivery, Place place, long begin) {
    place.use();
    Uni<DeliveryEntity> processing =
        processor
            .process(hook, delivery)
            .onTermination()
            .invoke(place::leave)
            .onFailure()
            .recoverWithItem(
                failure -> {
                  LOG.warnf(
                      "The delivery %s is kept and is processed later: %s",
                      delivery.id, Cause.of(failure));
                  return delivery;
                })
            .memoize()
            .indefinitely();
    processing.subscribe().with(done -> {});
    Duration left = LONGEST.minusNanos(System.nanoTime() - begin);
    return processing
        .map(done -> DeliveryState.SKIPPED.name().equals(done.state) ? "skipped" : "accepted")
        .ifNoItem()
        .after(left.toMillis() > 0 ? left : Duration.ofMillis(1))
        .recoverWithItem("accepted")
        .invoke(this::count)
        .map(status -> new HookAnswer.Kept(status, delivery.id));
  }

  private DeliveryEntity delivery(ActiveHook active, WebhookRequest request, Verified verified) {
    Instant now = clock.instant();
    DeliveryEntity delivery = new DeliveryEntity();
    delivery.id = HookKeys.delivery(active.hook().name(), verified.deliveryId());
    delivery.hook = active.hook().name();
    delivery.deliveryId = verified.deliveryId();
    delivery.event = verified.event();
    delivery.state = DeliveryState.ACCEPTED.name();
    delivery.headers = new Document();
    KeptHeaders.of(request, active.scheme()).forEach(delivery.headers::append);
    delivery.body = request.body();
    delivery.bytes = request.body().length;
    delivery.receivedAt = Date.from(now);
    delivery.nextAttemptAt = Date.from(now.plus(leaseConfig.lease()));
    delivery.attempts = 0;
    return delivery;
  }

  private ProblemException unsigned(String hook, String reason, String client) {
    LOG.infof("A webhook for the hook %s was refused: %s.", hook, reason);
    count("unsigned");
    return failures.answer(
        "hook",
        client,
        ProblemException.of(401, "The signature or the time of the webhook is not valid"));
  }

  private static ProblemException limited() {
    return ProblemException.later(
        429, "This hook receives too many webhooks; try again later", WINDOW);
  }

  private ProblemException refusal(String outcome, ProblemException refusal) {
    count(outcome);
    return refusal;
  }

  private void count(String outcome) {
    meters.counter("switchboard.hooks.webhooks", "outcome", outcome).increment();
  }
}
