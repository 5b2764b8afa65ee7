package chat.switchboard.hooks;

import io.quarkus.qute.CompletedStage;
import io.quarkus.qute.EvalContext;
import io.quarkus.qute.Expression;
import io.quarkus.qute.RawString;
import io.quarkus.qute.Results;
import io.quarkus.qute.ValueResolver;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Resolves the values of templates: fields of maps, elements of lists, and a few functions of texts
 * and numbers. There is no reflection, so no other property or method of a Java object can be
 * reached.
 *
 * <p>Functions of any text or number: {@code raw} (unescaped), {@code code}, {@code lines}, {@code
 * quote}, {@code firstLine}, {@code short(n)}, {@code lower}, {@code upper}, {@code
 * money(currency)} (an amount in the smallest unit), {@code words} (underscores and dots become
 * blanks), {@code link(url)} (the value is the label), {@code titled(label)} (the value is the
 * address), {@code is(value)} (equal as text, so that a payload of another type is no error),
 * {@code isUrl}, {@code branch}, {@code lastWord}, {@code past}, {@code numbered}, {@code hash(n)},
 * {@code bang(n)}, {@code or} and {@code ?:}. Of lists: {@code size}, {@code first}, {@code last},
 * {@code firsts(n)}, {@code get(n)} and {@code [n]}.
 */
final class PayloadValues implements ValueResolver {

  /** The most characters of one value, unless the template asks for fewer. */
  static final int LONGEST_VALUE = 2000;

  /** Currencies without a smaller unit, by https://docs.stripe.com/currencies#zero-decimal. */
  private static final Set<String> WITHOUT_CENTS =
      Set.of(
          "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV",
          "XAF", "XOF", "XPF");

  @Override
  public int getPriority() {
    return 10;
  }

  @Override
  public boolean appliesTo(EvalContext context) {
    Object base = context.getBase();
    return base instanceof Map
        || base instanceof List
        || base instanceof String
        || base instanceof Number
        || base instanceof Boolean;
  }

  @Override
  public CompletionStage<Object> resolve(EvalContext context) {
    budget(context).step();
    Object base = context.getBase();
    String name = context.getName();
    if (name.equals("or") || name.equals("?:")) {
      // A blank text counts as none, so that the next one of several fields is taken.
      return isBlank(base) && context.getParams().size() == 1
          ? context.evaluate(context.getParams().get(0))
          : CompletedStage.of(base);
    }
    if (base instanceof Map<?, ?> map) {
      return map.containsKey(name) && context.getParams().isEmpty()
          ? CompletedStage.of(map.get(name))
          : Results.notFound(context);
    }
    return base instanceof List<?> list
        ? ofList(list, name, context)
        : ofScalar(base, name, context);
  }

  static RenderBudget budget(EvalContext context) {
    return (RenderBudget) context.getAttribute(RenderBudget.ATTRIBUTE);
  }

  private static CompletionStage<Object> ofList(List<?> list, String name, EvalContext context) {
    return switch (name) {
      case "size" -> CompletedStage.of(list.size());
      case "first" -> element(list, 0, context);
      case "last" -> element(list, list.size() - 1, context);
      case "firsts" ->
          number(context, 5)
              .thenApply(most -> list.subList(0, Math.max(0, Math.min(list.size(), most))));
      case "get" -> number(context, 0).thenCompose(at -> element(list, at, context));
      default ->
          name.matches("[0-9]{1,6}")
              ? element(list, Integer.parseInt(name), context)
              : Results.notFound(context);
    };
  }

  private static CompletionStage<Object> element(List<?> list, int at, EvalContext context) {
    return at >= 0 && at < list.size()
        ? CompletedStage.of(list.get(at))
        : Results.notFound(context);
  }

  private static CompletionStage<Object> ofScalar(Object base, String name, EvalContext context) {
    String text = text(base);
    return switch (name) {
      case "raw" -> CompletedStage.of(new RawString(cut(text)));
      case "code" -> CompletedStage.of(new RawString(HookMarkdown.code(text, LONGEST_VALUE)));
      case "lines" -> CompletedStage.of(new RawString(HookMarkdown.lines(text, LONGEST_VALUE, "")));
      case "quote" ->
          CompletedStage.of(new RawString(HookMarkdown.lines(text, LONGEST_VALUE, "> ")));
      case "firstLine" -> CompletedStage.of(text.strip().lines().findFirst().orElse(""));
      case "lower" -> CompletedStage.of(cut(text).toLowerCase(Locale.ROOT));
      case "upper" -> CompletedStage.of(cut(text).toUpperCase(Locale.ROOT));
      case "words" -> CompletedStage.of(cut(text).replace('_', ' ').replace('.', ' '));
      case "short" ->
          number(context, 80)
              .thenApply(
                  most ->
                      HookMarkdown.cut(
                          HookMarkdown.oneLine(text), Math.max(1, Math.min(LONGEST_VALUE, most))));
      case "branch" -> CompletedStage.of(cut(text).replaceFirst("^refs/(heads|tags)/", ""));
      case "lastWord" -> CompletedStage.of(cut(text).replaceFirst("^.*[./]", ""));
      case "past" -> CompletedStage.of(past(cut(text)));
      case "numbered" -> CompletedStage.of("#" + cut(text));
      case "hash" -> parameter(context).thenApply(number -> suffixed(text, "#", text(number)));
      case "bang" -> parameter(context).thenApply(number -> suffixed(text, "!", text(number)));
      case "isUrl" -> CompletedStage.of(HookMarkdown.url(text.strip()).isPresent());
      case "is" -> parameter(context).thenApply(other -> text.equals(text(other)));
      case "titled" -> parameter(context).thenApply(label -> link(text(label), text));
      case "link" -> parameter(context).thenApply(target -> link(text, text(target)));
      case "money" -> parameter(context).thenApply(currency -> money(base, text(currency)));
      default -> Results.notFound(context);
    };
  }

  private static boolean isBlank(Object value) {
    return value instanceof String text && text.isBlank();
  }

  /** The past tense of the verbs that services name their actions with. */
  private static String past(String action) {
    String verb = HookMarkdown.oneLine(action).replace('_', ' ');
    if (verb.isEmpty() || verb.endsWith("ed")) {
      return verb;
    }
    return verb.endsWith("e") ? verb + "d" : verb + "ed";
  }

  private static Object suffixed(String text, String mark, String number) {
    return number.isEmpty() ? text : cut(text) + mark + HookMarkdown.cut(number, 40);
  }

  /** A link whose text is escaped; the text alone where the target is no web address. */
  private static Object link(String text, String target) {
    String label = HookMarkdown.escape(HookMarkdown.cut(HookMarkdown.oneLine(text), 300));
    return HookMarkdown.url(target.strip())
        .<Object>map(url -> new RawString("[" + label + "](" + url + ")"))
        .orElseGet(() -> new RawString(label));
  }

  private static String cut(String text) {
    return HookMarkdown.cut(text, LONGEST_VALUE);
  }

  private static CompletionStage<Object> parameter(EvalContext context) {
    List<Expression> parameters = context.getParams();
    return parameters.size() == 1
        ? context.evaluate(parameters.get(0))
        : CompletedStage.of((Object) "");
  }

  private static CompletionStage<Integer> number(EvalContext context, int absent) {
    return parameter(context)
        .thenApply(value -> value instanceof Number number ? number.intValue() : absent);
  }

  private static Object money(Object amount, String currency) {
    String code = HookMarkdown.cut(HookMarkdown.oneLine(currency), 8).toUpperCase(Locale.ROOT);
    if (!(amount instanceof Number) || new BigDecimal(amount.toString()).precision() > 18) {
      return text(amount);
    }
    BigDecimal number = new BigDecimal(amount.toString());
    if (Math.abs(number.scale()) > 18) {
      return text(amount);
    }
    BigDecimal units =
        WITHOUT_CENTS.contains(code)
            ? number
            : number.movePointLeft(2).setScale(2, java.math.RoundingMode.HALF_UP);
    return (units.toPlainString() + " " + code).strip();
  }

  /** What a value shows: nothing for an object, a list, or nothing. */
  static String text(Object value) {
    return value instanceof String || value instanceof Number || value instanceof Boolean
        ? value.toString()
        : "";
  }

  /** What a loop goes over: the elements of a list, or the fields of an object. */
  static Iterator<Object> elements(Object value, int most) {
    List<Object> elements = new ArrayList<>();
    if (value instanceof List<?> list) {
      list.stream().limit(most).forEach(elements::add);
    } else if (value instanceof Map<?, ?> map) {
      map.entrySet().stream()
          .limit(most)
          .forEach(
              field ->
                  elements.add(
                      field.getValue() == null
                          ? Map.of("key", field.getKey())
                          : Map.of("key", field.getKey(), "value", field.getValue())));
    }
    return elements.iterator();
  }
}
