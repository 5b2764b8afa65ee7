package chat.switchboard.routing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.librechat.NewConversation;
import chat.switchboard.librechat.User;
import chat.switchboard.librechat.Users;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.phone.Mask;
import chat.switchboard.phone.PhoneAddress;
import chat.switchboard.phone.PhoneIdentities;
import chat.switchboard.routing.Code.Typed;
import chat.switchboard.routing.Route.Into;
import chat.switchboard.routing.Route.MappingUsed;
import chat.switchboard.routing.RoutingConfig.Archived;
import chat.switchboard.text.ShownText;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bson.conversions.Bson;
import org.jboss.logging.Logger;

/** Finds the conversation that a message goes into, or opens one. */
@ApplicationScoped
public class Router {

  private static final Logger LOG = Logger.getLogger(Router.class);

  /** What {@link Mapping#serviceNumber} is for a mapping that holds for all of our numbers. */
  static final String ANY_NUMBER = "";

  /** The longest title in a notice, in grapheme clusters, so that the words around it are sent. */
  private static final int LONGEST_TITLE = 80;

  private final Conversations conversations;
  private final Users users;
  private final Codes codes;
  private final ServiceNumberSettings desk;
  private final PhoneIdentities identities;
  private final LibreChatConfig libreChatConfig;
  private final NoticesConfig noticesConfig;
  private final RoutingConfig routingConfig;
  private final Clock clock;
  private final MeterRegistry meters;

  Router(
      Conversations conversations,
      Users users,
      Codes codes,
      ServiceNumberSettings desk,
      PhoneIdentities identities,
      LibreChatConfig libreChatConfig,
      NoticesConfig noticesConfig,
      RoutingConfig routingConfig,
      Clock clock,
      MeterRegistry meters) {
    this.conversations = conversations;
    this.users = users;
    this.codes = codes;
    this.desk = desk;
    this.identities = identities;
    this.libreChatConfig = libreChatConfig;
    this.noticesConfig = noticesConfig;
    this.routingConfig = routingConfig;
    this.clock = clock;
    this.meters = meters;
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
                            libreChatConfig.owner().isEmpty()
                                ? Uni.createFrom().item(new Route.NoConversation())
                                : forOwner(
                                    libreChatConfig.owner(),
                                    owner ->
                                        conversations
                                            .open(owner, new NewConversation(conversationId, title))
                                            .flatMap(Router::into))));
  }

  /**
   * To this person's active conversation, or to the one that a code names; a stranger gets a new
   * one, where strangers are let in.
   *
   * @param text what the person wrote, where a code may stand at its beginning
   */
  public Uni<Route> toContact(Contact contact, Optional<String> text) {
    return identities.of(contact.from()).flatMap(person -> find(contact.as(person), text));
  }

  private Uni<Route> find(Contact contact, Optional<String> text) {
    if (contact.code().isPresent()) {
      return byCode(contact, contact.code().get());
    }
    return text.flatMap(Code::leading)
        .map(typed -> byTyped(contact, typed))
        .orElseGet(() -> byPerson(contact));
  }

  /** A text begins with what may be a code. With gaps it is one only if it is live. */
  private Uni<Route> byTyped(Contact contact, Typed typed) {
    String sender = contact.account();
    if (!typed.certain() && !codes.mayTryGapped(sender)) {
      return byPerson(contact);
    }
    if (!codes.mayTry(sender)) {
      count("too many codes");
      LOG.infof("%s has tried too many wrong codes.", Mask.phone(contact.from()));
      return byPerson(contact)
          .map(
              route ->
                  codes.mayBeTold(sender)
                      ? tooManyCodes(route, noticesConfig.tooManyCodes())
                      : route);
    }
    return linked(contact, typed.code())
        .flatMap(
            link -> {
              if (link.isPresent()) {
                return Uni.createFrom().item(afterLink(link.get(), typed.rest()));
              }
              if (!typed.certain()) {
                return byPerson(contact);
              }
              codes.wasWrong(sender);
              count("wrong code");
              LOG.infof("A wrong code came from %s.", Mask.phone(contact.from()));
              return byPerson(contact).map(route -> withNotice(route, noticesConfig.wrongCode()));
            });
  }

  /** A program shows the code beside the text, and is told if it is wrong. */
  private Uni<Route> byCode(Contact contact, String shown) {
    if (!codes.mayTry(contact.account())) {
      return Uni.createFrom().item(new Route.TooManyCodes());
    }
    return Code.read(shown)
        .map(code -> linked(contact, code))
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .map(
            link -> {
              if (link.isEmpty()) {
                codes.wasWrong(contact.account());
                return new Route.WrongCode();
              }
              return link.get();
            });
  }

  private static Route afterLink(Into link, String rest) {
    return rest.isBlank()
        ? new Route.Linked(link.mapping().orElseThrow(), link.notice())
        : new Into(
            link.conversation(),
            link.mapping(),
            Optional.of(rest.strip()),
            link.sender(),
            link.notice());
  }

  /** Links the person to the conversation of this code; empty if it is wrong. */
  private Uni<Optional<Into>> linked(Contact contact, String code) {
    return codes
        .find(code)
        .flatMap(
            found ->
                found
                    .map(
                        mapping ->
                            open(mapping)
                                .flatMap(
                                    conversation ->
                                        conversation
                                            .map(there -> link(contact, there).map(Optional::of))
                                            .orElseGet(Router::nothing)))
                    .orElseGet(Router::nothing));
  }

  private Uni<Into> link(Contact contact, Conversation conversation) {
    String to = contact.to().orElse(ANY_NUMBER);
    return Mapping.<Mapping>find(
            and(
                in("phoneNumber", contact.person().names()),
                eq("serviceNumber", to),
                eq("conversationId", conversation.conversationId)))
        .firstResult()
        .flatMap(
            known ->
                known != null
                    ? touch(known, contact).replaceWith(known).map(one -> mappingUsed(one, false))
                    : join(contact, conversation, to))
        .map(
            used -> {
              count("link");
              LOG.infof("%s is linked by mapping %s.", Mask.phone(contact.from()), used.id());
              return new Into(
                  conversation,
                  Optional.of(used),
                  Optional.empty(),
                  Optional.empty(),
                  noticesConfig
                      .linked()
                      .map(
                          text ->
                              text.replace(
                                  "{title}",
                                  conversation.title == null
                                      ? ""
                                      : ShownText.line(conversation.title, LONGEST_TITLE))));
            });
  }

  /** One more mapping of this person, to a conversation that is there. */
  private Uni<MappingUsed> join(Contact contact, Conversation conversation, String to) {
    Mapping mapping = new Mapping();
    mapping.id =
        DeterministicIds.uuid("mapping", contact.account(), to, conversation.conversationId)
            .toString();
    mapping.phoneNumber = contact.from();
    mapping.serviceNumber = to;
    mapping.conversationId = conversation.conversationId;
    mapping.user = conversation.user;
    mapping.opened = true;
    mapping.createdAt = now();
    mapping.lastUsed = mapping.createdAt;
    mapping.conversationSid = contact.conversationSid().orElse(null);
    return mapping
        .<Mapping>persist()
        .map(made -> mappingUsed(made, true))
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> touch(mapping, contact).replaceWith(mappingUsed(mapping, false)));
  }

  private Uni<Route> byPerson(Contact contact) {
    return active(contact)
        .flatMap(
            found ->
                found.map(mapping -> along(mapping, contact)).orElseGet(() -> stranger(contact)));
  }

  /** By the name that the person uses now; where there is none, by the person's other names. */
  private Uni<Optional<Mapping>> active(Contact contact) {
    List<String> names = contact.person().names();
    return active(contact, eq("phoneNumber", contact.from()))
        .flatMap(
            found ->
                found.isPresent() || names.size() == 1
                    ? Uni.createFrom().item(found)
                    : active(contact, in("phoneNumber", names)))
        .invoke(
            found -> {
              count(found.isPresent() ? "look-up" : "look-up of a stranger");
              LOG.debugf(
                  "%s was looked up: %s",
                  Mask.phone(contact.from()), found.map(one -> one.id).orElse("a stranger"));
            });
  }

  private static Uni<Optional<Mapping>> active(Contact contact, Bson person) {
    Bson query =
        contact
            .conversationSid()
            .map(sid -> and(person, eq("conversationSid", sid)))
            .or(
                () ->
                    contact
                        .to()
                        .map(to -> and(person, in("serviceNumber", List.of(to, ANY_NUMBER)))))
            .orElse(person);
    return Mapping.<Mapping>find(query, Sorts.descending("lastUsed"))
        .firstResult()
        .map(Optional::ofNullable);
  }

  private Uni<Route> along(Mapping mapping, Contact contact) {
    return open(mapping)
        .flatMap(
            found -> {
              if (found.filter(this::isLeft).isPresent()) {
                return moveOn(mapping, contact);
              }
              if (found.isPresent()) {
                return touch(mapping, contact)
                    .map(done -> into(found.get(), mapping, contact, false, Optional.empty()));
              }
              if (Boolean.TRUE.equals(mapping.opened)) {
                return heal(mapping, contact);
              }
              return openFirst(mapping, contact);
            });
  }

  /** The mapping names a conversation that is not opened yet: a process died in between. */
  private Uni<Route> openFirst(Mapping mapping, Contact contact) {
    return users
        .find(mapping.user)
        .flatMap(
            owner ->
                owner
                    .map(found -> open(mapping, contact, found, true, false))
                    .orElseGet(() -> heal(mapping, contact)));
  }

  /** Whether the owner archived it, and texts for such a conversation go into a new one. */
  private boolean isLeft(Conversation conversation) {
    return conversation.putAway() && routingConfig.archived() == Archived.NEW;
  }

  /**
   * Leads the mapping to a new conversation of the same owner. The id of that conversation follows
   * from the archived one, so that everybody who writes there, and every replica, goes on in the
   * same new conversation.
   */
  private Uni<Route> moveOn(Mapping mapping, Contact contact) {
    LOG.infof(
        "The conversation of mapping %s is archived; the text of %s opens a new " + "conversation.",
        mapping.id, Mask.phone(contact.from()));
    count("archived");
    String next = DeterministicIds.uuid("after archived", mapping.conversationId).toString();
    return (isOwn(mapping, contact) ? repoint(mapping, next) : replace(mapping, next))
        .flatMap(moved -> moved == null ? byPerson(contact) : along(moved, contact));
  }

  private static Uni<Mapping> repoint(Mapping mapping, String conversationId) {
    return Mapping.mongoCollection()
        .updateOne(
            and(eq("_id", mapping.id), eq("conversationId", mapping.conversationId)),
            Updates.combine(
                Updates.set("conversationId", conversationId),
                Updates.set("opened", false),
                Updates.unset("code"),
                Updates.unset("codeExpiresAt")))
        .flatMap(done -> Mapping.findById(mapping.id));
  }

  /**
   * The id of a mapping that was made by hand or by a code follows from its conversation, so that
   * another mapping takes its place. If the process dies in between, the newer one is active.
   */
  private Uni<Mapping> replace(Mapping mapping, String conversationId) {
    Mapping other = new Mapping();
    other.id =
        DeterministicIds.uuid(
                "mapping",
                PhoneAddress.of(mapping.phoneNumber).account(),
                mapping.serviceNumber,
                conversationId)
            .toString();
    other.phoneNumber = mapping.phoneNumber;
    other.serviceNumber = mapping.serviceNumber;
    other.conversationId = conversationId;
    other.user = mapping.user;
    other.opened = false;
    other.label = mapping.label;
    other.forwardOwner = mapping.forwardOwner;
    other.conversationSid = mapping.conversationSid;
    other.createdAt = now();
    other.lastUsed = other.createdAt;
    return other
        .<Mapping>persist()
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> Mapping.findById(other.id))
        .call(mapping::delete);
  }

  /**
   * The mapping's conversation, unless it was deleted or its owner is gone. One that is read-only
   * in LibreChat counts as deleted.
   */
  private Uni<Optional<Conversation>> open(Mapping mapping) {
    return Uni.combine()
        .all()
        .unis(conversations.find(mapping.conversationId, mapping.user), users.find(mapping.user))
        .asTuple()
        .map(
            both ->
                both.getItem2().isEmpty()
                    ? Optional.empty()
                    : both.getItem1().filter(there -> !there.readOnly()));
  }

  /** Makes the mapping the active one; texts go to the name that the person used last. */
  private Uni<Void> touch(Mapping mapping, Contact contact) {
    Bson used = Updates.max("lastUsed", now());
    Bson id = eq("_id", mapping.id);
    if (contact.from().equals(mapping.phoneNumber)) {
      return Mapping.mongoCollection().updateOne(id, used).replaceWithVoid();
    }
    return Mapping.mongoCollection()
        .updateOne(id, Updates.combine(used, Updates.set("phoneNumber", contact.from())))
        // The person has a mapping to this conversation under each name.
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> Mapping.mongoCollection().updateOne(id, used))
        .replaceWithVoid();
  }

  /**
   * The conversation was deleted in LibreChat, or its owner is gone. A mapping that was made by
   * hand or by a code ends; the person's own is led to a new conversation. Only one of many who
   * notice it at once succeeds; all go on with what then stands there.
   */
  private Uni<Route> heal(Mapping stale, Contact contact) {
    LOG.infof(
        "The conversation of mapping %s (%s) no longer exists.",
        stale.id, Mask.phone(contact.from()));
    count("heal");
    if (!isOwn(stale, contact)) {
      return stale.delete().flatMap(done -> byPerson(contact));
    }
    return forOwner(
        desk.owner(contact.to()),
        owner ->
            Mapping.mongoCollection()
                .updateOne(
                    and(eq("_id", stale.id), eq("conversationId", stale.conversationId)),
                    Updates.combine(
                        Updates.set("conversationId", UUID.randomUUID().toString()),
                        Updates.set("user", owner.id.toHexString()),
                        Updates.set("opened", false),
                        Updates.unset("code"),
                        Updates.unset("codeExpiresAt")))
                .flatMap(done -> Mapping.<Mapping>findById(stale.id))
                .flatMap(
                    mapping ->
                        mapping == null
                            ? byPerson(contact)
                            : open(mapping, contact, owner, true, false)));
  }

  /** The id of the mapping that this person gets as a stranger. */
  private static String ownId(Contact contact) {
    return ownId(contact.account(), contact.to().orElse(ANY_NUMBER), contact.conversationSid());
  }

  private static String ownId(String name, String to, Optional<String> conversationSid) {
    return conversationSid
        .map(sid -> DeterministicIds.uuid("group", name, sid))
        .orElseGet(() -> DeterministicIds.uuid("mapping", name, to))
        .toString();
  }

  /** Whether the person got this mapping as a stranger, under whatever name. */
  private static boolean isOwn(Mapping mapping, Contact contact) {
    return Stream.concat(
            Stream.of(contact.account(), mapping.phoneNumber), contact.person().names().stream())
        .map(
            name ->
                ownId(name, mapping.serviceNumber, Optional.ofNullable(mapping.conversationSid)))
        .anyMatch(mapping.id::equals);
  }

  private Uni<Route> stranger(Contact contact) {
    if (contact.conversationSid().isPresent()) {
      return group(contact, contact.conversationSid().get());
    }
    return letIn(contact, UUID.randomUUID().toString());
  }

  /** Somebody new in a group of Twilio's: into the conversation that the others are in. */
  private Uni<Route> group(Contact contact, String sid) {
    return Mapping.<Mapping>find(eq("conversationSid", sid), Sorts.descending("lastUsed"))
        .firstResult()
        .flatMap(
            other -> {
              if (other == null) {
                // All who write at once as the first of a group name the same conversation.
                return letIn(contact, DeterministicIds.uuid("group conversation", sid).toString());
              }
              return open(other)
                  .flatMap(
                      there ->
                          there.filter(this::isLeft).isPresent()
                              ? moveOn(other, contact).flatMap(moved -> group(contact, sid))
                              : there.isPresent()
                                  ? join(contact, there.get(), contact.to().orElse(ANY_NUMBER))
                                      .map(used -> new Into(there.get(), Optional.of(used)))
                                  : Boolean.TRUE.equals(other.opened)
                                      ? letIn(contact, UUID.randomUUID().toString())
                                      : letIn(contact, other.conversationId));
            });
  }

  private Uni<Route> letIn(Contact contact, String conversationId) {
    return switch (desk.strangers(contact.to())) {
      case CREATE ->
          forOwner(desk.owner(contact.to()), owner -> introduce(contact, owner, conversationId));
      case PAIR -> Uni.createFrom().item(new Route.Stranger(noticesConfig.pair()));
      case REJECT -> Uni.createFrom().item(new Route.Stranger(Optional.empty()));
    };
  }

  /**
   * A stranger: first the mapping, whose id follows from the person and our number, then the
   * conversation that it names. So many first texts at once make one of each, and a try after a
   * crash finds the mapping and goes on from there.
   */
  private Uni<Route> introduce(Contact contact, User owner, String conversationId) {
    Mapping mapping = new Mapping();
    mapping.id = ownId(contact);
    mapping.phoneNumber = contact.from();
    mapping.serviceNumber = contact.to().orElse(ANY_NUMBER);
    mapping.conversationId = conversationId;
    mapping.user = owner.id.toHexString();
    mapping.opened = false;
    mapping.createdAt = now();
    mapping.lastUsed = mapping.createdAt;
    mapping.conversationSid = contact.conversationSid().orElse(null);
    return mapping
        .<Mapping>persist()
        .replaceWith(true)
        .onFailure(DuplicateKey::is)
        .recoverWithItem(false)
        .flatMap(
            created -> {
              if (created) {
                FaultPoint.reached("mapped");
                count("create");
                LOG.infof("Created mapping %s for %s.", mapping.id, Mask.phone(contact.from()));
                return open(mapping, contact, owner, true, true);
              }
              return Mapping.<Mapping>findById(mapping.id)
                  .flatMap(made -> made == null ? byPerson(contact) : along(made, contact));
            });
  }

  private Uni<Route> open(
      Mapping mapping, Contact contact, User owner, boolean isNew, boolean created) {
    return conversations
        .open(owner, desk.conversation(UUID.fromString(mapping.conversationId), contact))
        .invoke(() -> FaultPoint.reached("opened"))
        .call(
            () ->
                Mapping.mongoCollection()
                    .updateOne(
                        and(eq("_id", mapping.id), eq("conversationId", mapping.conversationId)),
                        Updates.combine(
                            Updates.set("opened", true), Updates.max("lastUsed", now()))))
        .map(
            conversation ->
                into(
                    conversation,
                    mapping,
                    contact,
                    created,
                    isNew ? noticesConfig.newConversation() : Optional.empty()));
  }

  private Date now() {
    return new Date(clock.millis());
  }

  private void count(String what) {
    meters.counter("switchboard.mappings", "what", what).increment();
  }

  private Uni<Route> forOwner(Optional<String> wanted, Function<User, Uni<Route>> then) {
    return wanted
        .map(users::find)
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .flatMap(
            owner -> owner.map(then).orElseGet(() -> Uni.createFrom().item(new Route.NoOwner())));
  }

  private static <T> Uni<Optional<T>> nothing() {
    return Uni.createFrom().item(Optional.empty());
  }

  private static Uni<Route> into(Conversation conversation) {
    return Uni.createFrom()
        .item(
            conversation.readOnly()
                ? new Route.ReadOnly()
                : new Into(conversation, Optional.empty()));
  }

  private static Route into(
      Conversation conversation,
      Mapping mapping,
      Contact contact,
      boolean created,
      Optional<String> notice) {
    return new Into(
        conversation,
        Optional.of(mappingUsed(mapping, created)),
        Optional.empty(),
        Optional.ofNullable(contact.named() ? null : mapping.label),
        notice);
  }

  private static MappingUsed mappingUsed(Mapping mapping, boolean created) {
    return new MappingUsed(mapping.id, mapping.conversationId, created);
  }

  /** A stranger who is told to send a code learns that none is read. */
  private static Route tooManyCodes(Route route, Optional<String> notice) {
    return route instanceof Route.Stranger stranger && stranger.notice().isPresent()
        ? new Route.Stranger(notice)
        : withNotice(route, notice);
  }

  private static Route withNotice(Route route, Optional<String> notice) {
    return route instanceof Into into
        ? new Into(into.conversation(), into.mapping(), into.text(), into.sender(), notice)
        : route;
  }
}
