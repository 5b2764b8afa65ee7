package chat.switchboard.phones;

import chat.switchboard.address.PhoneAddress;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.text.Normalizer;
import java.time.Clock;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds codes in texts that go to people. A stranger's text can ask the agent for a code, and the
 * stranger would link a phone to the user's account with the code.
 */
@ApplicationScoped
public class RevealedCodes {

  private static final int LENGTH = 8;

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
   * Returns the codes in a text that can still be used. Most texts have no eight letters and digits
   * of such a form in a row, and cost no query.
   */
  Uni<List<PhoneCodeEntity>> unspentIn(String text) {
    List<String> hashes = hashes(text);
    return hashes.isEmpty()
        ? Uni.createFrom().item(List.of())
        : codes.unspent(hashes, Date.from(clock.instant()));
  }

  private List<String> hashes(String text) {
    String symbols =
        Normalizer.normalize(text, Normalizer.Form.NFKC)
            .toUpperCase(Locale.ROOT)
            .replaceAll("[^A-Z0-9]", "");
    Set<String> hashes = new LinkedHashSet<>();
    for (int i = 0; i + LENGTH <= symbols.length(); i++) {
      ProofCode.read(symbols.substring(i, i + LENGTH)).map(phones::hash).ifPresent(hashes::add);
    }
    return List.copyOf(hashes);
  }
}
