package chat.switchboard.phones;

import chat.switchboard.outbound.PrivateWords;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps a user's words from a stale phone, and the code of a phone from everybody else. */
@ApplicationScoped
class OwnPhoneWords implements PrivateWords {

  static final String CODE =
      "The text contains a code that links a phone to a user, and the code is for this user alone";

  private final StalePhoneGuard stale;
  private final RevealedCodes codes;

  OwnPhoneWords(StalePhoneGuard stale, RevealedCodes codes) {
    this.stale = stale;
    this.codes = codes;
  }

  @Override
  public Uni<Optional<String>> refusal(String to, @Nullable String conversationId, String words) {
    return codes
        .forOthers(words, to)
        .flatMap(
            isRevealed ->
                isRevealed
                    ? Uni.createFrom().item(Optional.of(CODE))
                    : stale.refusal(to, conversationId));
  }
}
