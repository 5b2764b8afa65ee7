package chat.switchboard.routing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.Names;
import chat.switchboard.librechat.NewConversation;
import chat.switchboard.librechat.User;
import chat.switchboard.librechat.Users;
import chat.switchboard.ops.DuplicateKey;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.ops.Mask;
import chat.switchboard.ops.SwitchboardConfig;
import chat.switchboard.routing.Route.Into;
import chat.switchboard.routing.Route.MappingUsed;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.bson.conversions.Bson;
import org.jboss.logging.Logger;

/** Finds the conversation that a message goes into, or opens one. */
@ApplicationScoped
public class Router {

  private static final Logger LOG = Logger.getLogger(Router.class);

  /** What {@link Mapping#serviceNumber} is for a mapping that holds for all of our numbers. */
  private static final String ANY_NUMBER = "";

  private final Conversations conversations;
  private final Users users;
  private final SwitchboardConfig config;
  private final Clock clock;

  Router(Conversations conversations, Users users, SwitchboardConfig config, Clock clock) {
    this.conversations = conversations;
    this.users = users;
    this.config = config;
    this.clock = clock;
  }

  /**
   * To the conversation with this id; where there is none, it is opened for the configured owner.
   *
   * @param title of the conversation, should it be opened
   */
  public Uni<Route> toConversation(UUID conversationId, String title) {
    return conversations
        .find(conversationId)
        .flatMap(
            found ->
                found
                    .map(Router::into)
                    .orElseGet(
                        () ->
                            config.owner().isEmpty()
                                ? Uni.createFrom().item(new Route.NoConversation())
                                : forOwner(
                                    owner ->
                                        conversations
                                            .open(owner, new NewConversation(conversationId, title))
                                            .flatMap(Router::into))));
  }

  /** To this person's active conversation; a stranger gets a new one. */
  public Uni<Route> toContact(Contact contact) {
    return active(contact)
        .flatMap(
            found ->
                found
                    .map(mapping -> along(mapping, contact))
                    .orElseGet(() -> forOwner(owner -> introduce(contact, owner))));
  }

  private Uni<Optional<Mapping>> active(Contact contact) {
    Bson person = eq("phoneNumber", contact.from());
    Bson query =
        contact
            .to()
            .map(to -> and(person, in("serviceNumber", List.of(to, ANY_NUMBER))))
            .orElse(person);
    return Mapping.<Mapping>find(query, Sorts.descending("lastUsed"))
        .firstResult()
        .map(Optional::ofNullable);
  }

  private Uni<Route> along(Mapping mapping, Contact contact) {
    return conversations
        .find(mapping.conversationId, mapping.user)
        .flatMap(
            found -> {
              if (found.isPresent()) {
                return touch(mapping).flatMap(done -> into(found.get(), mapping, false));
              }
              return forOwner(
                  owner ->
                      Boolean.TRUE.equals(mapping.opened)
                          ? replace(mapping, contact, owner)
                          : open(mapping, contact, owner, false));
            });
  }

  private Uni<Void> touch(Mapping mapping) {
    return Mapping.mongoCollection()
        .updateOne(eq("_id", mapping.id), Updates.max("lastUsed", now()))
        .replaceWithVoid();
  }

  /**
   * The conversation was deleted in LibreChat: the mapping is led to a new one. Only one of many
   * who notice it at once succeeds; all go on with what then stands in the mapping.
   */
  private Uni<Route> replace(Mapping stale, Contact contact, User owner) {
    LOG.infof(
        "The conversation of mapping %s is gone: %s gets a new one.",
        stale.id, Mask.phone(contact.from()));
    return Mapping.mongoCollection()
        .updateOne(
            and(eq("_id", stale.id), eq("conversationId", stale.conversationId)),
            Updates.combine(
                Updates.set("conversationId", UUID.randomUUID().toString()),
                Updates.set("user", owner.id.toHexString()),
                Updates.set("opened", false)))
        .flatMap(done -> Mapping.<Mapping>findById(stale.id))
        .flatMap(mapping -> open(mapping, contact, owner, false));
  }

  /**
   * A stranger: first the mapping, whose id follows from the person and our number, then the
   * conversation that it names. So many first texts at once make one of each, and a try after a
   * crash finds the mapping and goes on from there.
   */
  private Uni<Route> introduce(Contact contact, User owner) {
    Mapping mapping = new Mapping();
    mapping.phoneNumber = contact.from();
    mapping.serviceNumber = contact.to().orElse(ANY_NUMBER);
    mapping.id = Names.uuid("mapping", mapping.phoneNumber, mapping.serviceNumber).toString();
    mapping.conversationId = UUID.randomUUID().toString();
    mapping.user = owner.id.toHexString();
    mapping.opened = false;
    mapping.createdAt = now();
    mapping.lastUsed = mapping.createdAt;
    return mapping
        .<Mapping>persist()
        .replaceWith(true)
        .onFailure(DuplicateKey::is)
        .recoverWithItem(false)
        .flatMap(
            created -> {
              if (created) {
                FaultPoint.reached("mapped");
                LOG.infof("Mapping %s made for %s.", mapping.id, Mask.phone(contact.from()));
                return open(mapping, contact, owner, true);
              }
              return Mapping.<Mapping>findById(mapping.id).flatMap(made -> along(made, contact));
            });
  }

  private Uni<Route> open(Mapping mapping, Contact contact, User owner, boolean created) {
    return conversations
        .open(owner, new NewConversation(UUID.fromString(mapping.conversationId), title(contact)))
        .invoke(() -> FaultPoint.reached("opened"))
        .call(
            () ->
                Mapping.mongoCollection()
                    .updateOne(
                        and(eq("_id", mapping.id), eq("conversationId", mapping.conversationId)),
                        Updates.combine(
                            Updates.set("opened", true), Updates.max("lastUsed", now()))))
        .flatMap(conversation -> into(conversation, mapping, created));
  }

  private Date now() {
    return new Date(clock.millis());
  }

  private Uni<Route> forOwner(Function<User, Uni<Route>> then) {
    return config
        .owner()
        .map(users::find)
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .flatMap(
            owner -> owner.map(then).orElseGet(() -> Uni.createFrom().item(new Route.NoOwner())));
  }

  private String title(Contact contact) {
    return config
        .conversation()
        .title()
        .replace("{source}", Source.shown(contact.source()))
        .replace("{from}", Mask.phone(contact.from().replaceFirst("^(whatsapp|rcs):", "")));
  }

  private static Uni<Route> into(Conversation conversation) {
    return Uni.createFrom().item(new Into(conversation, Optional.empty()));
  }

  private static Uni<Route> into(Conversation conversation, Mapping mapping, boolean created) {
    return Uni.createFrom()
        .item(
            new Into(
                conversation,
                Optional.of(new MappingUsed(mapping.id, mapping.conversationId, created))));
  }
}
