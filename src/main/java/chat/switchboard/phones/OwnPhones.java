package chat.switchboard.phones;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.address.PhoneIdentity;
import chat.switchboard.address.PhoneNumberParser;
import chat.switchboard.address.ServiceNumber;
import chat.switchboard.address.ServiceNumbersConfig;
import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.Users;
import chat.switchboard.ops.Digests;
import chat.switchboard.ops.JwtSecretConfig;
import chat.switchboard.outbound.CarrierConfig;
import chat.switchboard.routing.OwnPhoneRoutes;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The phones of LibreChat's users. A code binds the number that texts the code to the user who
 * asked for the code.
 */
@ApplicationScoped
public class OwnPhones {

  /** The most phones of one user that {@link #of} returns. */
  public static final int MOST = 50;

  private static final Logger LOG = Logger.getLogger(OwnPhones.class);
  private static final String PURPOSE = "switchboard phone codes";

  /** How long a spent or expired code is kept, so that a second use is recognised. */
  private static final Duration REMEMBERED = Duration.ofDays(7);

  private final PhoneStore store;
  private final PhoneCodes codes;
  private final PhoneIdentities identities;
  private final OwnPhoneRoutes routes;
  private final PhoneMoves moves;
  private final HandledTexts handled;
  private final HeldWords held;
  private final Users users;
  private final PhonesConfig config;
  private final JwtSecretConfig jwtSecretConfig;
  private final Clock clock;
  private final CodeLimits limits;
  private final List<String> textTo;

  OwnPhones(
      PhoneStore store,
      PhoneCodes codes,
      PhoneIdentities identities,
      OwnPhoneRoutes routes,
      PhoneMoves moves,
      HandledTexts handled,
      HeldWords held,
      Users users,
      PhonesConfig config,
      JwtSecretConfig jwtSecretConfig,
      CodeLimits limits,
      CarrierConfig carrierConfig,
      ServiceNumbersConfig numbersConfig,
      Clock clock) {
    this.store = store;
    this.codes = codes;
    this.identities = identities;
    this.routes = routes;
    this.moves = moves;
    this.handled = handled;
    this.held = held;
    this.users = users;
    this.config = config;
    this.jwtSecretConfig = jwtSecretConfig;
    this.clock = clock;
    this.limits = limits;
    this.textTo =
        Stream.concat(
                carrierConfig.from().map(String::strip).stream(),
                numbersConfig.numbers().keySet().stream().sorted())
            .filter(number -> !number.isEmpty() && !ServiceNumber.isMessagingService(number))
            .distinct()
            .toList();
  }

  /**
   * Makes a code; the user's other unspent codes end.
   *
   * @param userId the hexadecimal form of {@code users._id}
   * @return fails with a {@link ProblemException} (429) above {@code
   *     switchboard.phones.codes-per-hour}
   */
  public Uni<LinkCode> newCode(String userId) {
    return limits
        .countNew(userId)
        .flatMap(
            isWithin -> {
              if (!isWithin) {
                throw ProblemException.later(
                    429,
                    "Too many codes for a phone in this hour; try again later",
                    limits.untilNextHour());
              }
              return make(userId);
            });
  }

  private Uni<LinkCode> make(String userId) {
    // A local generator: a static one would be part of a native image, with its seed.
    String code = ProofCode.make(new SecureRandom()::nextInt);
    Instant now = clock.instant();
    PhoneCodeEntity entity = new PhoneCodeEntity();
    entity.id = hash(ProofCode.read(code).orElseThrow());
    entity.user = userId;
    entity.createdAt = Date.from(now);
    entity.expiresAt = Date.from(now.plus(config.codeTtl()));
    entity.forgetAt = Date.from(now.plus(config.codeTtl()).plus(REMEMBERED));
    return codes
        .insert(entity)
        .flatMap(
            isUnique ->
                isUnique
                    ? Uni.createFrom()
                        .item(new LinkCode(code, entity.expiresAt.toInstant(), textTo))
                    // Another code has the same hash, one in 10^11: make another.
                    : make(userId));
  }

  /** Returns the service numbers that take a code; empty if no number is configured. */
  public List<String> textTo() {
    return textTo;
  }

  /** The hash under which a code is stored. */
  String hash(String code) {
    return HexFormat.of()
        .formatHex(Digests.hmacSha256(PURPOSE + jwtSecretConfig.jwtSecret().orElse(""), code));
  }

  /** Returns the phones of this user, the newest first; {@value #MOST} at most. */
  public Uni<List<OwnPhone>> of(String userId) {
    return list(Optional.empty(), Optional.of(userId), 0, MOST);
  }

  /** Returns phones of this person, of this user, or of both, the newest first. */
  public Uni<List<OwnPhone>> list(
      Optional<PhoneAddress> person, Optional<String> userId, int offset, int limit) {
    return filter(person, userId)
        .flatMap(filter -> store.list(filter, offset, limit))
        .map(found -> found.stream().map(this::view).toList());
  }

  /** The number of these phones, at most as {@link chat.switchboard.mongo.BoundedCount} counts. */
  public Uni<Long> count(Optional<PhoneAddress> person, Optional<String> userId) {
    return filter(person, userId).flatMap(store::count);
  }

  private Uni<PhoneStore.Filter> filter(Optional<PhoneAddress> person, Optional<String> userId) {
    return person
        .map(
            address ->
                identities
                    .of(address.text())
                    .map(known -> new PhoneStore.Filter(Optional.of(accounts(known)), userId)))
        .orElseGet(() -> Uni.createFrom().item(new PhoneStore.Filter(Optional.empty(), userId)));
  }

  /** Returns the phone with this id, of any user. */
  public Uni<Optional<OwnPhone>> find(String id) {
    return store.get(id).map(found -> found.map(this::view));
  }

  /**
   * Unlinks a phone of this user, and ends the mappings of the number to the user's conversations.
   *
   * @param phoneNumberOrId the id of the phone, or its address in any spelling
   * @return false if the user has no such phone
   */
  public Uni<Boolean> unlink(String userId, String phoneNumberOrId) {
    return store
        .get(phoneNumberOrId)
        .flatMap(
            byId ->
                byId.isPresent()
                    ? Uni.createFrom().item(byId)
                    : PhoneNumberParser.parse(phoneNumberOrId)
                        .map(address -> identities.of(address.text()))
                        .map(person -> person.flatMap(known -> store.ofAccounts(accounts(known))))
                        .orElseGet(() -> Uni.createFrom().item(Optional.empty())))
        .flatMap(
            found ->
                found
                    .filter(phone -> phone.user.equals(userId))
                    .map(this::remove)
                    .orElseGet(() -> Uni.createFrom().item(false)));
  }

  /**
   * A user from whom the number moved is told first, since the document names that user. The
   * mappings end after the link: a text in between follows no mapping of an own phone.
   */
  private Uni<Boolean> remove(PhoneEntity phone) {
    return moves
        .complete(phone)
        .flatMap(told -> store.remove(phone.id, phone.user))
        .call(
            () ->
                identities
                    .of(phone.phoneNumber)
                    .call(person -> held.block(person, phone.user))
                    .flatMap(person -> routes.end(person, phone.user)))
        .invoke(
            removed -> {
              if (removed) {
                LOG.infof(
                    "The phone %s is unlinked from its user.",
                    PhoneAddress.of(phone.phoneNumber).masked());
              }
            });
  }

  /**
   * Stores the user's choice for conversations that texts of the phone open; an empty value is the
   * default.
   *
   * @return false if the user has no such phone
   */
  public Uni<Boolean> choose(
      String userId,
      String id,
      Optional<String> endpoint,
      Optional<String> model,
      Optional<String> agentId) {
    return store.choose(id, userId, endpoint, model, agentId);
  }

  /**
   * Returns the phone by which this person is a LibreChat user: the user exists, and the phone is
   * not stale.
   */
  public Uni<Optional<OwnPhone>> ownerOf(PhoneAddress person) {
    return identities.of(person.text()).flatMap(this::ownerOf);
  }

  /** The same, for a person with all known names. */
  public Uni<Optional<OwnPhone>> ownerOf(PhoneIdentity person) {
    return known(person).map(found -> found.filter(phone -> !phone.stale()));
  }

  /** The same, also a stale phone. */
  Uni<Optional<OwnPhone>> known(PhoneIdentity person) {
    return store
        .ofAccounts(accounts(person))
        .flatMap(
            found ->
                found
                    .map(
                        phone -> users.find(phone.user).map(user -> user.map(there -> view(phone))))
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
  }

  /** Removes the phones of a person with these names, the person's spent codes and commands. */
  public Uni<Long> forgetPerson(List<String> names) {
    List<String> accounts = accounts(names);
    return codes
        .removeSpentBy(accounts)
        .flatMap(done -> handled.removeOf(accounts))
        .flatMap(done -> store.removeOf(accounts));
  }

  static List<String> accounts(PhoneIdentity person) {
    return accounts(person.names());
  }

  private static List<String> accounts(List<String> names) {
    return names.stream().map(name -> PhoneAddress.of(name).account()).distinct().toList();
  }

  private OwnPhone view(PhoneEntity phone) {
    return OwnPhone.of(phone, clock.instant().minus(config.retention()));
  }
}
