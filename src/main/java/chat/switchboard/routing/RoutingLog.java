package chat.switchboard.routing;

import chat.switchboard.address.Mask;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The log lines and the counts of {@code switchboard.mappings} about the routes of messages. */
@Singleton
class RoutingLog {

  private static final Logger LOG = Logger.getLogger(Router.class);

  private final MeterRegistry meters;

  RoutingLog(MeterRegistry meters) {
    this.meters = meters;
  }

  void lookedUp(Contact contact, Optional<Mapping> found) {
    count(found.isPresent() ? "look-up" : "look-up of a stranger");
    LOG.debugf(
        "%s was looked up: %s",
        masked(contact), found.map(mapping -> mapping.id).orElse("a stranger"));
  }

  void tooManyCodes(Contact contact) {
    count("too many codes");
    LOG.infof("%s has tried too many wrong codes.", masked(contact));
  }

  void wrongCode(Contact contact) {
    count("wrong code");
    LOG.infof("A wrong code came from %s.", masked(contact));
  }

  void linked(Contact contact, String mappingId) {
    count("link");
    LOG.infof("%s is linked by mapping %s.", masked(contact), mappingId);
  }

  void archived(Contact contact, Mapping mapping) {
    count("archived");
    LOG.infof(
        "The conversation of mapping %s is archived; the text of %s opens a new conversation.",
        mapping.id, masked(contact));
  }

  void lost(Contact contact, Mapping mapping) {
    count("heal");
    LOG.infof("The conversation of mapping %s (%s) no longer exists.", mapping.id, masked(contact));
  }

  void created(Contact contact, Mapping mapping) {
    count("create");
    LOG.infof("Created mapping %s for %s.", mapping.id, masked(contact));
  }

  private static String masked(Contact contact) {
    return Mask.phone(contact.from());
  }

  private void count(String what) {
    meters.counter("switchboard.mappings", "what", what).increment();
  }
}
