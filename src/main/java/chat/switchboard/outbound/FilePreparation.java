package chat.switchboard.outbound;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.mongo.Backoff;
import chat.switchboard.mongo.WhileIdle;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.ops.Periodic;
import chat.switchboard.outbound.OutgoingFiles.Fetched;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * Fetches the files of queued texts before their turn, so that a slow server of one file delays the
 * texts to one person and no others. A text waits in the outbox meanwhile; a process that dies
 * leaves a claim that ends, and the next process fetches what is missing.
 */
@ApplicationScoped
class FilePreparation {

  private static final Logger LOG = Logger.getLogger(FilePreparation.class);

  private static final Periodic PERIODIC = new Periodic(LOG, "Looking for texts with files");

  /**
   * When a lane looks at a text whose files are not fetched: only a lost claim lets a text wait so
   * long.
   */
  static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

  /** Longer than the fetch of ten files within their time limits takes. */
  private static final Duration LEASE = Duration.ofMinutes(12);

  /** Texts whose files are fetched at once; each holds one file in the spool directory. */
  private static final int AT_ONCE = 4;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final OutboxEntries entries;
  private final OutgoingFiles outgoingFiles;
  private final Outbox outbox;
  private final OutboxEntryFactory factory;
  private final MmsReach mms;
  private final Transitions transitions;
  private final OutboxConfig config;
  private final Clock clock;
  private final Backoff backoff;
  private final MeterRegistry meters;
  private final Event<TextQueued> queued;
  private final AtomicInteger running = new AtomicInteger();
  private volatile boolean stopping;

  FilePreparation(
      OutboxEntries entries,
      OutgoingFiles outgoingFiles,
      Outbox outbox,
      OutboxEntryFactory factory,
      MmsReach mms,
      Transitions transitions,
      OutboxConfig config,
      Clock clock,
      RandomGenerator random,
      MeterRegistry meters,
      Event<TextQueued> queued) {
    this.entries = entries;
    this.outgoingFiles = outgoingFiles;
    this.outbox = outbox;
    this.factory = factory;
    this.mms = mms;
    this.transitions = transitions;
    this.config = config;
    this.clock = clock;
    this.backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, random);
    this.meters = meters;
    this.queued = queued;
  }

  void onQueued(@Observes FilesQueued text) {
    work();
  }

  void onStop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
    stopping = true;
  }

  @Scheduled(
      every = "5s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = WhileIdle.class)
  Uni<Void> sweep() {
    return PERIODIC.run(
        entries
            .hasDueFiles(now())
            .invoke(
                due -> {
                  if (due) {
                    work();
                  }
                }));
  }

  /** Begins one more worker, unless there are enough; a worker goes on until nothing is due. */
  private void work() {
    if (stopping || running.getAndUpdate(n -> Math.min(AT_ONCE, n + 1)) >= AT_ONCE) {
      return;
    }
    entries
        .claimFiles(now(), in(LEASE))
        .flatMap(
            claimed ->
                claimed
                    .map(entry -> prepare(entry).replaceWith(true))
                    .orElseGet(() -> Uni.createFrom().item(false)))
        .onFailure()
        .invoke(failure -> LOG.warnf("Fetching the files of a text failed: %s", Cause.of(failure)))
        .onFailure()
        .recoverWithItem(false)
        .subscribe()
        .with(
            more -> {
              running.decrementAndGet();
              if (more) {
                work();
              }
            });
  }

  private Uni<Void> prepare(OutboxEntry entry) {
    FaultPoint.reached("fetching");
    List<EntryFile> files = EntryFile.of(entry);
    List<Step> steps = new ArrayList<>();
    return Multi.createFrom()
        .iterable(files)
        .onItem()
        .transformToUniAndConcatenate(file -> fetch(entry, file).invoke(steps::add))
        .collect()
        .asList()
        .flatMap(done -> settle(entry, List.copyOf(steps)));
  }

  /**
   * What one attempt made of a file.
   *
   * @param later the pause before the next attempt, if one is wanted
   * @param failed why the text cannot go
   */
  private record Step(EntryFile file, Optional<Duration> later, Optional<String> failed) {}

  private Uni<Step> fetch(OutboxEntry entry, EntryFile file) {
    return outgoingFiles
        .fetch(file.file())
        .map(
            fetched -> {
              if (fetched instanceof Fetched.Ready ready) {
                return new Step(file.fetched(ready), Optional.empty(), Optional.empty());
              }
              if (fetched instanceof Fetched.TryLater later
                  && entry.filesAttempts < config.fileAttempts()) {
                return new Step(
                    file.notFetched(later.cause()),
                    Optional.of(later.after().orElse(Duration.ZERO)),
                    Optional.empty());
              }
              String cause =
                  fetched instanceof Fetched.Failed failed
                      ? failed.cause()
                      : ((Fetched.TryLater) fetched).cause();
              return new Step(
                  file.notFetched(cause),
                  Optional.empty(),
                  Optional.of(cause).filter(why -> file.file().isRequired()));
            });
  }

  private Uni<Void> settle(OutboxEntry entry, List<Step> steps) {
    FaultPoint.reached("fetched");
    Optional<String> failed = steps.stream().flatMap(step -> step.failed().stream()).findFirst();
    if (failed.isPresent()) {
      return fail(entry, failed.get());
    }
    Optional<Step> waiting = steps.stream().filter(step -> step.later().isPresent()).findFirst();
    if (waiting.isPresent()) {
      count("retried");
      Duration pause =
          backoff.delay(entry.filesAttempts).plus(bounded(waiting.get().later().get()));
      return entries.filesLater(
          entry,
          waiting.get().file().cause().orElse(null),
          in(pause),
          in(pause.plus(LONGEST_WAIT)));
    }
    List<EntryFile> files = steps.stream().map(Step::file).toList();
    Optional<String> words = outbox.body(entry);
    if (words.isEmpty()) {
      // The lane makes such a text a dead letter, with the cause.
      return ready(entry, files, new Segments(entry.segments, entry.encoding));
    }
    List<EntryFile> routed = route(entry, words.get(), files);
    return ready(entry, routed, factory.segments(entry, words.get(), routed));
  }

  private static Duration bounded(Duration asked) {
    return asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
  }

  private List<EntryFile> route(OutboxEntry entry, String words, List<EntryFile> files) {
    List<EntryFile> here =
        files.stream().filter(file -> !file.isAhead() && file.route().isEmpty()).toList();
    List<FileRoute> routes =
        FileRoutes.of(
            PhoneAddress.of(entry.phoneNumber).channel(),
            mms.has(entry.sender, entry.phoneNumber),
            !words.isBlank(),
            here.stream()
                .map(file -> new FileRoutes.Facts(file.file().type().orElse(""), file.bytes()))
                .toList());
    List<EntryFile> routed = new ArrayList<>();
    int next = 0;
    for (EntryFile file : files) {
      boolean decided = file.isAhead() || file.route().isPresent();
      EntryFile known = decided ? file : file.by(routes.get(next++));
      routed.add(known);
      if (!known.isAhead()) {
        count(known.route().orElseThrow().name().toLowerCase(Locale.ROOT));
      }
    }
    return routed;
  }

  private Uni<Void> ready(OutboxEntry entry, List<EntryFile> files, Segments segments) {
    return entries
        .filesFetched(entry, EntryFile.stored(files), segments, now())
        .invoke(() -> queued.fire(new TextQueued(entry.sender)));
  }

  /** No part of the text was sent: all parts wait for this one. */
  private Uni<Void> fail(OutboxEntry entry, String why) {
    count("failed");
    String cause = "A file of the text cannot be sent: " + why;
    LOG.warnf("Text %s is not sent. %s", entry.textId, cause);
    return entries
        .parts(entry.textId)
        .onItem()
        .transformToMulti(parts -> Multi.createFrom().iterable(parts))
        .onItem()
        .transformToUniAndConcatenate(
            part ->
                transitions.end(
                    OutboxCondition.inState(part, OutboxState.QUEUED),
                    OutboxState.FAILED,
                    cause,
                    OutboxChange.noFilesDue()))
        .collect()
        .asList()
        .replaceWithVoid();
  }

  private void count(String outcome) {
    meters.counter("switchboard.sms.files", "outcome", outcome).increment();
  }

  private Date now() {
    return in(Duration.ZERO);
  }

  private Date in(Duration pause) {
    return new Date(clock.millis() + pause.toMillis());
  }
}
