package chat.switchboard.api;

import chat.switchboard.hooks.Hook;
import chat.switchboard.hooks.ManagedHook;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A hook, as an operator sees it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(requiredProperties = {"name", "url", "scheme", "owner", "reply", "enabled", "readOnly"})
public record HookView(
    String name,
    @Schema(description = "The address to enter at the service") String url,
    String scheme,
    Map<String, String> settings,
    @Schema(description = "The secret to enter at the service; only in the response that made it")
        String secret,
    @Schema(description = "The verify token to enter at Meta") String verifyToken,
    String owner,
    String conversationId,
    String thread,
    String title,
    List<HookConditionRequest> when,
    @Schema(description = "Missing: the preset of the scheme") String template,
    String sender,
    String digest,
    boolean reply,
    String endpoint,
    String model,
    String agentId,
    boolean enabled,
    @Schema(description = "Whether the hook is in the configuration and cannot be changed here")
        boolean readOnly,
    String createdAt,
    String updatedAt) {

  static HookView of(ManagedHook managed, String url, String secret) {
    Hook hook = managed.hook();
    Map<String, String> settings = hook.settings().byName();
    return new HookView(
        hook.name(),
        url,
        hook.scheme(),
        settings.isEmpty() ? null : settings,
        secret,
        managed.verifyToken().orElse(null),
        hook.owner(),
        hook.conversationId().orElse(null),
        hook.thread().orElse(null),
        hook.title().orElse(null),
        hook.when().isEmpty() ? null : hook.when().stream().map(HookConditionRequest::of).toList(),
        hook.template().orElse(null),
        hook.sender().orElse(null),
        hook.digest().map(HookView::time).orElse(null),
        hook.reply(),
        hook.endpoint().orElse(null),
        hook.model().orElse(null),
        hook.agentId().orElse(null),
        hook.enabled(),
        managed.readOnly(),
        date(managed.createdAt().orElse(null)),
        date(managed.updatedAt().orElse(null)));
  }

  private static String time(Duration digest) {
    return digest.toSeconds() + "s";
  }

  static String date(Instant at) {
    return at == null ? null : chat.switchboard.librechat.IsoDate.of(Date.from(at));
  }
}
