package chat.switchboard.phones;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.text.Normalizer;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Locale;

/**
 * Finds codes in texts that an agent sends. A stranger's text can ask the agent for a code, and the
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
    return codes
        .unspentOf(userId, Date.from(clock.instant()))
        .map(hashes -> !hashes.isEmpty() && contains(text, hashes));
  }

  private boolean contains(String text, List<String> hashes) {
    String symbols =
        Normalizer.normalize(text, Normalizer.Form.NFKC)
            .toUpperCase(Locale.ROOT)
            .replaceAll("[^A-Z0-9]", "");
    for (int i = 0; i + LENGTH <= symbols.length(); i++) {
      String candidate = symbols.substring(i, i + LENGTH);
      if (ProofCode.read(candidate).isPresent() && hashes.contains(phones.hash(candidate))) {
        return true;
      }
    }
    return false;
  }
}
