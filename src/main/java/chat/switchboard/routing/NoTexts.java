package chat.switchboard.routing;

import chat.switchboard.ops.Mask;
import io.quarkus.arc.DefaultBean;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/**
 * Where nothing can send: the message stands in the conversation, and the log says what did not go.
 */
@DefaultBean
@ApplicationScoped
class NoTexts implements Texts {

  private static final Logger LOG = Logger.getLogger(NoTexts.class);

  @Override
  public Uni<Void> send(String from, String to, String text) {
    LOG.warnf("A text to %s was not passed on: nothing here sends texts.", Mask.phone(to));
    return Uni.createFrom().voidItem();
  }
}
