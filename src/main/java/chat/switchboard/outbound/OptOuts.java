package chat.switchboard.outbound;

import chat.switchboard.address.Channel;
import chat.switchboard.address.Mask;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.address.PhoneIdentity;
import chat.switchboard.mongo.BoundedCount;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

  private final OptOutRecords records;
  private final Secrets secrets;
  private final Senders senders;
  private final PhoneIdentities identities;
  private final MeterRegistry meters;
  private final TextNews news;

  OptOuts(
      OptOutRecords records,
      Secrets secrets,
      Senders senders,
      PhoneIdentities identities,
      MeterRegistry meters,
      TextNews news) {
    this.news = news;
    this.identities = identities;
    this.records = records;
    this.secrets = secrets;
    this.senders = senders;
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
        .flatMap(who -> records.anyOptedOut(ids(who.consentNames(), heldFor(who, ours))));
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
    return news.optedOut(person, cause, sid)
        .chain(
            () ->
                each(
                    numbers,
                    number -> records.note(id(person, number), person, number, true, cause, sid)))
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
        .flatMap(who -> lifted(who, all))
        .flatMap(
            there ->
                each(
                    there,
                    one ->
                        records.note(
                            one.id, one.phoneNumber, one.serviceNumber, false, cause, sid)))
        .invoke(
            () -> {
              count("lift");
              LOG.infof("%s has opted in again (%s).", Mask.phone(person), cause);
            });
  }

  /** A START by SMS also lifts the opt-out from an RCS agent. */
  private Uni<List<OptOut>> lifted(PhoneIdentity who, Collection<String> ours) {
    List<String> names = who.consentNames();
    List<String> numbers = ours.stream().flatMap(number -> forms(who, number)).distinct().toList();
    List<String> ids = ids(names, numbers);
    return who.address().channel() == Channel.WHATSAPP
        ? records.optedOut(ids)
        : records.optedOut(ids, names);
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

  /**
   * Returns the opt-outs, the newest first; for a person whose data was removed without the person.
   */
  public Uni<List<OptOut>> list(int offset, int limit) {
    return records.newest(offset, limit);
  }

  /** The number of opt-outs, at most as {@link BoundedCount} counts. */
  public Uni<Long> count() {
    return records.countOptedOut();
  }

  /**
   * Removes the person from the opt-out but keeps the opt-out: the remaining keyed hash can only
   * tell whether a given number has opted out.
   */
  public Uni<Long> forgetPerson(Collection<String> names) {
    return records
        .ofPerson(names)
        .flatMap(
            there ->
                each(
                        there.stream().filter(one -> Boolean.TRUE.equals(one.optedOut)).toList(),
                        one ->
                            records.note(
                                secrets.hash(one.phoneNumber, one.serviceNumber),
                                null,
                                one.serviceNumber,
                                true,
                                one.cause,
                                Optional.empty()))
                    .flatMap(kept -> records.deletePerson(names)));
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
}
