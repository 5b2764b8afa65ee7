package chat.switchboard.replies;

import chat.switchboard.ops.Mask;
import chat.switchboard.outbound.Outgoing;
import chat.switchboard.outbound.OutgoingText;
import io.quarkus.arc.DefaultBean;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/**
 * Where nothing can send: the answer stands in the conversation, and the log says what did not go.
 */
@DefaultBean
@ApplicationScoped
class NothingSends implements Outgoing {

  private static final Logger LOG = Logger.getLogger(NothingSends.class);

  @Override
  public Uni<Void> queue(OutgoingText text) {
    LOG.warnf("Text %s to %s did not go: nothing here sends.", text.id(), Mask.phone(text.to()));
    return Uni.createFrom().voidItem();
  }
}
