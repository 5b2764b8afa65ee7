package chat.switchboard.hooks;

import chat.switchboard.hooks.RenderBudget.Values;
import chat.switchboard.ops.LruMap;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.qute.Engine;
import io.quarkus.qute.Expression;
import io.quarkus.qute.RawString;
import io.quarkus.qute.ResultMapper;
import io.quarkus.qute.Results;
import io.quarkus.qute.SetSectionHelper;
import io.quarkus.qute.Template;
import io.quarkus.qute.TemplateException;
import io.quarkus.qute.TemplateNode.Origin;
import io.quarkus.qute.ValueResolvers;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Renders the texts of hooks with Qute (https://quarkus.io/guides/qute-reference). A template reads
 * the fields of the payload, {@code headers} (names in lower case with underscores), {@code event}
 * and {@code text} (a body that is no JSON).
 *
 * <p>A field that the payload does not have shows as nothing: optional fields are the rule in
 * webhooks. {@link Rendered#unknown} names them for a preview.
 *
 * <p>Rendering is bounded by {@link RenderBudget} and by {@link #LONGEST_TEXT}, but takes processor
 * time: call it on a worker thread.
 */
@Singleton
class HookTemplates {

  /** The longest template, in characters. */
  static final int LONGEST_TEMPLATE = 8000;

  /** The longest rendered text, in characters. */
  static final int LONGEST_TEXT = 8000;

  /** The longest rendered key of a conversation, in characters. */
  static final int LONGEST_KEY = 64_000;

  /** What a template sees of a text in the payload, in characters. */
  private static final int LONGEST_FIELD = 10_000;

  private static final int MOST_SECTIONS = 200;

  private static final int DEEPEST_SECTIONS = 20;

  private static final int LONGEST_MESSAGE = 300;

  private static final Pattern SECTION = Pattern.compile("\\{#|\\{/");

  /** The most templates whose parsed form is kept: parsing takes longer than rendering. */
  private static final int MOST_PARSED = 100;

  private final Engine engine;
  private final RenderClock clock;

  /** By their sources; a parsed template does not change and has no state of a rendering. */
  private final Map<String, Template> parsed =
      Collections.synchronizedMap(new LruMap<>(MOST_PARSED));

  /** The budget of the rendering on this thread, for {@link EscapedValues}, which gets none. */
  private final ThreadLocal<RenderBudget> current = new ThreadLocal<>();

  /**
   * A rendered text.
   *
   * @param text at most {@link #LONGEST_TEXT} characters; blank if there is nothing to say
   * @param cut whether the text was longer
   * @param unknown the fields that the template names and the payload does not have
   */
  record Rendered(String text, boolean cut, Set<String> unknown) {}

  @Inject
  HookTemplates() {
    this(RenderClock.system());
  }

  HookTemplates(RenderClock clock) {
    this.clock = clock;
    this.engine =
        Engine.builder()
            .strictRendering(false)
            .removeStandaloneLines(true)
            .timeout(RenderBudget.LONGEST.toMillis())
            // Neither includes nor evaluation: a template is one text, which cannot call itself.
            .addSectionHelper(new LocatedIf.Factory())
            .addSectionHelper(new SetSectionHelper.Factory())
            .addSectionHelper(new BoundedLoop.Factory())
            .addValueResolver(new PayloadValues())
            .addValueResolver(ValueResolvers.mapperResolver())
            .addValueResolver(ValueResolvers.thisResolver())
            .addValueResolver(ValueResolvers.orResolver())
            .addValueResolver(ValueResolvers.trueResolver())
            .addValueResolver(ValueResolvers.logicalAndResolver())
            .addValueResolver(ValueResolvers.logicalOrResolver())
            .addValueResolver(ValueResolvers.equalsResolver())
            .addResultMapper(new EscapedValues())
            .build();
  }

  /**
   * Reads a template.
   *
   * @throws TemplateProblem with the line and the column if the template has a fault
   */
  Template parse(String source) {
    if (HookValidator.length(source) > LONGEST_TEMPLATE) {
      throw new TemplateProblem(
          0, 0, "The template has more than " + LONGEST_TEMPLATE + " characters");
    }
    Template known = parsed.get(source);
    if (known != null) {
      return known;
    }
    checkSections(source);
    try {
      Template template = engine.parse(source);
      parsed.put(source, template);
      return template;
    } catch (TemplateException fault) {
      throw problem(fault);
    } catch (StackOverflowError tooDeep) {
      throw new TemplateProblem(0, 0, "The template is nested too deeply");
    } catch (RuntimeException fault) {
      throw new TemplateProblem(0, 0, "The template cannot be read");
    }
  }

  private static void checkSections(String source) {
    Matcher section = SECTION.matcher(source);
    int begun = 0;
    int open = 0;
    while (section.find()) {
      open += section.group().equals("{#") ? 1 : -1;
      begun += section.group().equals("{#") ? 1 : 0;
      // {#else} opens nothing and closes nothing.
      if (source.startsWith("{#else", section.start())) {
        open--;
      }
      if (begun > MOST_SECTIONS || open > DEEPEST_SECTIONS) {
        throw new TemplateProblem(
            0,
            0,
            "The template has more than "
                + MOST_SECTIONS
                + " sections, or more than "
                + DEEPEST_SECTIONS
                + " inside each other");
      }
    }
  }

  /**
   * What a template reads of one delivery.
   *
   * @param keptHeaders the headers without secrets, see {@link KeptHeaders}
   */
  static Map<String, Object> data(Payload payload, Map<String, String> keptHeaders, String event) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("text", hasNoText(payload) ? "" : bounded(payload.text()));
    if (value(payload.json()) instanceof Map<?, ?> fields) {
      fields.forEach((name, value) -> data.put((String) name, value));
    } else if (payload.json().isArray()) {
      data.put("items", value(payload.json()));
    }
    // The whole payload, for one that has a field named like one of ours.
    data.put("body", payload.json().isContainerNode() ? value(payload.json()) : data.get("text"));
    data.put("event", event.isEmpty() ? data.getOrDefault("event", "") : event);
    data.put("headers", headers(keptHeaders));
    return data;
  }

  /** A longer text ends with its hash, so that keys of two long texts differ; no text shows it. */
  private static String bounded(String text) {
    return text.length() <= LONGEST_FIELD
        ? text
        : HookMarkdown.cut(text, LONGEST_FIELD - 64) + HookKeys.hash(text);
  }

  private static boolean hasNoText(Payload payload) {
    return payload.json().isContainerNode() || payload.json().isNull();
  }

  private static Map<String, Object> headers(Map<String, String> kept) {
    Map<String, Object> headers = new TreeMap<>();
    kept.forEach(
        (name, value) -> headers.put(name.toLowerCase(Locale.ROOT).replace('-', '_'), value));
    return headers;
  }

  private static Object value(JsonNode node) {
    if (node.isObject()) {
      Map<String, Object> map = new LinkedHashMap<>();
      node.fields()
          .forEachRemaining(
              field -> {
                Object value = value(field.getValue());
                if (value != null) {
                  map.put(field.getKey(), value);
                }
              });
      return map;
    }
    if (node.isArray()) {
      List<Object> list = new ArrayList<>(node.size());
      node.forEach(element -> list.add(value(element)));
      return list;
    }
    if (node.isTextual()) {
      // Before anything reads it: most functions go through the whole text.
      return bounded(node.textValue());
    }
    if (node.isNumber()) {
      return node.numberValue();
    }
    return node.isBoolean() ? node.booleanValue() : null;
  }

  /**
   * Renders a template.
   *
   * @throws TemplateProblem with the line and the column if the template fails
   */
  Rendered render(Template template, Map<String, Object> data) {
    RenderBudget budget = new RenderBudget(clock, Values.MARKDOWN);
    Written written = write(template, data, budget, LONGEST_TEXT);
    String whole = written.isCut() ? withoutLastWord(written.text()) : written.text();
    String safe = HookMarkdown.withoutUnsafeLinks(whole).strip();
    return new Rendered(HookMarkdown.cut(safe, LONGEST_TEXT), written.isCut(), budget.unknown());
  }

  /** Renders a text that is not Markdown, such as a title: values are not escaped. */
  Rendered renderPlain(Template template, Map<String, Object> data) {
    RenderBudget budget = new RenderBudget(clock, Values.LINE);
    Written written = write(template, data, budget, LONGEST_TEXT);
    return new Rendered(
        HookMarkdown.cut(written.text().strip(), LONGEST_TEXT), written.isCut(), budget.unknown());
  }

  /**
   * Renders a key: values are written as they are, so that two different keys are never one.
   *
   * @throws TemplateProblem also for a key above {@link #LONGEST_KEY}
   */
  Rendered renderKey(Template template, Map<String, Object> data) {
    RenderBudget budget = new RenderBudget(clock, Values.EXACT);
    Written written = write(template, data, budget, LONGEST_KEY);
    if (written.isCut()) {
      throw new TemplateProblem(0, 0, "The key has more than " + LONGEST_KEY + " characters");
    }
    return new Rendered(written.text(), false, budget.unknown());
  }

  private record Written(String text, boolean isCut) {}

  private Written write(
      Template template, Map<String, Object> data, RenderBudget budget, int most) {
    StringBuilder text = new StringBuilder();
    boolean cut = false;
    current.set(budget);
    try {
      template
          .instance()
          .data(data)
          .setAttribute(RenderBudget.ATTRIBUTE, budget)
          .consume(part -> write(text, part, most))
          .toCompletableFuture()
          .getNow(null);
    } catch (RuntimeException | StackOverflowError fault) {
      Throwable cause = cause(fault);
      if (cause instanceof EndOfText) {
        cut = true;
      } else if (cause instanceof TemplateProblem problem) {
        throw problem;
      } else if (cause instanceof TemplateException problem) {
        throw problem(problem);
      } else {
        throw new TemplateProblem(0, 0, "The template cannot be rendered");
      }
    } finally {
      current.remove();
    }
    return new Written(text.toString(), cut);
  }

  /** A cut inside a link or an address would leave one that leads elsewhere. */
  private static String withoutLastWord(String text) {
    int end = text.length() - 1;
    while (end > text.length() - 3000 && end > 0 && !Character.isWhitespace(text.charAt(end))) {
      end--;
    }
    return text.substring(0, Math.max(end, 0)) + " \u2026";
  }

  private static void write(StringBuilder text, String part, int most) {
    int room = most - text.length();
    if (part.length() > room) {
      text.append(part, 0, room);
      throw new EndOfText();
    }
    text.append(part);
  }

  private static Throwable cause(Throwable fault) {
    Throwable cause = fault;
    for (int depth = 0; depth < 10 && cause != null; depth++) {
      if (cause instanceof EndOfText || cause instanceof TemplateProblem) {
        return cause;
      }
      cause = cause.getCause();
    }
    Throwable found = fault;
    while (found instanceof java.util.concurrent.CompletionException && found.getCause() != null) {
      found = found.getCause();
    }
    return found;
  }

  private static TemplateProblem problem(TemplateException fault) {
    Origin origin = fault.getOrigin();
    String message = HookMarkdown.oneLine(String.valueOf(fault.getMessage()));
    return new TemplateProblem(
        origin == null ? 0 : origin.getLine(),
        origin == null ? 0 : origin.getLineCharacterStart(),
        HookMarkdown.cut(message, LONGEST_MESSAGE));
  }

  /** Escapes every value, and shows nothing for what is no text, number or boolean. */
  private final class EscapedValues implements ResultMapper {

    @Override
    public int getPriority() {
      return 10;
    }

    @Override
    public boolean appliesTo(Origin origin, Object result) {
      return !(result instanceof RawString);
    }

    @Override
    public String map(Object result, Expression expression) {
      if (Results.isNotFound(result)) {
        current.get().unknown(expression.toOriginalString());
        return "";
      }
      String text = PayloadValues.text(result);
      return switch (current.get().values()) {
        case MARKDOWN -> HookMarkdown.inline(text, PayloadValues.LONGEST_VALUE);
        case LINE -> HookMarkdown.oneLine(text);
        case EXACT -> text;
      };
    }
  }

  /** The text is full. */
  private static final class EndOfText extends RuntimeException {
    private EndOfText() {
      super(null, null, false, false);
    }
  }
}
