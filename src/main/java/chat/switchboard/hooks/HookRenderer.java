package chat.switchboard.hooks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Renders the message of a delivery: the key of its conversation, the title and the text. */
final class HookRenderer {

  private static final int LONGEST_TITLE = 200;

  private final HookTemplates templates;

  HookRenderer(HookTemplates templates) {
    this.templates = templates;
  }

  /**
   * The rendered message of a delivery.
   *
   * @param matched whether the conditions hold
   * @param reason the condition that decided, as a sentence
   * @param address the address of the conversation in the mappings
   * @param title the title of a new conversation; without a template the name of the hook and the
   *     key of the thread
   * @param text the text; blank if the delivery is not for the chat
   * @param unknown the fields that the template names and the payload does not have
   * @param isComplete whether the payload has every field that the text shows
   */
  record Result(
      boolean matched,
      String reason,
      String address,
      String title,
      String text,
      List<String> unknown,
      boolean isComplete) {

    /** Whether nothing goes into the chat. */
    boolean isSkipped() {
      return !matched || text.isBlank();
    }
  }

  /**
   * Renders a delivery; takes up to three renderings of processor time, so on a worker thread.
   *
   * @param keptHeaders the headers without secrets
   * @throws TemplateProblem with the field, the line and the column of a template that fails
   */
  Result render(Hook hook, Payload payload, Map<String, String> keptHeaders, String event) {
    Conditions.Decision decision = Conditions.decide(hook.when(), payload);
    Map<String, Object> data = HookTemplates.data(payload, keptHeaders, event);
    List<String> unknown = new ArrayList<>();
    String key =
        Presets.threadOf(hook)
            .map(source -> key(source, data, own(hook.thread()).map(any -> unknown)))
            .orElse("");
    String title =
        Presets.titleOf(hook)
            .map(source -> plain("title", source, data, hook.title().map(own -> unknown)))
            .filter(text -> !text.isBlank())
            .orElseGet(() -> nameAndKey(hook, key));
    String text = "";
    boolean isComplete = true;
    if (decision.matched()) {
      HookTemplates.Rendered rendered = rendered("template", Presets.templateOf(hook), data);
      text = rendered.text();
      isComplete = rendered.unknown().isEmpty();
      if (hook.template().isPresent()) {
        unknown.addAll(rendered.unknown());
      }
    }
    return new Result(
        decision.matched(),
        decision.matched() && text.isBlank() ? "The text is blank." : decision.reason(),
        HookKeys.address(hook.name(), key),
        HookMarkdown.cut(title, LONGEST_TITLE),
        text,
        unknown,
        isComplete);
  }

  private static String nameAndKey(Hook hook, String key) {
    String line = HookMarkdown.oneLine(key);
    return line.isEmpty() ? hook.name() : hook.name() + ": " + line;
  }

  /** The fields that a preset names and a payload does not have are no fault of the operator. */
  private static Optional<String> own(Optional<String> template) {
    return template.filter(text -> !text.startsWith(Presets.PREFIX));
  }

  private String key(String source, Map<String, Object> data, Optional<List<String>> unknown) {
    try {
      HookTemplates.Rendered rendered = templates.renderKey(templates.parse(source.strip()), data);
      unknown.ifPresent(fields -> fields.addAll(rendered.unknown()));
      return rendered.text();
    } catch (TemplateProblem problem) {
      throw problem.of("thread");
    }
  }

  /** A title is plain text: it is not shown as Markdown. */
  private String plain(
      String field, String source, Map<String, Object> data, Optional<List<String>> unknown) {
    try {
      HookTemplates.Rendered rendered = templates.renderPlain(templates.parse(source), data);
      unknown.ifPresent(fields -> fields.addAll(rendered.unknown()));
      return HookMarkdown.oneLine(rendered.text());
    } catch (TemplateProblem problem) {
      throw problem.of(field);
    }
  }

  private HookTemplates.Rendered rendered(String field, String source, Map<String, Object> data) {
    try {
      return templates.render(templates.parse(source), data);
    } catch (TemplateProblem problem) {
      throw problem.of(field);
    }
  }
}
