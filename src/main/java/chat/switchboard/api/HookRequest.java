package chat.switchboard.api;

import chat.switchboard.hooks.Hook;
import chat.switchboard.hooks.SchemeSettings;
import chat.switchboard.http.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;

/** The body of a new or changed hook. */
@RegisterForReflection
@Schema(
    name = "NewHook",
    description = "The conversation and the text of the webhooks of one service")
record HookRequest(
    @Schema(
            required = true,
            pattern = "^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$",
            description = "The last part of the hook's address; optional in a change",
            examples = "deploys")
        Optional<String> name,
    @Schema(
            required = true,
            description = "How the service signs: the name of a scheme",
            enumeration = {
              "standard",
              "github",
              "gitlab",
              "stripe",
              "slack",
              "shopify",
              "sentry",
              "linear",
              "pagerduty",
              "grafana",
              "zoom",
              "meta",
              "zendesk",
              "typeform",
              "square",
              "token",
              "hmac"
            },
            examples = "github")
        Optional<String> scheme,
    @Schema(
            type = SchemaType.OBJECT,
            properties = {
              @SchemaProperty(name = "header", type = SchemaType.STRING),
              @SchemaProperty(name = "prefix", type = SchemaType.STRING),
              @SchemaProperty(name = "encoding", type = SchemaType.STRING),
              @SchemaProperty(name = "algorithm", type = SchemaType.STRING),
              @SchemaProperty(name = "signed", type = SchemaType.STRING),
              @SchemaProperty(name = "timeHeader", type = SchemaType.STRING),
              @SchemaProperty(name = "tolerance", type = SchemaType.STRING),
              @SchemaProperty(name = "id", type = SchemaType.STRING),
              @SchemaProperty(name = "event", type = SchemaType.STRING)
            },
            additionalProperties = Schema.False.class,
            description = "Further settings of the schemes hmac, token and grafana")
        Optional<Map<String, String>> settings,
    @Schema(
            description =
                "The secrets of a service that makes its own, 16 to 512 characters each, at most 5; "
                    + "without secrets one is made. In a change: missing keeps the secrets")
        Optional<List<String>> secrets,
    @Schema(
            maxLength = 254,
            description =
                "The LibreChat user (e-mail address or id) who owns the conversations; missing: the "
                    + "owner of conversationId, or the configured owner",
            examples = "me@example.com")
        Optional<String> owner,
    @Schema(
            format = "uuid",
            pattern = RequestFields.UUID_FORM,
            description = "The conversation of all messages; not with thread")
        Optional<String> conversationId,
    @Schema(
            maxLength = 500,
            description =
                "A template for the key of a conversation, or preset: and a name: each key has a "
                    + "conversation of its own",
            examples = "{repository.full_name}#{pull_request.number}")
        Optional<String> thread,
    @Schema(maxLength = 500, description = "A template for the title of a new conversation")
        Optional<String> title,
    @Schema(maxItems = 20, description = "The conditions on the payload; all of them must hold")
        Optional<List<HookConditionRequest>> when,
    @Schema(
            maxLength = 8000,
            description =
                "The template of the text (Qute), or preset: and a name; missing: the preset of the "
                    + "scheme",
            examples = "**{title}** by {user.login}: {url}")
        Optional<String> template,
    @Schema(
            pattern = "\\S",
            maxLength = 128,
            description = "The name under which LibreChat shows the messages")
        Optional<String> sender,
    @Schema(
            pattern = DIGEST,
            description =
                "Webhooks within this time of the first webhook become one message; 1s to 1h",
            examples = "30s")
        Optional<String> digest,
    @Schema(description = "Whether LibreChat's agent answers", defaultValue = "false")
        Optional<Boolean> reply,
    @Schema(
            pattern = "\\S",
            maxLength = 128,
            description = "LibreChat's endpoint for new conversations")
        Optional<String> endpoint,
    @Schema(pattern = "\\S", maxLength = 128, description = "The model of new conversations")
        Optional<String> model,
    @Schema(pattern = "\\S", maxLength = 128, description = "The agent of new conversations")
        Optional<String> agentId,
    @Schema(
            description = "Whether webhooks are accepted; a hook that is off answers 410",
            defaultValue = "true")
        Optional<Boolean> enabled) {

  /** From 1s to 3600s, from 1m to 60m, or 1h. The server also reads forms such as PT30S. */
  private static final String DIGEST =
      "^(?:(?:[1-9][0-9]{0,2}|[12][0-9]{3}|3[0-5][0-9]{2}|3600)s|(?:[1-9]|[1-5][0-9]|60)m|1h)$";

  private static final int MOST_CONDITIONS = 20;
  private static final int MOST_SECRETS = 5;
  private static final int LONGEST_OWNER = 254;

  HookRequest {
    scheme = Optional.of(RequestFields.needed("scheme", scheme.orElse(null)));
    owner = owner.map(String::strip).filter(typed -> !typed.isEmpty());
    if (owner
        .filter(typed -> typed.codePointCount(0, typed.length()) > LONGEST_OWNER)
        .isPresent()) {
      throw ProblemException.of(400, "owner must not be longer than 254 characters");
    }
    conversationId = conversationId.map(id -> RequestFields.uuid(id).toString());
    bounded("when", when.orElse(List.of()), MOST_CONDITIONS);
    bounded("secrets", secrets.orElse(List.of()), MOST_SECRETS);
    bounded("settings", new ArrayList<>(settings.orElse(Map.of()).values()), 9);
    digest = digest.map(typed -> time(typed).toString());
  }

  private static void bounded(String field, List<?> values, int most) {
    if (values.size() > most) {
      throw ProblemException.of(400, field + " must not have more than " + most + " items");
    }
    if (values.stream().anyMatch(Objects::isNull)) {
      throw ProblemException.of(400, field + " must not contain null");
    }
  }

  /** A time such as 30s, 5m, 1h or PT5M. */
  private static Duration time(String typed) {
    String upper = typed.strip().toUpperCase(Locale.ROOT);
    try {
      return Duration.parse(upper.startsWith("P") ? upper : "PT" + upper);
    } catch (DateTimeParseException | ArithmeticException malformed) {
      throw ProblemException.of(400, "digest must be a time from 1s to 1h, such as 30s");
    }
  }

  /** Returns the hook under this name and for this owner; other faults are found later. */
  Hook hook(String named, String ownedBy) {
    List<String> errors = new ArrayList<>();
    SchemeSettings added = SchemeSettings.of(settings.orElse(Map.of()), errors);
    if (!errors.isEmpty()) {
      throw ProblemException.of(400, errors.get(0));
    }
    return new Hook(
        named,
        scheme.orElseThrow(),
        added,
        ownedBy,
        conversationId,
        thread,
        title,
        when.orElse(List.of()).stream().map(HookConditionRequest::condition).toList(),
        template,
        sender,
        digest.map(Duration::parse),
        reply.orElse(false),
        endpoint,
        model,
        agentId,
        enabled.orElse(true));
  }
}
