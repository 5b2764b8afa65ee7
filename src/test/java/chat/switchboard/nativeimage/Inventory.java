package chat.switchboard.nativeimage;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The inventory of a packaged service: doors, jobs, settings. InventoryIT requests each entry from
 * the packaged service (the executable, if the build made one); InventoryTest compares this list
 * with the code, so that the list is complete.
 */
final class Inventory {

  private Inventory() {}

  /**
   * A request with an API key, and the statuses that are right.
   *
   * @param path as in the description of the API; {@code {id}} is what {@code id} names
   * @param id the kept value that {@code {id}} is replaced by
   * @param keep under which name a value of the answer is kept, and its JSON pointer; or none
   */
  record Door(
      String method, String path, String id, String body, Set<Integer> statuses, String... keep) {

    String name() {
      return method + " " + path;
    }
  }

  private static final String TEXT = "{\"role\":\"external\",\"content\":\"Hello 👋\"}";
  private static final String NUMBER = "+15551230099";

  private static Door door(String method, String path, int status) {
    return new Door(method, path, null, null, Set.of(status));
  }

  private static Door door(String method, String path, String id, int status) {
    return new Door(method, path, id, null, Set.of(status));
  }

  /** Doors of callers with a key, in an order in which each door finds the data that it needs. */
  static final List<Door> DOORS =
      List.of(
          new Door("POST", "/api/messages/{conversationId}/external", null, TEXT, Set.of(201)),
          new Door(
              "POST",
              "/api/messages/external",
              null,
              "{\"role\":\"external\",\"content\":\"Hello\",\"from\":\"" + NUMBER + "\"}",
              Set.of(201)),
          new Door(
              "POST",
              "/api/mappings",
              null,
              "{\"phoneNumber\":\"+15551230098\",\"conversationId\":\"{conversationId}\"}",
              Set.of(201),
              "mapping",
              "/id"),
          door("GET", "/api/mappings", 200),
          door("GET", "/api/mappings/{id}", "mapping", 200),
          door("POST", "/api/mappings/{id}/code", "mapping", 200),
          new Door(
              "POST",
              "/api/sms",
              null,
              "{\"to\":\"+15551230097\",\"conversationId\":\"{conversationId}\",\"text\":\"Hello\"}",
              Set.of(202),
              "sms",
              "/id"),
          new Door(
              "POST",
              "/api/sms/conversations/{conversationId}",
              null,
              "{\"text\":\"Hello\"}",
              Set.of(202)),
          door("GET", "/api/sms", 200),
          door("GET", "/api/sms/{id}", "sms", 200),
          // A text that is queued or sent can be neither requeued nor dropped.
          new Door("POST", "/api/sms/{id}/requeue", "sms", null, Set.of(200, 409)),
          new Door("DELETE", "/api/sms/{id}", "sms", null, Set.of(204, 409)),
          door("GET", "/api/optouts", 200),
          new Door("GET", "/api/templates", null, null, Set.of(200, 502, 503)),
          door("GET", "/api/inbox", 200),
          door("GET", "/api/inbox/{id}", "nothing", 404),
          door("POST", "/api/inbox/{id}/requeue", "nothing", 404),
          door("DELETE", "/api/inbox/{id}", "nothing", 404),
          door("GET", "/api/media", 200),
          door("GET", "/api/media/{id}", "nothing", 404),
          door("POST", "/api/media/{id}/requeue", "nothing", 404),
          door("GET", "/api/replies", 200),
          door("GET", "/api/replies/{id}", "nothing", 404),
          door("POST", "/api/replies/{id}/requeue", "nothing", 404),
          door("DELETE", "/api/replies/{id}", "nothing", 404),
          door("GET", "/api/spend", 200),
          door("POST", "/api/spend/pause", 200),
          door("POST", "/api/spend/resume", 200),
          new Door(
              "POST",
              "/api/hooks",
              null,
              "{\"name\":\"inventory\",\"scheme\":\"github\"}",
              Set.of(201),
              "hook",
              "/name"),
          door("GET", "/api/hooks", 200),
          door("GET", "/api/hooks/{name}", "hook", 200),
          new Door("PUT", "/api/hooks/{name}", "hook", "{\"scheme\":\"gitlab\"}", Set.of(200)),
          door("POST", "/api/hooks/{name}/secret", "hook", 200),
          new Door(
              "POST",
              "/api/hooks/{name}/preview",
              "hook",
              "{\"headers\":{\"X-Gitlab-Event\":\"Push Hook\"},\"body\":{\"object_kind\":\"push\"}}",
              Set.of(200)),
          door("GET", "/api/hooks/{name}/deliveries", "hook", 200),
          door("GET", "/api/hooks/{name}/deliveries/{id}", "hook", 404),
          door("POST", "/api/hooks/{name}/deliveries/{id}/replay", "hook", 404),
          door("DELETE", "/api/hooks/{name}", "hook", 204),
          door("GET", "/api/events", 200),
          door("POST", "/api/events/{name}/resume", "nothing", 404),
          new Door(
              "POST", "/api/phones", null, "{\"user\":\"owner@example.com\"}", Set.of(201, 404)),
          door("GET", "/api/phones", 200),
          door("DELETE", "/api/phones/{id}", "nothing", 404),
          door("GET", "/api/audit", 200),
          door("GET", "/api/feed", 200),
          door("GET", "/api/streams", 200),
          door("GET", "/api/doctor", 200),
          door("DELETE", "/api/mappings/{id}", "mapping", 204),
          new Door(
              "POST",
              "/api/people/forget",
              null,
              "{\"phoneNumber\":\"" + NUMBER + "\"}",
              Set.of(200)),
          door("DELETE", "/api/people/{phoneNumber}", 200));

  /** Doors with a proof of another kind: a token, or Twilio's signature. */
  static final Set<String> OTHER_DOORS =
      Set.of(
          "GET /api/messages/stream",
          "GET /switchboard/phone/phones",
          "PUT /switchboard/phone/phones/{id}",
          "DELETE /switchboard/phone/phones/{id}",
          "POST /switchboard/phone/codes",
          "GET /switchboard/windows/{conversationId}",
          "POST /api/twilio/webhook",
          "POST /api/twilio/status",
          "POST /api/hooks/{name}",
          "GET /api/hooks/{name}/subscription");

  /** Routes whose address opens one file. */
  static final Set<String> CAPABILITIES = Set.of("/switchboard/media/{capability}");

  /** Addresses of the MCP server; the last two, of the framework's older transport, are 404. */
  static final Set<String> MCP =
      Set.of("/mcp", "/switchboard/mcp", "/mcp/sse", "/mcp/messages/{id}");

  /** The tools of the MCP server, and arguments for a call. */
  static final Map<String, String> TOOLS =
      Map.of(
          "link_my_phone", "{}",
          "my_phones", "{}",
          "unlink_phone", "{\"phone\":\"nothing\"}",
          "people_here", "{}",
          "text_people_here", "{\"text\":\"Hello\"}",
          "send_text", "{\"to\":\"nobody\",\"text\":\"Hello\"}",
          "text_status", "{\"id\":\"nothing\"}",
          "recent_texts", "{\"limit\":1}");

  /** Pages and files for browsers, without a key: address and media type. */
  static final Map<String, String> FILES =
      Map.ofEntries(
          entry("/switchboard", "text/html"),
          entry("/switchboard/", "text/html"),
          entry("/switchboard/index.html", "text/html"),
          entry("/switchboard/page.js", "text/javascript"),
          entry("/switchboard/hooks.js", "text/javascript"),
          entry("/switchboard/client.js", "text/javascript"),
          entry("/switchboard/live.js", "text/javascript"),
          entry("/switchboard/style.css", "text/css"),
          entry("/switchboard/favicon.svg", "image/svg+xml"),
          entry("/switchboard/phone/", "text/html"),
          entry("/switchboard/phone/phone.js", "text/javascript"),
          entry("/switchboard/icons/sms.svg", "image/svg+xml"),
          entry("/switchboard/icons/rcs.svg", "image/svg+xml"),
          entry("/switchboard/icons/whatsapp.svg", "image/svg+xml"),
          entry("/switchboard/icons/webhook.svg", "image/svg+xml"),
          entry("/switchboard/icons/api.svg", "image/svg+xml"),
          entry("/switchboard/icons/external.svg", "image/svg+xml"),
          entry("/q/swagger-ui", "text/html"),
          entry("/q/swagger-ui/", "text/html"),
          entry("/q/swagger-ui/index.html", "text/html"),
          entry("/q/swagger-ui/api.js", "text/javascript"),
          entry("/q/swagger-ui/api.css", "text/css"),
          entry("/q/swagger-ui/style.css", "text/css"),
          entry("/q/swagger-ui/favicon.svg", "image/svg+xml"),
          entry("/q/openapi", "application/yaml"),
          entry("/q/openapi?format=json", "application/json"));

  /** Addresses that move to the management port if the port is set: address and media type. */
  static final Map<String, String> MANAGEMENT =
      Map.of(
          "/q/health", "application/json",
          "/q/health/live", "application/json",
          "/q/health/ready", "application/json",
          "/q/health/started", "application/json",
          "/q/metrics", "application/openmetrics-text");

  /** Methods with {@code @Scheduled}: each is counted as {@code switchboard_jobs_total}. */
  static final Set<String> JOBS =
      Set.of(
          "AccountWatch.look",
          "Cleanup.run",
          "CopiedRoles.look",
          "Dispatcher.settle",
          "Dispatcher.sweep",
          "EventWorker.sweep",
          "FilePreparation.sweep",
          "HeldTexts.sweep",
          "HookDigests.writeDue",
          "HookSweeper.sweep",
          "Housekeeping.run",
          "IdleWatch.look",
          "LateFiles.sweep",
          "LibreChatRelease.lookAgain",
          "MediaCleanup.deleteForgotten",
          "MediaCleanup.run",
          "MediaWorker.wake",
          "OldestTextGauge.measure",
          "PhoneMoves.run",
          "ReplySweeper.count",
          "ReplySweeper.sweep",
          "SealingJob.run",
          "SpendReport.measure",
          "Sweeper.count",
          "Sweeper.sweep",
          "TextNews.sweep",
          "WaitingEventsGauge.count");

  /** The job with the longest initial delay, two minutes. */
  static final String SLOWEST_JOB = "Housekeeping.run";

  /**
   * Classes with timers of their own, outside the scheduler: the feed, the heartbeats of leases,
   * the pauses of leased workers, the records of leases that were handed over, the groups of
   * opening streams, the log line of a long index build, and the pauses of a kept message without a
   * key and of the forward to nobody.
   */
  static final Set<String> TICKING =
      Set.of(
          "Beat",
          "BusTail",
          "BusWriter",
          "FeedDriver",
          "IndexBuilder",
          "Lanes",
          "LeasedWorker",
          "Leases",
          "MediaWorker",
          "OpeningGroups",
          "OwnerForward",
          "SenderLane",
          "UnderWay",
          "UnkeyedMessages",
          "WorkerRegistry");

  /** Settings and values other than the default that a packaged service starts with. */
  static final Map<String, String> SETTINGS =
      Map.ofEntries(
          entry("switchboard.allow-weak-jwt-secret", "true"),
          entry("switchboard.librechat-url", "http://127.0.0.1:9"),
          entry("switchboard.openid.reuse-tokens", "false"),
          entry("switchboard.openid.issuer", "http://127.0.0.1:9/realm"),
          entry("switchboard.openid.client-id", "client"),
          entry("switchboard.openid.audience", "audience"),
          entry("switchboard.conversation.endpoint", "anthropic"),
          entry("switchboard.conversation.endpoint-type", "custom"),
          entry("switchboard.conversation.model", "a-model"),
          entry("switchboard.conversation.agent-id", "agent_1"),
          entry("switchboard.conversation.title", "From {from}"),
          entry("switchboard.retention", "30d"),
          entry("switchboard.archived", "new"),
          entry("switchboard.strangers", "reject"),
          entry("switchboard.numbers.\"+15557654321\".owner", "owner@example.com"),
          entry("switchboard.numbers.\"+15557654321\".endpoint", "agents"),
          entry("switchboard.numbers.\"+15557654321\".model", "another-model"),
          entry("switchboard.numbers.\"+15557654321\".agent-id", "agent_2"),
          entry("switchboard.numbers.\"+15557654321\".title", "To us"),
          entry("switchboard.numbers.\"+15557654321\".strangers", "create"),
          entry("switchboard.numbers.\"+15557654321\".auto-reply", "false"),
          entry("switchboard.numbers.\"+15557654321\".forward-owner", "true"),
          entry("switchboard.numbers.\"+15557654321\".mms", "true"),
          entry("switchboard.mappings.retention", "90d"),
          entry("switchboard.phones.code-ttl", "5m"),
          entry("switchboard.phones.codes-per-hour", "5"),
          entry("switchboard.phones.wrong-per-hour", "3"),
          entry("switchboard.phones.retention", "90d"),
          entry("switchboard.phones.auto-reply", "false"),
          entry("switchboard.phones.notices.linked", "Linked: {account}"),
          entry("switchboard.phones.notices.wrong-code", "Wrong"),
          entry("switchboard.phones.notices.unlinked", "Unlinked"),
          entry("switchboard.phones.notices.new-conversation", "New"),
          entry("switchboard.phones.notices.list", "List"),
          entry("switchboard.phones.notices.no-conversations", "None"),
          entry("switchboard.phones.notices.chosen", "In {title}"),
          entry("switchboard.phones.notices.gone", "Gone"),
          entry("switchboard.phones.notices.help", "Help"),
          entry("switchboard.phones.notices.moved", "Moved: {phone}"),
          entry("switchboard.phones.commands.enabled", "false"),
          entry("switchboard.phones.commands.new", "NEU"),
          entry("switchboard.phones.commands.list", "LISTE"),
          entry("switchboard.phones.commands.help", "HILFE"),
          entry("switchboard.phones.commands.unlink", "TRENNEN"),
          entry("switchboard.phones.commands.list-ttl", "10m"),
          entry("switchboard.codes.ttl", "1d"),
          entry("switchboard.codes.wrong-per-hour", "3"),
          entry("switchboard.groups.relay", "true"),
          entry("switchboard.notices.new-conversation", "New"),
          entry("switchboard.notices.linked", "Linked: {title}"),
          entry("switchboard.notices.wrong-code", "Wrong"),
          entry("switchboard.notices.too-many-codes", "Too many"),
          entry("switchboard.notices.pair", "Pair"),
          entry("switchboard.notices.code", "Begin with {code}"),
          entry("switchboard.notices.help", "Help"),
          entry("switchboard.notices.no-answer", "No answer"),
          entry("switchboard.redis.uri", "redis://127.0.0.1:9/1"),
          entry("switchboard.redis.username", "user"),
          entry("switchboard.redis.password", "secret"),
          entry("switchboard.redis.key-prefix", "librechat"),
          entry("switchboard.redis.cluster", "true"),
          entry("switchboard.replies.auto", "true"),
          entry("switchboard.replies.debounce", "1s"),
          entry("switchboard.replies.timeout", "60s"),
          entry("switchboard.replies.max-attempts", "2"),
          entry("switchboard.replies.initial-backoff", "1s"),
          entry("switchboard.replies.max-backoff", "1m"),
          entry("switchboard.replies.per-sender", "5"),
          entry("switchboard.replies.per-sender-window", "1m"),
          entry("switchboard.replies.per-owner", "1"),
          entry("switchboard.forward-owner", "true"),
          entry("switchboard.forward-agent", "true"),
          entry("switchboard.message.stored-role", "external"),
          entry("switchboard.message.wait-for-answer", "5s"),
          entry("switchboard.message.max-length", "1000"),
          entry("switchboard.message.icon-base", "https://chat.example.com/icons"),
          entry("switchboard.keys.\"one\".secret", "a-key-of-the-inventory-0123456789abcdef"),
          entry("switchboard.keys.\"one\".scopes", "read"),
          entry("switchboard.keys.\"one\".expires", "2999-01-01T00:00:00Z"),
          entry("switchboard.keys.\"one\".owner", "owner@example.com"),
          entry(
              "switchboard.keys.\"two\".secret-sha256",
              "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
          entry("switchboard.keys.\"two\".scopes", "operate"),
          entry("switchboard.sealing-keys", "a-key-of-the-inventory-0123456789abcdef"),
          entry("switchboard.hooks.\"one\".scheme", "hmac"),
          entry("switchboard.hooks.\"one\".secrets", "a-secret-of-the-inventory"),
          entry("switchboard.hooks.\"one\".secret-files", "src/test/resources/hooks/secret.txt"),
          entry("switchboard.hooks.\"one\".owner", "owner@example.com"),
          entry(
              "switchboard.hooks.\"one\".conversation-id", "0b5a2d5c-5b0c-4c5e-8d52-6b8f4c3c1c11"),
          entry("switchboard.hooks.\"one\".title", "{title}"),
          entry("switchboard.hooks.\"one\".when[0].pointer", "/action"),
          entry("switchboard.hooks.\"one\".when[0].in", "opened"),
          entry("switchboard.hooks.\"one\".template", "{title}"),
          entry("switchboard.hooks.\"one\".sender", "CI"),
          entry("switchboard.hooks.\"one\".digest", "30s"),
          entry("switchboard.hooks.\"one\".reply", "true"),
          entry("switchboard.hooks.\"one\".endpoint", "agents"),
          entry("switchboard.hooks.\"one\".model", "a-model"),
          entry("switchboard.hooks.\"one\".agent-id", "agent_1"),
          entry("switchboard.hooks.\"one\".enabled", "false"),
          entry("switchboard.hooks.\"one\".settings.header", "X-Mine"),
          entry("switchboard.hooks.\"one\".settings.prefix", "v="),
          entry("switchboard.hooks.\"one\".settings.encoding", "base64"),
          entry("switchboard.hooks.\"one\".settings.algorithm", "sha512"),
          entry("switchboard.hooks.\"one\".settings.signed", "{timestamp}.{body}"),
          entry("switchboard.hooks.\"one\".settings.time-header", "X-Time"),
          entry("switchboard.hooks.\"one\".settings.tolerance", "60s"),
          entry("switchboard.hooks.\"one\".settings.id", "X-Id"),
          entry("switchboard.hooks.\"one\".settings.event", "/type"),
          entry("switchboard.hooks.\"two\".scheme", "github"),
          entry("switchboard.hooks.\"two\".thread", "{id}"),
          entry("switchboard.hooks.\"two\".when[0].pointer", "/action"),
          entry("switchboard.hooks.\"two\".when[0].not-in", "closed"),
          entry("switchboard.hooks.\"three\".scheme", "gitlab"),
          entry("switchboard.hooks.\"three\".when[0].pointer", "/action"),
          entry("switchboard.hooks.\"three\".when[0].exists", "true"),
          entry("switchboard.mcp.enabled", "false"),
          entry("switchboard.mcp.new-numbers", "true"),
          entry("switchboard.mcp.calls-per-minute", "5"),
          entry("switchboard.mcp.in-flight", "2"),
          entry("switchboard.mcp.repeat-window", "1m"),
          entry("switchboard.events.\"one\".url", "http://127.0.0.1:9/in"),
          entry("switchboard.events.\"one\".secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
          entry("switchboard.events.\"one\".events", "message.received"),
          entry("switchboard.events.\"one\".owner", "owner@example.com"),
          entry("switchboard.events.\"one\".include-text", "true"),
          entry("switchboard.events.\"one\".allow-private", "true"),
          entry("switchboard.stream.keep-alive", "1s"),
          entry("switchboard.stream.retry", "1s"),
          entry("switchboard.stream.buffer", "64"),
          entry("switchboard.stream.max-per-user", "5"),
          entry("switchboard.stream.max-total", "1000"),
          entry("switchboard.stream.lifetime", "10m"),
          entry("switchboard.stream.tcp-user-timeout", "20s"),
          entry("switchboard.stream.replay-events", "100"),
          entry("switchboard.stream.replay-age", "1h"),
          entry("switchboard.stream.feed", "poll"),
          entry("switchboard.stream.poll-interval", "200ms"),
          entry("switchboard.stream.overlap", "2s"),
          entry("switchboard.stream.max-feed-lag", "20s"),
          entry("switchboard.twilio.account-sids", "AC00000000000000000000000000000009"),
          entry("switchboard.twilio.api-key", "SK00000000000000000000000000000009"),
          entry("switchboard.twilio.api-secret", "secret"),
          entry("switchboard.twilio.from", "+15550001111"),
          entry("switchboard.twilio.api-url", "http://localhost:9"),
          entry("switchboard.twilio.content-url", "http://localhost:9"),
          entry("switchboard.whatsapp.outside-window", "fail"),
          entry("switchboard.whatsapp.longest-hold", "2d"),
          entry("switchboard.whatsapp.templates-cache", "1m"),
          entry("switchboard.whatsapp.reopen-template", "HX00000000000000000000000000000009"),
          entry("switchboard.whatsapp.reopen-variables.\"1\"", "{text}"),
          entry("switchboard.twilio.connect-timeout", "2s"),
          entry("switchboard.twilio.read-timeout", "5s"),
          entry("switchboard.inbox.lease", "3s"),
          entry("switchboard.inbox.accept-timeout", "2s"),
          entry("switchboard.inbox.max-backoff", "1m"),
          entry("switchboard.inbox.max-attempts", "5"),
          entry("switchboard.inbox.retention", "1d"),
          entry("switchboard.outbox.segments-per-second", "5"),
          entry("switchboard.outbox.max-backoff", "1m"),
          entry("switchboard.outbox.max-attempts", "5"),
          entry("switchboard.outbox.file-attempts", "3"),
          entry("switchboard.mms.countries", "US"),
          entry("switchboard.mms.segments", "4"),
          entry("switchboard.outbox.max-held", "500"),
          entry("switchboard.outbox.callback-timeout", "30m"),
          entry("switchboard.outbox.retention", "7d"),
          entry("switchboard.quiet-hours", "22:30-07:15"),
          entry("switchboard.quiet-hours-zone", "Europe/Berlin"),
          entry("switchboard.audit.retention", "30d"),
          entry("switchboard.choices.buttons", "false"),
          entry("switchboard.choices.list-label", "Pick one"),
          entry("switchboard.whatsapp.typing", "true"),
          entry("switchboard.spend.countries", "US,CA"),
          entry("switchboard.spend.allowed-prefixes", "+1900"),
          entry("switchboard.spend.segments-per-day", "100"),
          entry("switchboard.spend.owner-segments-per-day", "50"),
          entry("switchboard.spend.person-segments-per-day", "20"),
          entry("switchboard.spend.new-people-per-day", "10"),
          entry("switchboard.limits.in-flight", "64"),
          entry("switchboard.limits.hooks-in-flight", "64"),
          entry("switchboard.limits.hook-per-second", "10"),
          entry("switchboard.limits.sms-per-minute", "10"),
          entry("switchboard.limits.failures-per-minute", "1000"),
          entry("switchboard.mongo.options", "w=1"),
          entry("switchboard.database.timeout", "10s"),
          entry("switchboard.media.wait", "2s"),
          entry("switchboard.media.max-megabytes", "8"),
          entry("switchboard.media.files-per-day", "20"),
          entry("switchboard.media.max-items", "5"),
          entry("switchboard.media.concurrency", "2"),
          entry("switchboard.media.keep-location", "true"),
          entry("switchboard.media.hosts", "images.example.com"),
          entry("switchboard.media.scan-url", "http://127.0.0.1:9/scan"),
          entry("switchboard.media.spool-directory", "/tmp"),
          entry("switchboard.media.connect-timeout", "2s"),
          entry("switchboard.media.silence-timeout", "5s"),
          entry("switchboard.media.fetch-timeout", "30s"),
          entry("switchboard.media.max-attempts", "3"),
          entry("switchboard.media.longest-pause", "1m"),
          entry("switchboard.media.not-found-grace", "1m"),
          entry("switchboard.media.capability-life", "12h"),
          entry("switchboard.media.retention", "10d"),
          entry("switchboard.log.access", "false"),
          entry("switchboard.log.json", "true"));

  /**
   * Settings that the environment of every packaged service in the tests sets, or that dev mode
   * reads.
   */
  static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          entry("switchboard.api-keys", "INTERNAL_API_KEY"),
          entry("switchboard.jwt-secret", "JWT_SECRET"),
          entry("switchboard.owner", "SWITCHBOARD_OWNER"),
          entry("switchboard.public-url", "SWITCHBOARD_PUBLIC_URL"),
          entry("switchboard.twilio.account-sid", "TWILIO_ACCOUNT_SID"),
          entry("switchboard.twilio.auth-tokens", "TWILIO_AUTH_TOKEN"),
          entry("switchboard.management.port", "a free port, in InventoryIT"),
          entry("switchboard.demo.port", "dev mode alone"),
          entry("switchboard.demo.file", "dev mode alone"),
          entry("switchboard.demo.seed", "dev mode alone"),
          entry("switchboard.redis.sentinel-master", "RedisReplicasTest"),
          entry("switchboard.redis.ca", "RedisServerTest"));
}
