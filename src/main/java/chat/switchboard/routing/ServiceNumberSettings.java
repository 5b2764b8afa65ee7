package chat.switchboard.routing;

import chat.switchboard.librechat.NewConversation;
import chat.switchboard.ops.SwitchboardConfig;
import chat.switchboard.ops.SwitchboardConfig.Number;
import chat.switchboard.ops.SwitchboardConfig.Strangers;
import chat.switchboard.phone.PhoneAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** What holds for a text to one of our numbers: whose it is, and what a new conversation has. */
@ApplicationScoped
public class ServiceNumberSettings {

  private final SwitchboardConfig config;

  ServiceNumberSettings(SwitchboardConfig config) {
    this.config = config;
  }

  Optional<String> owner(Optional<String> number) {
    return of(number, Number::owner).or(config::owner);
  }

  Strangers strangers(Optional<String> number) {
    return of(number, Number::strangers).orElse(config.strangers());
  }

  /** Whether LibreChat's agent is to answer texts to this number. */
  public boolean autoReply(Optional<String> number) {
    return of(number, Number::autoReply).orElse(config.replies().auto());
  }

  /** Whether what the owner types is sent to this person. */
  public boolean forwardOwner(Mapping mapping) {
    return Optional.ofNullable(mapping.forwardOwner)
        .or(() -> of(Optional.ofNullable(mapping.serviceNumber), Number::forwardOwner))
        .orElse(config.forwardOwner());
  }

  /**
   * Whether a setting, for all numbers or for one number, forwards the owner's messages to the
   * phones.
   */
  public boolean forwardsByDefault() {
    return config.forwardOwner()
        || config.numbers().values().stream()
            .anyMatch(number -> number.forwardOwner().orElse(false));
  }

  NewConversation conversation(UUID id, Contact contact) {
    return new NewConversation(
        id,
        title(contact),
        new NewConversation.Settings(
            of(contact.to(), Number::endpoint),
            of(contact.to(), Number::model),
            of(contact.to(), Number::agentId)));
  }

  private String title(Contact contact) {
    return of(contact.to(), Number::title)
        .orElse(config.conversation().title())
        .replace("{source}", Source.shown(contact.source()))
        .replace("{from}", PhoneAddress.of(contact.from()).shown());
  }

  private <T> Optional<T> of(Optional<String> number, Function<Number, Optional<T>> setting) {
    return number
        .map(to -> PhoneAddress.of(to).value())
        .map(config.numbers()::get)
        .flatMap(setting);
  }
}
