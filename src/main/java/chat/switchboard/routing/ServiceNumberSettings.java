package chat.switchboard.routing;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.ServiceNumberConfig;
import chat.switchboard.address.ServiceNumbersConfig;
import chat.switchboard.address.Strangers;
import chat.switchboard.librechat.ConversationConfig;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.librechat.NewConversation;
import chat.switchboard.routing.RoutingConfig.Archived;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** The settings for a text to a service number: the owner, and the fields of a new conversation. */
@Singleton
public class ServiceNumberSettings {

  private final ConversationConfig conversationConfig;
  private final LibreChatConfig libreChatConfig;
  private final ServiceNumbersConfig serviceNumbersConfig;
  private final AutoReplyConfig autoReplyConfig;
  private final ForwardConfig forwardConfig;
  private final RoutingConfig routingConfig;

  ServiceNumberSettings(
      ConversationConfig conversationConfig,
      LibreChatConfig libreChatConfig,
      ServiceNumbersConfig serviceNumbersConfig,
      AutoReplyConfig autoReplyConfig,
      ForwardConfig forwardConfig,
      RoutingConfig routingConfig) {
    this.conversationConfig = conversationConfig;
    this.libreChatConfig = libreChatConfig;
    this.serviceNumbersConfig = serviceNumbersConfig;
    this.autoReplyConfig = autoReplyConfig;
    this.forwardConfig = forwardConfig;
    this.routingConfig = routingConfig;
  }

  Optional<String> owner(Contact contact) {
    return contact
        .opening()
        .map(Contact.Opening::owner)
        .or(() -> contact.owner().map(PhoneOwner::user))
        .or(() -> of(contact.to(), ServiceNumberConfig::owner))
        .or(libreChatConfig::owner);
  }

  Strangers strangers(Contact contact) {
    return contact.opening().isPresent() || contact.owner().isPresent()
        ? Strangers.CREATE
        : of(contact.to(), ServiceNumberConfig::strangers).orElse(routingConfig.strangers());
  }

  Archived archived() {
    return routingConfig.archived();
  }

  /** Whether LibreChat's agent answers texts to this number. */
  public boolean autoReply(Optional<String> number) {
    return of(number, ServiceNumberConfig::autoReply).orElse(autoReplyConfig.auto());
  }

  /** Whether the owner's messages are sent to this person. */
  public boolean forwardOwner(Mapping mapping) {
    return Optional.ofNullable(mapping.forwardOwner)
        .or(() -> of(Optional.ofNullable(mapping.serviceNumber), ServiceNumberConfig::forwardOwner))
        .orElse(forwardConfig.forwardOwner());
  }

  /**
   * Whether a setting, for all numbers or for one number, forwards the owner's messages to the
   * phones.
   */
  public boolean forwardsByDefault() {
    return forwardConfig.forwardOwner()
        || serviceNumbersConfig.numbers().values().stream()
            .anyMatch(number -> number.forwardOwner().orElse(false));
  }

  NewConversation conversation(UUID id, Contact contact) {
    if (contact.opening().isPresent()) {
      Contact.Opening opening = contact.opening().get();
      return new NewConversation(
          id,
          opening.title(),
          new NewConversation.Settings(opening.endpoint(), opening.model(), opening.agentId()));
    }
    Optional<PhoneOwner> chosen = contact.owner().filter(owner -> owner.endpoint().isPresent());
    if (chosen.isPresent()) {
      PhoneOwner owner = chosen.get();
      return new NewConversation(
          id,
          title(contact),
          new NewConversation.Settings(owner.endpoint(), owner.model(), owner.agentId()));
    }
    return new NewConversation(
        id,
        title(contact),
        new NewConversation.Settings(
            of(contact.to(), ServiceNumberConfig::endpoint),
            of(contact.to(), ServiceNumberConfig::model),
            of(contact.to(), ServiceNumberConfig::agentId)));
  }

  private String title(Contact contact) {
    return of(contact.to(), ServiceNumberConfig::title)
        .orElse(conversationConfig.title())
        .replace("{source}", Source.shown(contact.source()))
        .replace("{from}", PhoneAddress.of(contact.from()).shown());
  }

  private <T> Optional<T> of(
      Optional<String> number, Function<ServiceNumberConfig, Optional<T>> setting) {
    return number
        .map(to -> PhoneAddress.of(to).value())
        .map(serviceNumbersConfig.numbers()::get)
        .flatMap(setting);
  }
}
