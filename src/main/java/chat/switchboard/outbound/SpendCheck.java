package chat.switchboard.outbound;

import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/** Reports whether sending is paused, and the allowed countries. */
@ApplicationScoped
class SpendCheck implements Check {

  private final SpendDestinations destinations;
  private final SendingSwitch sending;

  SpendCheck(SpendDestinations destinations, SendingSwitch sending) {
    this.destinations = destinations;
    this.sending = sending;
  }

  @Override
  public Area area() {
    return Area.SWITCHBOARD;
  }

  @Override
  public String name() {
    return "Spend guard";
  }

  @Override
  public Uni<Finding> look() {
    return sending.isPaused().map(this::finding);
  }

  private Finding finding(boolean paused) {
    if (paused) {
      return Finding.warn(
          "The sending of all texts is paused.",
          "Resume it on this page, or with POST /api/spend/resume.");
    }
    Set<String> countries = destinations.countries();
    if (countries.isEmpty()) {
      return Finding.warn(
          "No service number is configured: texts from a messaging service go to every country.",
          "Set switchboard.spend.countries to the countries of your users, such as US,CA.");
    }
    return countries.contains(SpendDestinations.ALL)
        ? Finding.warn(
            "Texts go to every country.",
            "Set switchboard.spend.countries to the countries of your users, such as US,CA.")
        : Finding.ok("Texts go to " + String.join(", ", countries) + ".");
  }
}
