package chat.switchboard.phones;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.address.PhoneIdentity;
import chat.switchboard.inbound.InboundMessage;
import chat.switchboard.inbound.InboundMessage.HookDelivery;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.Pipeline;
import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.librechat.Users;
import chat.switchboard.mongo.ExclusiveRunner;
import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.ops.Periodic;
import chat.switchboard.routing.OwnPhoneRoutes;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bson.Document;
import org.jboss.logging.Logger;

/**
 * Completes the move of a number to another user: tells the old user in the conversation that the
 * number last wrote to, blocks the old user's texts to the number that wait for their time, and
 * ends the number's mappings to the old user's conversations. A move that a crash interrupted is
 * completed by the job.
 */
@ApplicationScoped
class PhoneMoves {

  private static final Logger LOG = Logger.getLogger(PhoneMoves.class);
  private static final Periodic PERIODIC =
      new Periodic(LOG, "Telling users of moved phones", Logger.Level.WARN);
  private static final String SOURCE = "switchboard";
  private static final int MOST = 50;

  private final PhoneStore store;
  private final PhoneIdentities identities;
  private final OwnPhoneRoutes routes;
  private final HeldWords held;
  private final Users users;
  private final Pipeline pipeline;
  private final PhoneNoticesConfig notices;
  private final ExclusiveRunner alone;

  PhoneMoves(
      PhoneStore store,
      PhoneIdentities identities,
      OwnPhoneRoutes routes,
      HeldWords held,
      Users users,
      Pipeline pipeline,
      PhoneNoticesConfig notices,
      ExclusiveRunner alone) {
    this.store = store;
    this.identities = identities;
    this.routes = routes;
    this.held = held;
    this.users = users;
    this.pipeline = pipeline;
    this.notices = notices;
    this.alone = alone;
  }

  @Scheduled(every = "1m", delayed = "1m", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> run() {
    return PERIODIC.run(alone.run(LeaseKey.job("phone-moves"), this::completeAll));
  }

  Uni<Void> completeAll() {
    return store
        .untold(MOST)
        .onItem()
        .transformToMulti((List<PhoneEntity> phones) -> Multi.createFrom().iterable(phones))
        .onItem()
        .transformToUniAndConcatenate(this::complete)
        .collect()
        .asList()
        .replaceWithVoid();
  }

  /** Completes the move of a phone, if there is one to complete; a repetition changes nothing. */
  Uni<Void> complete(PhoneEntity phone) {
    if (phone.untoldUser == null) {
      return Uni.createFrom().voidItem();
    }
    String old = phone.untoldUser;
    return identities
        .of(phone.phoneNumber)
        .flatMap(
            person ->
                tell(phone, person, old)
                    .flatMap(told -> held.block(person, old))
                    .flatMap(blocked -> routes.end(person, old))
                    .flatMap(ended -> store.told(phone.id, old)));
  }

  private Uni<Void> tell(PhoneEntity phone, PhoneIdentity person, String old) {
    Optional<String> words = notices.moved().filter(text -> !text.isBlank());
    if (words.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    UUID messageId =
        DeterministicIds.uuid("phone moved", phone.id, old, Long.toString(phone.since.getTime()));
    return users
        .find(old)
        .flatMap(
            user ->
                user.isEmpty()
                    ? Uni.createFrom().voidItem()
                    : routes
                        .newest(person, old)
                        .flatMap(
                            conversation ->
                                pipeline.receive(
                                    message(phone, old, words.get(), messageId, conversation)))
                        .replaceWithVoid());
  }

  private static InboundMessage message(
      PhoneEntity phone, String old, String words, UUID messageId, Optional<String> conversation) {
    String shown = PhoneAddress.of(phone.phoneNumber).shown();
    return new InboundMessage(
        new ToConversation(conversation.map(UUID::fromString).orElse(messageId), Optional.of(old)),
        List.of(words.replace("{phone}", shown)),
        "Switchboard",
        SOURCE,
        new Document("source", SOURCE).append("event", "phone moved"),
        Optional.of(new HookDelivery(messageId)),
        true,
        false,
        Optional.of(false));
  }
}
