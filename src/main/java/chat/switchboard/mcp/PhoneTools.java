package chat.switchboard.mcp;

import chat.switchboard.api.AuditLog;
import chat.switchboard.phones.LinkCode;
import chat.switchboard.phones.OwnPhone;
import chat.switchboard.phones.OwnPhones;
import chat.switchboard.replies.Replies;
import io.quarkiverse.mcp.server.Tool;
import io.quarkiverse.mcp.server.ToolArg;
import io.quarkiverse.mcp.server.ToolResponse;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

/** The tools for the user's own phones. */
@ApplicationScoped
class PhoneTools {

  private final ToolCalls calls;
  private final OwnPhones phones;
  private final Recipients recipients;
  private final Replies replies;
  private final AuditLog audit;
  private final Clock clock;

  PhoneTools(
      ToolCalls calls,
      OwnPhones phones,
      Recipients recipients,
      Replies replies,
      AuditLog audit,
      Clock clock) {
    this.calls = calls;
    this.phones = phones;
    this.recipients = recipients;
    this.replies = replies;
    this.audit = audit;
    this.clock = clock;
  }

  @Tool(
      name = ToolCatalog.LINK_MY_PHONE,
      title = "Link my phone",
      description =
          "Makes a code by which this user links a phone of their own: the user texts the code from"
              + " that phone. From then on the user's texts open conversations of theirs. Show the"
              + " code to the user, and to nobody else.",
      inputSchema = @Tool.InputSchema(generator = ToolSchemas.class),
      annotations =
          @Tool.Annotations(
              title = "Link my phone",
              readOnlyHint = false,
              destructiveHint = false,
              idempotentHint = false,
              openWorldHint = false))
  Uni<ToolResponse> linkMyPhone() {
    return calls.run(
        ToolCatalog.LINK_MY_PHONE,
        (user, request) ->
            refuseBeforeOthers(user)
                .flatMap(alone -> phones.newCode(user.id()))
                .call(code -> audit.note(request, "made a code for a phone", user.id()))
                .map(this::words));
  }

  /**
   * The person whose text the agent answers reads the answer: the person could have asked the agent
   * for the code, also in words that no check of the answer recognises.
   */
  private Uni<Void> refuseBeforeOthers(McpUser user) {
    return answersOthers(user)
        .map(
            isRead -> {
              if (isRead) {
                throw new ToolRefusal(
                    "This answer goes to a person outside of LibreChat, who must not learn the code."
                        + " The user gets the code in a chat of their own, or on the page"
                        + " /switchboard/phone/.");
              }
              return null;
            });
  }

  private Uni<Boolean> answersOthers(McpUser user) {
    return user.conversation()
        .map(UUID::toString)
        .map(replies::asking)
        .orElseGet(() -> Uni.createFrom().item(false))
        .flatMap(
            answers ->
                answers
                    ? recipients.others(user).map(others -> !others.isEmpty())
                    : Uni.createFrom().item(false));
  }

  private String words(LinkCode code) {
    long minutes = Math.max(1, Duration.between(clock.instant(), code.expiresAt()).toMinutes());
    String to =
        code.textTo().isEmpty()
            ? "the service's number (the administrator knows it)"
            : "**" + String.join("** or **", code.textTo()) + "**";
    return "Text **"
        + code.code()
        + "** from the phone to "
        + to
        + ". The code is good once, for "
        + minutes
        + " min. Earlier codes have ended.";
  }

  @Tool(
      name = ToolCatalog.MY_PHONES,
      title = "My phones",
      description = "Lists the phones that this user has linked: id, masked number, since when.",
      inputSchema = @Tool.InputSchema(generator = ToolSchemas.class),
      annotations =
          @Tool.Annotations(
              title = "My phones",
              readOnlyHint = true,
              destructiveHint = false,
              idempotentHint = true,
              openWorldHint = false))
  Uni<ToolResponse> myPhones() {
    return calls.run(
        ToolCatalog.MY_PHONES, (user, request) -> phones.of(user.id()).map(PhoneTools::list));
  }

  private static String list(List<OwnPhone> phones) {
    if (phones.isEmpty()) {
      return "No phone is linked. link_my_phone makes a code to link one.";
    }
    return String.join("\n", phones.stream().map(PhoneTools::line).toList());
  }

  private static String line(OwnPhone phone) {
    return "- "
        + phone.masked()
        + ", linked since "
        + LocalDate.ofInstant(phone.since(), ZoneOffset.UTC)
        + ", id `"
        + phone.id()
        + "`"
        + (phone.stale() ? ", unused for long: it must be linked again" : "");
  }

  @Tool(
      name = ToolCatalog.UNLINK_PHONE,
      title = "Unlink a phone",
      description =
          "Ends the link of a phone of this user. Its conversations stay. Use it only if the user"
              + " asks for it.",
      inputSchema = @Tool.InputSchema(generator = ToolSchemas.class),
      annotations =
          @Tool.Annotations(
              title = "Unlink a phone",
              readOnlyHint = false,
              destructiveHint = true,
              idempotentHint = true,
              openWorldHint = false))
  Uni<ToolResponse> unlinkPhone(@ToolArg(name = ToolCatalog.PHONE) String phone) {
    return calls.run(
        ToolCatalog.UNLINK_PHONE,
        (user, request) ->
            phones
                .unlink(user.id(), phone.strip())
                .flatMap(
                    done -> {
                      if (!done) {
                        throw new ToolRefusal(
                            "This user has no such phone: my_phones lists the ids.");
                      }
                      return audit.note(request, "unlinked a phone", user.id());
                    })
                .replaceWith("The phone is unlinked. Its conversations stay."));
  }
}
