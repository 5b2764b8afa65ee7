package chat.switchboard.phones;

import chat.switchboard.address.PhoneAddress;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Date;
import java.util.List;

/**
 * Finds codes in texts that go to people. A stranger's text can ask the agent for a code, and the
 * stranger would link a phone to the user's account with the code.
 */
@ApplicationScoped
public class RevealedCodes {

  /** So many hashes take about a millisecond, and then the event loop has other work. */
  private static final int AT_ONCE = 200;

  private final PhoneCodes codes;
  private final OwnPhones phones;
  private final Clock clock;

  RevealedCodes(PhoneCodes codes, OwnPhones phones, Clock clock) {
    this.codes = codes;
    this.phones = phones;
    this.clock = clock;
  }

  /**
   * Whether the text contains a code of this user that can still be used, whatever stands between
   * its letters and digits.
   *
   * @param userId the hexadecimal form of {@code users._id}
   */
  public Uni<Boolean> in(String text, String userId) {
    return usersIn(text).map(users -> users.contains(userId));
  }

  /**
   * Whether the text contains a code that can still be used, and the recipient is not an own phone
   * of the user of the code.
   *
   * @param to the person's address, as Twilio spells it
   */
  Uni<Boolean> forOthers(String text, String to) {
    return usersIn(text)
        .flatMap(
            users ->
                users.isEmpty()
                    ? Uni.createFrom().item(false)
                    : phones
                        .ownerOf(PhoneAddress.of(to))
                        .map(
                            own ->
                                users.stream()
                                    .anyMatch(
                                        user ->
                                            own.filter(phone -> phone.userId().equals(user))
                                                .isEmpty())));
  }

  private Uni<List<String>> usersIn(String text) {
    return unspentIn(text).map(found -> found.stream().map(code -> code.user).toList());
  }

  /**
   * Returns the codes in a text that can still be used. Most texts contain nothing of the form of a
   * code, and need no query.
   */
  Uni<List<PhoneCodeEntity>> unspentIn(String text) {
    Date now = Date.from(clock.instant());
    return Multi.createFrom()
        .iterable(ProofCode.within(text))
        .group()
        .intoLists()
        .of(AT_ONCE)
        .onItem()
        .transformToUniAndConcatenate(
            candidates -> codes.unspent(candidates.stream().map(phones::hash).toList(), now))
        .onItem()
        .<PhoneCodeEntity>disjoint()
        .collect()
        .asList();
  }
}
