package chat.switchboard.outbound;

import chat.switchboard.http.ProblemException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Checks a template and its variables before a message is stored. */
@ApplicationScoped
public class TemplateCheck {

  /** WhatsApp refuses such a value. */
  private static final Pattern REFUSED = Pattern.compile("[\\n\\r\\t]| {5}");

  private final TemplateCatalog catalog;
  private final SessionWindows windows;

  TemplateCheck(TemplateCatalog catalog, SessionWindows windows) {
    this.catalog = catalog;
    this.windows = windows;
  }

  /**
   * Returns the words of the message; empty for a template without words. Fails with 400 for an
   * unknown template and for variables that do not fit, and with 409 for a template that WhatsApp
   * has not approved if the window of the person is closed.
   */
  public Uni<Optional<String>> words(TemplateMessage message, String to, String sender) {
    return catalog
        .find(message.contentSid())
        .map(
            found ->
                found.orElseThrow(
                    () -> ProblemException.of(400, "The account has no template with this SID")))
        .invoke(template -> checkVariables(template, message, to))
        .call(template -> requireApproval(template, to, sender))
        .map(template -> template.rendered(message.variables()));
  }

  private static void checkVariables(MessageTemplate template, TemplateMessage message, String to) {
    TreeSet<String> unknown = new TreeSet<>(message.variables().keySet());
    unknown.removeAll(template.variables().keySet());
    if (!unknown.isEmpty()) {
      throw ProblemException.of(
          400, "The template has no variable with the name " + String.join(", ", unknown));
    }
    TreeSet<String> missing = new TreeSet<>(template.variables().keySet());
    missing.removeAll(message.variables().keySet());
    if (!missing.isEmpty()) {
      throw ProblemException.of(
          400, "template.variables lacks the variable " + String.join(", ", missing));
    }
    if (SessionWindows.has(to)) {
      message
          .variables()
          .forEach(
              (name, value) -> {
                if (value.isBlank() || REFUSED.matcher(value).find()) {
                  throw ProblemException.of(
                      400,
                      "template.variables."
                          + name
                          + " is empty, or has a line end, a tab or more than four spaces in a row,"
                          + " which WhatsApp refuses");
                }
              });
    }
  }

  private Uni<Void> requireApproval(MessageTemplate template, String to, String sender) {
    return template.isApproved() || !SessionWindows.has(to)
        ? Uni.createFrom().voidItem()
        : windows
            .of(to, Optional.of(sender))
            .invoke(
                window -> {
                  if (window.filter(known -> !known.isOpen()).isPresent()) {
                    throw ProblemException.of(
                        409,
                        "WhatsApp's window is closed, and the template is not approved: "
                            + template.status());
                  }
                })
            .replaceWithVoid();
  }
}
