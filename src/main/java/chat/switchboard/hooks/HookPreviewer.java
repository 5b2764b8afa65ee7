package chat.switchboard.hooks;

import chat.switchboard.ops.MachineTime;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Renders the message that a hook makes of a sample, and stores nothing. */
@ApplicationScoped
class HookPreviewer {

  private final HookRenderer renderer;
  private final WebhookVerifier verifier;
  private final Vertx vertx;

  @Inject
  HookPreviewer(HookTemplates templates, @MachineTime Clock clock, Vertx vertx) {
    this.renderer = new HookRenderer(templates);
    this.verifier = new WebhookVerifier(clock);
    this.vertx = vertx;
  }

  /** Renders on a worker thread. */
  Uni<HookPreview> preview(
      Hook hook, List<String> secrets, Map<String, String> headers, String body, String url) {
    return Uni.createFrom()
        .completionStage(
            () ->
                vertx
                    .executeBlocking(() -> look(hook, secrets, headers, body, url), false)
                    .toCompletionStage());
  }

  HookPreview look(
      Hook hook, List<String> secrets, Map<String, String> headers, String body, String url) {
    WebhookRequest request =
        WebhookRequest.of(headers.entrySet(), body.getBytes(StandardCharsets.UTF_8), url);
    Payload payload = Payload.read(request.contentType(), request.body());
    Scheme scheme =
        hook.settings().applyTo(Schemes.named(hook.scheme()).orElseThrow(), new ArrayList<>());
    boolean isSigned =
        scheme.proof().headers().stream().anyMatch(name -> !request.header(name).isEmpty());
    Optional<Verification> verification =
        isSigned
            ? Optional.of(verifier.verify(scheme, secrets, request, () -> payload))
            : Optional.empty();
    String event = WebhookVerifier.event(scheme, request, () -> payload);
    Map<String, String> kept = new TreeMap<>(KeptHeaders.of(request, scheme));
    Optional<Boolean> verified =
        verification.map(found -> !(found instanceof Verification.Refused));
    Optional<String> why =
        verification
            .filter(Verification.Refused.class::isInstance)
            .map(found -> ((Verification.Refused) found).reason());
    Optional<String> named = Optional.of(event).filter(name -> !name.isEmpty());
    try {
      HookRenderer.Result result = renderer.render(hook, payload, kept, event);
      return new HookPreview(
          verified,
          why,
          named,
          result.matched(),
          result.reason(),
          key(hook, result.address()),
          Optional.of(result.title()),
          Optional.of(result.text()),
          result.unknown(),
          payload.problem());
    } catch (TemplateProblem problem) {
      Conditions.Decision decision = Conditions.decide(hook.when(), payload);
      return new HookPreview(
          verified,
          why,
          named,
          decision.matched(),
          decision.reason(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.of(problem.getMessage()));
    }
  }

  private static Optional<String> key(Hook hook, String address) {
    String before = HookKeys.address(hook.name(), "") + ":";
    return address.startsWith(before)
        ? Optional.of(address.substring(before.length()))
        : Optional.empty();
  }
}
