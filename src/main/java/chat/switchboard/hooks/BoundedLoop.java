package chat.switchboard.hooks;

import io.quarkus.qute.Expression;
import io.quarkus.qute.LoopSectionHelper;
import io.quarkus.qute.ResultNode;
import io.quarkus.qute.Scope;
import io.quarkus.qute.SectionHelper;
import io.quarkus.qute.SectionHelperFactory;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * {@code {#for x in list}} and {@code {#each list}} over at most {@link #MOST_ROUNDS} elements.
 * Qute's own loop also counts to a number, of which a payload could choose a large one, and fails
 * for a missing list; this one goes over nothing then.
 */
final class BoundedLoop implements SectionHelper {

  static final int MOST_ROUNDS = 100;

  private final String alias;
  private final Expression iterable;

  private BoundedLoop(String alias, Expression iterable) {
    this.alias = alias;
    this.iterable = iterable;
  }

  @Override
  public CompletionStage<ResultNode> resolve(SectionResolutionContext context) {
    return context.evaluate(iterable).thenCompose(value -> rounds(context, value));
  }

  private CompletionStage<ResultNode> rounds(SectionResolutionContext context, Object value) {
    RenderBudget budget =
        (RenderBudget) context.resolutionContext().getAttribute(RenderBudget.ATTRIBUTE);
    Iterator<Object> elements = PayloadValues.elements(value, MOST_ROUNDS);
    CompletionStage<ResultNode> all = ResultNode.NOOP;
    for (int count = 1; elements.hasNext(); count++) {
      budget.step();
      Map<String, Object> scope = new HashMap<>();
      scope.put(alias, elements.next());
      scope.put(alias + "_count", count);
      scope.put(alias + "_index", count - 1);
      scope.put(alias + "_hasNext", elements.hasNext());
      CompletionStage<ResultNode> round =
          context.execute(context.resolutionContext().createChild(scope, null));
      all = all.thenCombine(round, Both::new);
    }
    return all;
  }

  /** Two results, one after the other. */
  private static final class Both extends ResultNode {

    private final ResultNode first;
    private final ResultNode second;

    private Both(ResultNode first, ResultNode second) {
      this.first = first;
      this.second = second;
    }

    @Override
    public void process(java.util.function.Consumer<String> consumer) {
      first.process(consumer);
      second.process(consumer);
    }
  }

  /** Reads the section as Qute's own loop does. */
  static final class Factory implements SectionHelperFactory<BoundedLoop> {

    private final LoopSectionHelper.Factory qute = new LoopSectionHelper.Factory();

    @Override
    public List<String> getDefaultAliases() {
      return List.of("for", "each");
    }

    @Override
    public ParametersInfo getParameters() {
      return qute.getParameters();
    }

    @Override
    public Scope initializeBlock(Scope outer, BlockInfo block) {
      return qute.initializeBlock(outer, block);
    }

    @Override
    public BoundedLoop initialize(SectionInitContext context) {
      String alias = context.getParameter("alias");
      return new BoundedLoop(
          alias == null || alias.startsWith("$") ? "it" : alias, context.getExpression("iterable"));
    }
  }
}
