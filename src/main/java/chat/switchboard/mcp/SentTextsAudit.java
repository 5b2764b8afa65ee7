package chat.switchboard.mcp;

import chat.switchboard.address.Mask;
import chat.switchboard.api.AuditLog;
import chat.switchboard.outbound.Outbox;
import chat.switchboard.outbound.OutboxEntry;
import chat.switchboard.outbound.OutboxState;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Notes in the audit which user's tool call sent a text: all users share the key of LibreChat, so
 * that the name of the key alone does not tell who sent the text.
 */
@ApplicationScoped
class SentTextsAudit {

  /** States of a new text that is never sent. */
  private static final Set<OutboxState> NOT_SENT =
      EnumSet.of(OutboxState.FAILED, OutboxState.BLOCKED, OutboxState.DEAD);

  private final AuditLog audit;

  SentTextsAudit(AuditLog audit) {
    this.audit = audit;
  }

  /** Notes the text; a repetition that sends nothing is not noted. */
  Uni<Void> note(RoutingContext request, McpUser user, Outbox.Receipt.Kept kept) {
    OutboxEntry first = kept.entries().get(0);
    return kept.replayed() || NOT_SENT.contains(first.state)
        ? Uni.createFrom().voidItem()
        : audit.note(
            request,
            "sent a text",
            first.id + " to " + Mask.phone(first.phoneNumber) + " for user " + user.id());
  }

  /** The same for several texts. */
  Uni<Void> note(RoutingContext request, McpUser user, Stream<Outbox.Receipt.Kept> kept) {
    return Multi.createFrom()
        .items(kept)
        .onItem()
        .transformToUniAndConcatenate(one -> note(request, user, one))
        .collect()
        .asList()
        .replaceWithVoid();
  }
}
