package chat.switchboard.hooks;

import chat.switchboard.http.ProblemException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;
import org.jboss.logging.Logger;

/**
 * Makes, changes and tries hooks for operators. A hook of the configuration has precedence over a
 * stored one with the same name, and cannot be changed here.
 */
@ApplicationScoped
public class HookAdmin {

  private static final Logger LOG = Logger.getLogger(HookAdmin.class);

  private static final int MOST_TRIES = 5;

  private final HookStore store;
  private final ConfiguredHooks configured;
  private final HookSecrets sealer;
  private final HookPreviewer previewer;
  private final HookValidator validator;
  private final Clock clock;

  HookAdmin(
      HookStore store,
      ConfiguredHooks configured,
      HookSecrets sealer,
      HookPreviewer previewer,
      HookTemplates templates,
      Clock clock) {
    this.store = store;
    this.configured = configured;
    this.sealer = sealer;
    this.previewer = previewer;
    this.validator = new HookValidator(templates);
    this.clock = clock;
  }

  /** A new hook, and its secret if Switchboard has made the secret. */
  public record Made(ManagedHook hook, NewSecret secret) {}

  /** All hooks by their names: at most 500 stored ones and those of the configuration. */
  public Uni<List<ManagedHook>> all() {
    return store
        .all()
        .map(
            stored -> {
              List<ManagedHook> all = new ArrayList<>();
              configured.all().forEach(hook -> all.add(shown(hook)));
              Set<String> names =
                  all.stream().map(one -> one.hook().name()).collect(Collectors.toSet());
              stored.stream()
                  .filter(entity -> !names.contains(entity.id))
                  .forEach(entity -> all.add(shown(entity)));
              all.sort(Comparator.comparing(one -> one.hook().name()));
              return all;
            });
  }

  /** The hook with this name. */
  public Uni<Optional<ManagedHook>> find(String name) {
    Optional<Hook> own = configured.find(name);
    return own.isPresent()
        ? Uni.createFrom().item(own.map(this::shown))
        : store.findById(name).map(found -> Optional.ofNullable(found).map(this::shown));
  }

  /**
   * Stores a new hook; without secrets one is made.
   *
   * @return fails with a {@link ProblemException}: 400 for a wrong field, 409 for a used name or
   *     too many hooks
   */
  public Uni<Made> create(Hook hook, List<String> secrets) {
    check(hook, secrets);
    if (configured.find(hook.name()).isPresent()) {
      throw used();
    }
    Instant now = clock.instant();
    Optional<String> made =
        secrets.isEmpty() ? Optional.of(sealer.generate(hook.scheme())) : Optional.empty();
    HookEntity entity = HookMapper.toEntity(hook);
    entity.secrets = sealed(hook.name(), made.map(List::of).orElse(secrets));
    entity.createdAt = Date.from(now);
    entity.updatedAt = Date.from(now);
    return store
        .isFull()
        .invoke(
            full -> {
              if (full) {
                throw ProblemException.of(
                    409, "There are " + HookStore.MOST + " hooks already; remove one first");
              }
            })
        .flatMap(full -> store.insert(entity))
        .map(
            inserted -> {
              if (!inserted) {
                throw used();
              }
              return new Made(shown(entity), new NewSecret(made, Optional.empty()));
            });
  }

  /**
   * Replaces a hook.
   *
   * @param secrets the new secrets; empty to keep those of the hook
   * @return fails with a {@link ProblemException}: 400, 404, or 409 for a hook of the configuration
   */
  public Uni<ManagedHook> replace(Hook hook, List<String> secrets) {
    refuseConfigured(hook.name());
    check(hook, secrets);
    HookEntity entity = HookMapper.toEntity(hook);
    entity.secrets = secrets.isEmpty() ? null : sealed(hook.name(), secrets);
    entity.updatedAt = Date.from(clock.instant());
    return store
        .replace(entity)
        .flatMap(replaced -> replaced ? store.findById(hook.name()) : Uni.createFrom().nullItem())
        .map(found -> shown(existing(found)));
  }

  /** Removes a hook; its deliveries and the conversations stay. */
  public Uni<Void> remove(String name) {
    refuseConfigured(name);
    return store
        .deleteById(name)
        .invoke(
            removed -> {
              if (!removed) {
                throw unknown();
              }
            })
        .replaceWithVoid();
  }

  /**
   * Sets a new secret; the older ones are good for 24 hours more.
   *
   * @param given the secret of a service that makes its own; empty to make one
   */
  public Uni<NewSecret> rotate(String name, Optional<String> given) {
    refuseConfigured(name);
    return rotate(name, given, 1);
  }

  private Uni<NewSecret> rotate(String name, Optional<String> given, int turn) {
    return store
        .findById(name)
        .flatMap(
            found -> {
              HookEntity entity = existing(found);
              given.ifPresent(secret -> check(entity.scheme, List.of(secret)));
              String secret = given.orElseGet(() -> sealer.generate(entity.scheme));
              Instant now = clock.instant();
              List<Document> rotated = HookMapper.rotated(entity, secret, sealer, now);
              NewSecret told =
                  new NewSecret(
                      given.isPresent() ? Optional.empty() : Optional.of(secret),
                      rotated.size() == 1
                          ? Optional.empty()
                          : Optional.of(now.plus(HookMapper.ROTATION)));
              return store
                  .setSecrets(name, entity.updatedAt, rotated, later(now, entity.updatedAt))
                  .flatMap(
                      set ->
                          set
                              ? Uni.createFrom().item(told)
                              : turn < MOST_TRIES
                                  ? rotate(name, given, turn + 1)
                                  : Uni.createFrom()
                                      .failure(
                                          ProblemException.of(
                                              409, "The hook is being changed; try again")));
            });
  }

  /** Two changes within one millisecond have two times, so that the second one sees the first. */
  private static Date later(Instant now, Date before) {
    return new Date(Math.max(now.toEpochMilli(), before.getTime() + 1));
  }

  /**
   * Shows what a hook would do with a sample.
   *
   * @param url the public address of the hook, which some schemes sign
   */
  public Uni<HookPreview> preview(
      String name, Map<String, String> headers, String body, String url) {
    Optional<Hook> own = configured.find(name);
    return own.isPresent()
        ? previewer.preview(own.get(), configured.secrets(name), headers, body, url)
        : store
            .findById(name)
            .flatMap(
                found -> {
                  HookEntity entity = existing(found);
                  return previewer.preview(
                      HookMapper.toHook(entity),
                      HookMapper.secrets(entity, sealer, clock.instant()),
                      headers,
                      body,
                      url);
                });
  }

  /** Encrypts secrets of an older key again with the newest key; returns the number of hooks. */
  Uni<Long> sealAgain() {
    return store
        .all()
        .onItem()
        .transformToMulti(all -> io.smallrye.mutiny.Multi.createFrom().iterable(all))
        .select()
        .where(entity -> HookMapper.needsSealing(entity, sealer))
        .onItem()
        .transformToUniAndConcatenate(
            entity ->
                store.setSecrets(
                    entity.id,
                    entity.updatedAt,
                    HookMapper.sealedAgain(entity, sealer),
                    later(clock.instant(), entity.updatedAt)))
        .collect()
        .with(Collectors.counting())
        .invoke(
            count -> {
              if (count > 0) {
                LOG.infof("The secrets of %d hooks are encrypted with the newest key.", count);
              }
            });
  }

  private List<Document> sealed(String name, List<String> secrets) {
    return secrets.stream()
        .map(secret -> new Document("sealed", sealer.seal(name, secret)))
        .toList();
  }

  private ManagedHook shown(Hook hook) {
    return new ManagedHook(
        hook,
        true,
        verifyToken(hook, configured.secrets(hook.name())),
        Optional.empty(),
        Optional.empty());
  }

  private ManagedHook shown(HookEntity entity) {
    Hook hook = HookMapper.toHook(entity);
    return new ManagedHook(
        hook,
        false,
        verifyToken(hook, HookMapper.secrets(entity, sealer, clock.instant())),
        Optional.ofNullable(entity.createdAt).map(Date::toInstant),
        Optional.ofNullable(entity.updatedAt).map(Date::toInstant));
  }

  private static Optional<String> verifyToken(Hook hook, List<String> secrets) {
    return Schemes.named(hook.scheme())
        .filter(scheme -> scheme.handshake() == Handshake.META_SUBSCRIPTION)
        .flatMap(scheme -> secrets.stream().findFirst())
        .map(secret -> Handshakes.subscriptionToken(hook.name(), secret));
  }

  private void check(Hook hook, List<String> secrets) {
    List<String> errors = new ArrayList<>(validator.errors(hook));
    errors.addAll(HookValidator.secretErrors(hook.scheme(), secrets));
    refuse(errors);
  }

  private static void check(String scheme, List<String> secrets) {
    refuse(HookValidator.secretErrors(scheme, secrets));
  }

  private static void refuse(List<String> errors) {
    if (!errors.isEmpty()) {
      throw ProblemException.of(400, String.join(" ", errors));
    }
  }

  private void refuseConfigured(String name) {
    if (configured.find(name).isPresent()) {
      throw ProblemException.of(
          409,
          "The hook "
              + name
              + " is in the configuration (switchboard.hooks) and can only be changed there");
    }
  }

  private static HookEntity existing(HookEntity found) {
    if (found == null) {
      throw unknown();
    }
    return found;
  }

  private static ProblemException used() {
    return ProblemException.of(409, "There is a hook with this name");
  }

  private static ProblemException unknown() {
    return ProblemException.of(404, "No hook has this name");
  }
}
