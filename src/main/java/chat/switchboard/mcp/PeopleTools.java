package chat.switchboard.mcp;

import chat.switchboard.address.ServiceNumber;
import chat.switchboard.outbound.OptOuts;
import chat.switchboard.outbound.Outbox;
import chat.switchboard.outbound.SessionWindows;
import io.quarkiverse.mcp.server.Tool;
import io.quarkiverse.mcp.server.ToolResponse;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** The tool that lists the people of a conversation. */
@ApplicationScoped
class PeopleTools {

  private static final int MOST_SHOWN = 20;

  private final ToolCalls calls;
  private final Recipients recipients;
  private final Outbox outbox;
  private final OptOuts optOuts;
  private final SessionWindows windows;

  PeopleTools(
      ToolCalls calls,
      Recipients recipients,
      Outbox outbox,
      OptOuts optOuts,
      SessionWindows windows) {
    this.windows = windows;
    this.calls = calls;
    this.recipients = recipients;
    this.outbox = outbox;
    this.optOuts = optOuts;
  }

  @Tool(
      name = ToolCatalog.PEOPLE_HERE,
      title = "People of this conversation",
      description =
          "Lists the people outside of LibreChat who take part in this conversation by text message:"
              + " id, name, masked number, and whether they have opted out of texts.",
      inputSchema = @Tool.InputSchema(generator = ToolSchemas.class),
      annotations =
          @Tool.Annotations(
              title = "People of this conversation",
              readOnlyHint = true,
              destructiveHint = false,
              idempotentHint = true,
              openWorldHint = false))
  Uni<ToolResponse> peopleHere() {
    return calls.run(
        ToolCatalog.PEOPLE_HERE, (user, request) -> recipients.here(user).flatMap(this::list));
  }

  private Uni<String> list(List<Person> people) {
    if (people.isEmpty()) {
      return Uni.createFrom()
          .item(
              "Nobody takes part in this conversation by text message. A person joins when the person"
                  + " texts, or when a text to the person is sent from here.");
    }
    return Multi.createFrom()
        .iterable(people.subList(0, Math.min(MOST_SHOWN, people.size())))
        .onItem()
        .transformToUniAndConcatenate(this::line)
        .collect()
        .asList()
        .map(
            lines ->
                people.size()
                    + (people.size() == 1 ? " person" : " people")
                    + " in this conversation:\n"
                    + String.join("\n", lines)
                    + (people.size() > lines.size()
                        ? "\n- and " + (people.size() - lines.size()) + " more"
                        : ""));
  }

  private Uni<String> line(Person person) {
    String line =
        "- "
            + person.shown()
            + ", "
            + ChannelName.of(person.channel())
            + ", id `"
            + person.id()
            + "`";
    Optional<String> sender = outbox.sender(Optional.empty(), person.address());
    return optOuts
        .has(person.address(), sender.orElse(ServiceNumber.ANY))
        .flatMap(
            optedOut ->
                optedOut
                    ? Uni.createFrom().item(line + ", has opted out: gets no texts")
                    : windows
                        .of(person.address(), sender)
                        .map(window -> line + window.map(PeopleTools::words).orElse("")));
  }

  private static String words(SessionWindows.Window window) {
    String time = ReadTools.MINUTE.format(window.openUntil());
    return window.isOpen()
        ? ", free texts arrive until " + time
        : ", WhatsApp's window is closed since "
            + time
            + ": free texts do not arrive before the person writes again";
  }
}
