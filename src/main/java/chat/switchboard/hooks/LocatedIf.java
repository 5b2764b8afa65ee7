package chat.switchboard.hooks;

import io.quarkus.qute.IfSectionHelper;
import io.quarkus.qute.ResultNode;
import io.quarkus.qute.Scope;
import io.quarkus.qute.SectionHelper;
import io.quarkus.qute.SectionHelperFactory;
import io.quarkus.qute.TemplateException;
import io.quarkus.qute.TemplateNode.Origin;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Qute's {@code {#if}}, with the line and the column of a comparison that fails. */
final class LocatedIf implements SectionHelper {

  private final IfSectionHelper qute;
  private final Origin origin;

  private LocatedIf(IfSectionHelper qute, Origin origin) {
    this.qute = qute;
    this.origin = origin;
  }

  @Override
  public CompletionStage<ResultNode> resolve(SectionResolutionContext context) {
    CompletionStage<ResultNode> result;
    try {
      result = qute.resolve(context);
    } catch (RuntimeException fault) {
      throw located(fault);
    }
    return result.exceptionally(
        fault -> {
          throw located(fault);
        });
  }

  private RuntimeException located(Throwable fault) {
    Throwable cause =
        fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
    return cause instanceof TemplateException || cause instanceof TemplateProblem
        ? (RuntimeException) cause
        : new TemplateProblem(
            origin.getLine(),
            origin.getLineCharacterStart(),
            "The condition cannot be decided for this payload");
  }

  /** Reads the section as Qute does. */
  static final class Factory implements SectionHelperFactory<LocatedIf> {

    private final IfSectionHelper.Factory qute = new IfSectionHelper.Factory();

    @Override
    public List<String> getDefaultAliases() {
      return qute.getDefaultAliases();
    }

    @Override
    public ParametersInfo getParameters() {
      return qute.getParameters();
    }

    @Override
    public List<String> getBlockLabels() {
      return qute.getBlockLabels();
    }

    @Override
    public Scope initializeBlock(Scope outer, BlockInfo block) {
      return qute.initializeBlock(outer, block);
    }

    @Override
    public LocatedIf initialize(SectionInitContext context) {
      return new LocatedIf(qute.initialize(context), context.getOrigin());
    }
  }
}
