package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;

/** Reads the account's templates. */
public interface TemplateSource {

  /** Returns why no template can be read, with the name of the missing setting. */
  Optional<String> unavailable();

  /** Reads all templates, a bounded number; fails if the carrier cannot be reached. */
  Uni<List<MessageTemplate>> read();
}
