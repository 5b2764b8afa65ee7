package chat.switchboard.routing;

import chat.switchboard.address.ServiceNumbersConfig;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.librechat.Users;
import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks whether the configured owners of new conversations are users of LibreChat. */
@Singleton
class OwnerCheck implements Check {

  private final LibreChatConfig libreChatConfig;
  private final ServiceNumbersConfig serviceNumbersConfig;
  private final Users users;

  OwnerCheck(
      LibreChatConfig libreChatConfig, ServiceNumbersConfig serviceNumbersConfig, Users users) {
    this.libreChatConfig = libreChatConfig;
    this.serviceNumbersConfig = serviceNumbersConfig;
    this.users = users;
  }

  @Override
  public Area area() {
    return Area.LIBRECHAT;
  }

  @Override
  public String name() {
    return "Owner";
  }

  @Override
  public Uni<Finding> look() {
    Optional<String> owner = libreChatConfig.owner().filter(set -> !set.isBlank());
    if (owner.isEmpty()) {
      return Uni.createFrom()
          .item(
              Finding.warn(
                  "No owner is configured: messages of people without a mapping cannot be "
                      + "delivered.",
                  "Set SWITCHBOARD_OWNER to the e-mail address of a LibreChat user."));
    }
    List<String> owners =
        Stream.concat(
                owner.stream(),
                serviceNumbersConfig.numbers().values().stream()
                    .flatMap(number -> number.owner().stream()))
            .distinct()
            .toList();
    return Multi.createFrom()
        .iterable(owners)
        .onItem()
        .transformToUniAndConcatenate(
            one -> users.find(one).map(found -> found.isPresent() ? "" : one))
        .filter(missing -> !missing.isEmpty())
        .collect()
        .asList()
        .map(
            missing ->
                missing.isEmpty()
                    ? Finding.ok(
                        owners.size() == 1
                            ? owner.get() + " is a user of LibreChat."
                            : "All " + owners.size() + " owners are users of LibreChat.")
                    : Finding.fail(
                        "LibreChat has no user " + String.join(", ", missing) + ".",
                        "Register that user in LibreChat, or correct SWITCHBOARD_OWNER or"
                            + " switchboard.numbers.*.owner; then requeue the dead letters."));
  }
}
