package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.http.ProblemException;
import chat.switchboard.mongo.BatchCommand;
import chat.switchboard.mongo.BatchCommand.Outcome;
import chat.switchboard.mongo.Batcher;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.RawDocuments;
import chat.switchboard.ops.LruMap;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import io.quarkus.mongodb.FindOptions;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.jboss.logging.Logger;

/** Finds LibreChat's conversations and opens new ones. */
@Singleton
public class Conversations {

  private static final Logger LOG = Logger.getLogger(Conversations.class);

  /**
   * The fallback endpoint of a new conversation: LibreChat's composer is broken without an
   * endpoint.
   */
  private static final String FALLBACK_ENDPOINT = "openAI";

  private static final String AGENTS = "agents";

  /** The number of an owner's conversations that are read to find an endpoint and a model. */
  private static final int TEMPLATES = 50;

  /** The number of conversations whose owners are remembered. */
  private static final int REMEMBERED = 10_000;

  /**
   * The number of conversations with the same id that are read: two show that there are several.
   */
  private static final int SAME_ID = 2;

  private final Users users;
  private final ConversationConfig conversationConfig;
  private final LibreChatConfig libreChatConfig;
  private final Clock clock;
  private final Deadlines deadlines;

  /** The owners of conversations that were found by their ids alone. */
  private final Map<String, String> owners = Collections.synchronizedMap(new LruMap<>(REMEMBERED));

  /** The conversations with an id, of any user; at most {@value #SAME_ID}. */
  private final Batcher<String, List<Conversation>> withId;

  Conversations(
      Users users,
      ConversationConfig conversationConfig,
      LibreChatConfig libreChatConfig,
      Clock clock,
      Deadlines deadlines,
      Batchers batchers) {
    this.users = users;
    this.conversationConfig = conversationConfig;
    this.libreChatConfig = libreChatConfig;
    this.clock = clock;
    this.deadlines = deadlines;
    this.withId = batchers.of(Conversations::read);
  }

  /**
   * Returns the conversation with this id. LibreChat's index permits conversations of several users
   * with the same id: then the conversation of the configured owner counts. Without a configured
   * owner the call fails, because chance would decide which user sees the message.
   *
   * @return fails with a {@link ProblemException} (409) if the id is ambiguous
   */
  public Uni<Optional<Conversation>> find(UUID conversationId) {
    return withId
        .ask(conversationId.toString())
        .flatMap(
            found ->
                found.size() < 2
                    ? Uni.createFrom().item(found.stream().findFirst())
                    : ofOwner(conversationId))
        .invoke(found -> remember(conversationId, found));
  }

  private void remember(UUID conversationId, Optional<Conversation> found) {
    found.ifPresentOrElse(
        there -> owners.put(there.conversationId, there.user),
        () -> owners.remove(conversationId.toString()));
  }

  /**
   * Returns the id and the owner of a conversation that {@link #find(UUID)} has found before,
   * without a read. The conversation may be deleted since: {@link #current} must follow before a
   * write.
   */
  public Optional<Conversation> remembered(UUID conversationId) {
    return Optional.ofNullable(owners.get(conversationId.toString()))
        .map(
            user -> {
              Conversation remembered = new Conversation();
              remembered.conversationId = conversationId.toString();
              remembered.user = user;
              return remembered;
            });
  }

  /**
   * Reads a remembered conversation; empty if {@link #find(UUID)} does not find the same user's
   * conversation any more, or if the conversation takes no messages.
   */
  public Uni<Optional<Conversation>> current(Conversation remembered) {
    return find(UUID.fromString(remembered.conversationId))
        .map(
            found ->
                found.filter(there -> there.user.equals(remembered.user) && !there.readOnly()));
  }

  private static Uni<List<Outcome<List<Conversation>>>> read(List<String> ids) {
    List<String> distinct = ids.stream().distinct().toList();
    int most = distinct.size() * SAME_ID;
    RawDocuments<Conversation> documents = RawDocuments.of(Conversation.mongoCollection());
    return documents
        .find(
            distinct.size() == 1
                ? eq("conversationId", distinct.get(0))
                : in("conversationId", distinct),
            // LibreChat keeps the ids of all messages there.
            new FindOptions().limit(most).projection(Projections.exclude("messages")))
        .map(
            found -> {
              if (distinct.size() > 1 && found.size() >= most) {
                return BatchCommand.alone(ids);
              }
              Map<String, List<RawBsonDocument>> byId =
                  found.stream()
                      .collect(
                          Collectors.groupingBy(one -> RawDocuments.text(one, "conversationId")));
              return ids.stream()
                  .map(
                      id ->
                          Outcome.of(
                              () ->
                                  byId.getOrDefault(id, List.of()).stream()
                                      .limit(SAME_ID)
                                      .map(documents::decode)
                                      .toList()))
                  .toList();
            });
  }

  private Uni<Optional<Conversation>> ofOwner(UUID conversationId) {
    return libreChatConfig
        .owner()
        .filter(set -> !set.isBlank())
        .map(users::find)
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .flatMap(
            owner ->
                owner
                    .map(user -> find(conversationId.toString(), user.id.toHexString()))
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())))
        .invoke(
            found -> {
              if (found.isEmpty()) {
                throw ProblemException.of(
                    409,
                    "Several users have a conversation with this id, and none of them is the"
                        + " configured owner");
              }
            });
  }

  /** Returns this user's conversation with this id. */
  public Uni<Optional<Conversation>> find(String conversationId, String user) {
    return Conversation.<Conversation>find(
            and(eq("conversationId", conversationId), eq("user", user)))
        .firstResult()
        .map(Optional::ofNullable);
  }

  /**
   * Returns the user's newest conversations that LibreChat's sidebar lists outside of projects and
   * that take messages; only the ids and the titles are read.
   */
  public Uni<List<Conversation>> newest(String user, int most) {
    return Conversation.<Conversation>mongoCollection()
        .find(
            and(eq("user", user), eq("chatProjectId", null)),
            new FindOptions()
                .sort(Sorts.descending("updatedAt"))
                .limit(TEMPLATES)
                .projection(
                    Projections.include(
                        "conversationId",
                        "title",
                        "isArchived",
                        "isTemporary",
                        "subagentThread",
                        "expiredAt",
                        "updatedAt")))
        .collect()
        .asList()
        .map(
            found ->
                found.stream()
                    .filter(one -> !one.readOnly() && !one.putAway())
                    .filter(one -> !Boolean.TRUE.equals(one.temporary) && !isExpired(one))
                    .limit(most)
                    .toList());
  }

  /**
   * Returns those of these ids that no conversation has, or whose conversation has reached its
   * {@code expiredAt}: MongoDB deletes such a conversation within a minute or, under load, later.
   */
  public Uni<List<String>> gone(Collection<String> conversationIds) {
    return Conversation.<Conversation>mongoCollection()
        .find(
            in("conversationId", conversationIds),
            new FindOptions().projection(Projections.include("conversationId", "expiredAt")))
        .filter(conversation -> !isExpired(conversation))
        .map(conversation -> conversation.conversationId)
        .collect()
        .asList()
        .map(
            present ->
                conversationIds.stream().filter(id -> !present.contains(id)).distinct().toList());
  }

  private boolean isExpired(Conversation conversation) {
    return conversation.expiredAt != null
        && conversation.expiredAt.isDateTime()
        && conversation.expiredAt.asDateTime().getValue() <= clock.millis();
  }

  /**
   * Creates a conversation of this owner in which the owner can chat at once; a repeated call
   * changes nothing.
   */
  public Uni<Conversation> open(User owner, NewConversation wanted) {
    return template(owner, wanted)
        .map(template -> document(owner, wanted, template))
        .flatMap(this::insert);
  }

  /** Returns the owner's newest permanent conversation with a model or an agent, as a template. */
  private Uni<Optional<Conversation>> template(User owner, NewConversation wanted) {
    if (conversationConfig.endpoint().or(wanted.settings()::endpoint).isPresent()) {
      return Uni.createFrom().item(Optional.empty());
    }
    String user = owner.id.toHexString();
    // The sort order of LibreChat's index for the conversations of a project.
    Bson newest = and(eq("user", user), eq("chatProjectId", null));
    return firstTemplate(newest, Sorts.descending("updatedAt"))
        .flatMap(
            found ->
                found.isPresent()
                    ? Uni.createFrom().item(found)
                    : firstTemplate(eq("user", user), new Document()));
  }

  private static Uni<Optional<Conversation>> firstTemplate(Bson which, Bson order) {
    return Conversation.<Conversation>mongoCollection()
        .find(
            which,
            new FindOptions()
                .sort(order)
                .limit(TEMPLATES)
                .projection(
                    Projections.include(
                        "endpoint",
                        "endpointType",
                        "model",
                        "agent_id",
                        "isTemporary",
                        "updatedAt")))
        .collect()
        .asList()
        .map(Conversations::firstTemplate);
  }

  private static Optional<Conversation> firstTemplate(List<Conversation> conversations) {
    return conversations.stream()
        .filter(Conversations::isTemplate)
        .max(
            Comparator.comparing(
                one -> one.updatedAt, Comparator.nullsFirst(Comparator.naturalOrder())));
  }

  private static boolean isTemplate(Conversation conversation) {
    boolean hasAgent = AGENTS.equals(conversation.endpoint) && conversation.agentId != null;
    return conversation.endpoint != null
        && (conversation.model != null || hasAgent)
        && !Boolean.TRUE.equals(conversation.temporary);
  }

  private Conversation document(
      User owner, NewConversation wanted, Optional<Conversation> template) {
    ConversationConfig settings = conversationConfig;
    Conversation document = new Conversation();
    document.conversationId = wanted.conversationId().toString();
    document.user = owner.id.toHexString();
    document.id =
        DeterministicIds.objectId(DeterministicIds.uuid(document.conversationId, document.user));
    document.title = wanted.title();
    document.endpoint =
        wanted
            .settings()
            .endpoint()
            .or(settings::endpoint)
            .or(() -> template.map(found -> found.endpoint))
            .orElse(null);
    document.endpointType =
        settings.endpointType().or(() -> template.map(found -> found.endpointType)).orElse(null);
    document.model =
        wanted
            .settings()
            .model()
            .or(settings::model)
            .or(() -> template.map(found -> found.model))
            .orElse(null);
    // For other endpoints LibreChat sets agent_id to a generated name for that one conversation.
    document.agentId =
        wanted
            .settings()
            .agentId()
            .or(settings::agentId)
            .or(
                () ->
                    template
                        .filter(found -> AGENTS.equals(found.endpoint))
                        .map(found -> found.agentId))
            .orElse(null);
    if (document.endpoint == null) {
      document.endpoint = FALLBACK_ENDPOINT;
      LOG.warn(
          "The owner has no conversation with an endpoint and a model: set "
              + "switchboard.conversation.endpoint and .model, or begin a chat in LibreChat.");
    }
    document.archived = false;
    document.tags = List.of();
    document.files = List.of();
    document.temporary = false;
    document.expiredAt = deadlines.ofNewConversation();
    document.tenantId = owner.tenantId;
    document.createdAt = new Date(clock.millis());
    document.updatedAt = document.createdAt;
    document.version = 0;
    return document;
  }

  private Uni<Conversation> insert(Conversation document) {
    return document
        .<Conversation>persist()
        .onFailure(DuplicateKey::is)
        .recoverWithUni(
            () ->
                find(document.conversationId, document.user).map(found -> found.orElse(document)));
  }
}
