package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Filters.regex;

import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.phone.Channel;
import chat.switchboard.phone.Mask;
import chat.switchboard.phone.PhoneAddress;
import chat.switchboard.phone.PhoneIdentities;
import chat.switchboard.phone.PhoneIdentity;
import com.mongodb.client.model.PushOptions;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bson.conversions.Bson;
import org.jboss.logging.Logger;

/** The opt-outs of people from the texts of service numbers. */
@ApplicationScoped
public class OptOuts implements Consent {

  /** The reason for a blocked text. */
  static final String CAUSE =
      "The person has opted out of texts from this number (STOP); only the person can opt in again "
          + "(START)";

  private static final Logger LOG = Logger.getLogger(OptOuts.class);

  /**
   * The service number if Twilio did not name a number: the opt-out then counts for every number.
   */
  private static final String ANY_NUMBER = "";

  /** Enough SIDs to recognise a repeated webhook; the limit bounds the record. */
  private static final int REMEMBERED_SIDS = 20;

  private final Secrets secrets;
  private final Senders senders;
  private final PhoneIdentities identities;
  private final Clock clock;
  private final MeterRegistry meters;

  OptOuts(
      Secrets secrets,
      Senders senders,
      PhoneIdentities identities,
      Clock clock,
      MeterRegistry meters) {
    this.identities = identities;
    this.secrets = secrets;
    this.senders = senders;
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public Uni<Boolean> mayReceive(String person, Optional<String> ourNumber) {
    return has(person, senders.of(ourNumber, person).orElse(ANY_NUMBER)).map(out -> !out);
  }

  /**
   * Whether this person must not get texts.
   *
   * @param person the person's address, as Twilio spells it
   * @param ours the service number or messaging service
   */
  public Uni<Boolean> has(String person, String ours) {
    return identities
        .of(person)
        .flatMap(
            who ->
                BoundedCount.any(
                    optOuts(),
                    and(
                        in("_id", ids(who.consentNames(), heldFor(who, ours))),
                        eq("optedOut", true))));
  }

  /**
   * Records that this person opts out.
   *
   * @param ours the service number, and its messaging service
   * @param cause the keyword, or Twilio's error code
   * @param sid the SID of the message with the keyword; a repetition of the same message changes
   *     nothing
   */
  public Uni<Void> add(String person, Collection<String> ours, String cause, Optional<String> sid) {
    // An RCS agent is not a service number, and a STOP to the agent also holds for texts of the
    // service numbers.
    Collection<String> numbers =
        PhoneAddress.of(person).channel() == Channel.RCS
            ? Stream.concat(ours.stream(), Stream.of(ANY_NUMBER)).distinct().toList()
            : ours;
    return each(numbers, number -> note(id(person, number), person, number, true, cause, sid))
        .invoke(
            () -> {
              count("add");
              LOG.infof("%s has opted out (%s).", Mask.phone(person), cause);
            });
  }

  /** Records that this person opts in again. */
  public Uni<Void> lift(
      String person, Collection<String> ours, String cause, Optional<String> sid) {
    List<String> all = Stream.concat(ours.stream(), Stream.of(ANY_NUMBER)).toList();
    // Only an existing opt-out is lifted; a person without an opt-out gets no record.
    return identities
        .of(person)
        .flatMap(who -> OptOut.<OptOut>find(and(lifted(who, all), eq("optedOut", true))).list())
        .flatMap(
            there ->
                each(
                    there,
                    one -> note(one.id, one.phoneNumber, one.serviceNumber, false, cause, sid)))
        .invoke(
            () -> {
              count("lift");
              LOG.infof("%s has opted in again (%s).", Mask.phone(person), cause);
            });
  }

  /** A START by SMS also lifts the opt-out from an RCS agent. */
  private Bson lifted(PhoneIdentity who, Collection<String> ours) {
    List<String> names = who.consentNames();
    List<String> numbers = ours.stream().flatMap(number -> forms(who, number)).distinct().toList();
    Bson said = in("_id", ids(names, numbers));
    return who.address().channel() == Channel.WHATSAPP
        ? said
        : or(said, and(in("phoneNumber", names), regex("serviceNumber", "^rcs:")));
  }

  /** Returns the service numbers whose opt-outs hold for a text from this number to the person. */
  private List<String> heldFor(PhoneIdentity who, String ours) {
    Stream<String> numbers =
        PhoneAddress.of(ours).channel() == Channel.RCS ? senders.own() : Stream.empty();
    return Stream.concat(Stream.concat(forms(who, ours), Stream.of(ANY_NUMBER)), numbers)
        .distinct()
        .toList();
  }

  /** A person on WhatsApp wrote to the service number on WhatsApp, with or without the scheme. */
  private static Stream<String> forms(PhoneIdentity who, String ours) {
    PhoneAddress number = PhoneAddress.of(ours);
    return who.address().channel() == Channel.WHATSAPP && number.isNumber()
        ? Stream.of(number.value(), Channel.WHATSAPP.scheme() + number.value())
        : Stream.of(ours);
  }

  private Uni<Void> note(
      String id, String person, String ours, boolean optedOut, String cause, Optional<String> sid) {
    Bson which = sid.<Bson>map(one -> and(eq("_id", id), ne("sids", one))).orElse(eq("_id", id));
    Bson change =
        Updates.combine(
            Updates.set("optedOut", optedOut),
            Updates.set("cause", cause),
            Updates.set("at", new Date(clock.millis())),
            Updates.set("serviceNumber", ours));
    if (person != null) {
      change = Updates.combine(change, Updates.set("phoneNumber", person));
    }
    if (sid.isPresent()) {
      change =
          Updates.combine(
              change,
              Updates.pushEach(
                  "sids", List.of(sid.get()), new PushOptions().slice(-REMEMBERED_SIDS)));
    }
    return optOuts()
        .updateOne(which, change, new UpdateOptions().upsert(true))
        .replaceWithVoid()
        // The record exists and contains this message, which is a repetition.
        .onFailure(DuplicateKey::is)
        .recoverWithNull();
  }

  /**
   * Returns the opt-outs, the newest first; for a person whose data was removed without the person.
   */
  public Uni<List<OptOut>> list(int offset, int limit) {
    return OptOut.<OptOut>find(eq("optedOut", true), Sorts.descending("at", "_id"))
        .range(offset, offset + limit - 1)
        .list();
  }

  /** The number of opt-outs, at most as {@link BoundedCount} counts. */
  public Uni<Long> count() {
    return BoundedCount.of(optOuts(), eq("optedOut", true));
  }

  /**
   * Removes the person from the opt-out but keeps the opt-out: the remaining keyed hash can only
   * tell whether a given number has opted out.
   */
  public Uni<Long> forgetPerson(Collection<String> names) {
    return OptOut.<OptOut>find(in("phoneNumber", names))
        .list()
        .flatMap(
            there ->
                each(
                        there.stream().filter(one -> Boolean.TRUE.equals(one.optedOut)).toList(),
                        one ->
                            note(
                                secrets.hash(one.phoneNumber, one.serviceNumber),
                                null,
                                one.serviceNumber,
                                true,
                                one.cause,
                                Optional.empty()))
                    .flatMap(kept -> OptOut.delete(in("phoneNumber", names))));
  }

  private List<String> ids(Collection<String> names, Collection<String> ours) {
    return names.stream()
        .flatMap(
            person ->
                ours.stream()
                    .flatMap(number -> Stream.of(id(person, number), secrets.hash(person, number))))
        .toList();
  }

  private static String id(String person, String ours) {
    return person + " " + ours;
  }

  private static <T> Uni<Void> each(
      Collection<T> items, java.util.function.Function<T, Uni<Void>> step) {
    return Multi.createFrom()
        .iterable(items)
        .onItem()
        .transformToUniAndConcatenate(step::apply)
        .collect()
        .asList()
        .replaceWithVoid();
  }

  private void count(String what) {
    meters.counter("switchboard.optouts", "what", what).increment();
  }

  private static ReactiveMongoCollection<OptOut> optOuts() {
    return OptOut.mongoCollection();
  }
}
