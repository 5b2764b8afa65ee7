package chat.switchboard.hooks;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;

/** Turns a hook into its document and back. */
final class HookMapper {

  /** How long a replaced secret stays valid. */
  static final Duration ROTATION = Duration.ofHours(24);

  private HookMapper() {}

  static HookEntity toEntity(Hook hook) {
    HookEntity entity = new HookEntity();
    entity.id = hook.name();
    entity.scheme = hook.scheme();
    entity.settings = settings(hook.settings());
    entity.owner = hook.owner();
    entity.conversationId = hook.conversationId().orElse(null);
    entity.thread = hook.thread().orElse(null);
    entity.title = hook.title().orElse(null);
    entity.when = hook.when().stream().map(HookMapper::condition).toList();
    entity.template = hook.template().orElse(null);
    entity.sender = hook.sender().orElse(null);
    entity.digestSeconds = hook.digest().map(Duration::toSeconds).orElse(null);
    entity.reply = hook.reply();
    entity.endpoint = hook.endpoint().orElse(null);
    entity.model = hook.model().orElse(null);
    entity.agentId = hook.agentId().orElse(null);
    entity.enabled = hook.enabled();
    return entity;
  }

  static Hook toHook(HookEntity entity) {
    Document settings = entity.settings == null ? new Document() : entity.settings;
    List<Document> when = entity.when == null ? List.of() : entity.when;
    return new Hook(
        entity.id,
        entity.scheme,
        SchemeSettings.of(texts(settings), new ArrayList<>()),
        entity.owner,
        Optional.ofNullable(entity.conversationId),
        Optional.ofNullable(entity.thread),
        Optional.ofNullable(entity.title),
        when.stream().map(HookMapper::condition).toList(),
        Optional.ofNullable(entity.template),
        Optional.ofNullable(entity.sender),
        Optional.ofNullable(entity.digestSeconds).map(Duration::ofSeconds),
        Boolean.TRUE.equals(entity.reply),
        Optional.ofNullable(entity.endpoint),
        Optional.ofNullable(entity.model),
        Optional.ofNullable(entity.agentId),
        !Boolean.FALSE.equals(entity.enabled));
  }

  private static Document settings(SchemeSettings settings) {
    return new Document(new LinkedHashMap<>(settings.byName()));
  }

  private static Map<String, String> texts(Document document) {
    Map<String, String> texts = new LinkedHashMap<>();
    document.forEach((name, value) -> texts.put(name, String.valueOf(value)));
    return texts;
  }

  private static Document condition(Condition condition) {
    Document document = new Document("pointer", condition.pointer());
    put(document, "in", condition.in());
    put(document, "notIn", condition.notIn());
    put(document, "exists", condition.exists());
    return document;
  }

  private static Condition condition(Document document) {
    return new Condition(
        document.getString("pointer"),
        document.getList("in", String.class),
        document.getList("notIn", String.class),
        document.getBoolean("exists"));
  }

  private static void put(Document document, String name, Object value) {
    if (value != null) {
      document.append(name, value);
    }
  }

  /** The valid secrets, the newest first; a secret that cannot be decrypted is left out. */
  static List<String> secrets(HookEntity entity, HookSecrets sealer, Instant now) {
    List<String> secrets = new ArrayList<>();
    for (Document one : entity.secrets == null ? List.<Document>of() : entity.secrets) {
      Date until = one.getDate("until");
      if (until == null || until.toInstant().isAfter(now)) {
        sealer.open(entity.id, one.getString("sealed")).ifPresent(secrets::add);
      }
    }
    return secrets;
  }

  /**
   * The stored secrets after a new one was added: the new one first, those before it for {@link
   * #ROTATION} more, and none that has run out.
   */
  static List<Document> rotated(
      HookEntity entity, String newSecret, HookSecrets sealer, Instant now) {
    List<Document> rotated = new ArrayList<>();
    rotated.add(new Document("sealed", sealer.seal(entity.id, newSecret)));
    Date end = Date.from(now.plus(ROTATION));
    for (Document one : entity.secrets == null ? List.<Document>of() : entity.secrets) {
      Date until = one.getDate("until");
      if (rotated.size() < 5 && (until == null || until.toInstant().isAfter(now))) {
        rotated.add(
            new Document("sealed", one.getString("sealed"))
                .append("until", until != null && until.before(end) ? until : end));
      }
    }
    return rotated;
  }

  /** Whether a valid secret of the hook is encrypted with an older key than the newest one. */
  static boolean needsSealing(HookEntity entity, HookSecrets sealer) {
    return entity.secrets != null
        && entity.updatedAt != null
        && entity.secrets.stream()
            .map(one -> one.getString("sealed"))
            .anyMatch(
                secret ->
                    !sealer.isNewest(entity.id, secret)
                        && sealer.open(entity.id, secret).isPresent());
  }

  /** The secrets, encrypted with the newest key; a secret that cannot be decrypted is unchanged. */
  static List<Document> sealedAgain(HookEntity entity, HookSecrets sealer) {
    return entity.secrets.stream()
        .map(
            one -> {
              Document again = new Document(one);
              sealer
                  .open(entity.id, one.getString("sealed"))
                  .ifPresent(secret -> again.append("sealed", sealer.seal(entity.id, secret)));
              return again;
            })
        .toList();
  }
}
