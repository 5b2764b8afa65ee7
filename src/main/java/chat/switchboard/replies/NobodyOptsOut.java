package chat.switchboard.replies;

import chat.switchboard.outbound.Consent;
import io.quarkus.arc.DefaultBean;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Where nothing keeps who opted out. */
@DefaultBean
@ApplicationScoped
class NobodyOptsOut implements Consent {

  @Override
  public Uni<Boolean> mayReceive(String person, Optional<String> ourNumber) {
    return Uni.createFrom().item(true);
  }
}
