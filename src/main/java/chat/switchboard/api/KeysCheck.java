package chat.switchboard.api;

import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reports keys that end soon or have ended, and a key for everything beside keys with scopes. */
@ApplicationScoped
class KeysCheck implements Check {

  private static final Duration SOON = Duration.ofDays(14);

  private final ApiKeys keys;
  private final Clock clock;

  KeysCheck(ApiKeys keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  @Override
  public Area area() {
    return Area.SWITCHBOARD;
  }

  @Override
  public String name() {
    return "API keys";
  }

  @Override
  public Uni<Finding> look() {
    return Uni.createFrom().item(this::finding);
  }

  private Finding finding() {
    List<ApiKeys.Scoped> scoped = keys.scoped();
    if (scoped.isEmpty()) {
      return Finding.ok("Every caller uses INTERNAL_API_KEY, which may do everything.");
    }
    List<String> says = new ArrayList<>();
    List<String> mend = new ArrayList<>();
    List<String> ended = names(scoped, Duration.ZERO);
    List<String> ending = new ArrayList<>(names(scoped, SOON));
    ending.removeAll(ended);
    if (!ended.isEmpty()) {
      says.add("Expired: " + String.join(", ", ended) + ".");
      mend.add(
          "Remove each expired key from the configuration, or give it another secret and end.");
    }
    if (!ending.isEmpty()) {
      says.add("Keys that expire within 14 days: " + String.join(", ", ending) + ".");
      mend.add("Give the programs that use these keys new ones.");
    }
    if (keys.hasInternal()) {
      says.add("INTERNAL_API_KEY may do everything, and is valid beside keys with scopes.");
      mend.add(
          "When every caller has a key with the scopes that it needs, remove INTERNAL_API_KEY.");
    }
    return says.isEmpty()
        ? Finding.ok(scoped.size() + (scoped.size() == 1 ? " key" : " keys") + " with scopes.")
        : Finding.warn(String.join(" ", says), String.join(" ", mend));
  }

  private List<String> names(List<ApiKeys.Scoped> scoped, Duration within) {
    Instant latest = clock.instant().plus(within);
    return scoped.stream()
        .filter(
            key ->
                Optional.of(key)
                    .flatMap(ApiKeys.Scoped::expires)
                    .filter(end -> !end.isAfter(latest))
                    .isPresent())
        .map(key -> key.name() + " (" + key.expires().orElseThrow() + ")")
        .toList();
  }
}
