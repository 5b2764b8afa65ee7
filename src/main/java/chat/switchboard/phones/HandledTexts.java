package chat.switchboard.phones;

import static com.mongodb.client.model.Filters.in;

import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Date;
import java.util.Optional;

/** Every query and every write of {@code switchboard_phone_texts}. */
@Store
@ApplicationScoped
class HandledTexts implements ReactivePanacheMongoRepositoryBase<HandledTextEntity, String> {

  /** Twilio repeats a webhook within minutes; a recorded webhook may come later. */
  private static final Duration REMEMBERED = Duration.ofDays(30);

  private final Clock clock;

  HandledTexts(Clock clock) {
    this.clock = clock;
  }

  /** Returns the text, if it was handled before. */
  Uni<Optional<HandledTextEntity>> find(PhoneText text) {
    return findById(id(text)).map(Optional::ofNullable);
  }

  /**
   * Stores the answer to a text. Of several requests with the same text the first decides.
   *
   * @return the answer that counts
   */
  Uni<Optional<String>> keep(PhoneText text, Optional<String> answer) {
    HandledTextEntity handled = new HandledTextEntity();
    handled.id = id(text);
    handled.number = text.person().account();
    handled.answer = answer.orElse(null);
    handled.forgetAt = Date.from(clock.instant().plus(REMEMBERED));
    return persist(handled)
        .replaceWith(answer)
        .onFailure(DuplicateKey::is)
        .recoverWithUni(
            () ->
                findById(handled.id)
                    .map(first -> Optional.ofNullable(first == null ? null : first.answer)));
  }

  /** Removes the texts of these accounts. */
  Uni<Long> removeOf(Collection<String> accounts) {
    return delete(in("number", accounts));
  }

  private static String id(PhoneText text) {
    return DeterministicIds.uuid("phone text", text.accountSid(), text.messageSid()).toString();
  }
}
