package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import io.smallrye.mutiny.Uni;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.RestResponse;

/** What the operators' doors to kept entries have in common. */
final class OperatorResponses {

  private OperatorResponses() {}

  /**
   * @param step gives the changed entry, and is empty where it was not for it
   * @param entry looks for it, and fails with 404 where there is none
   * @param otherwise the reason of the 409 where there is one
   */
  static <E> Uni<E> changed(Uni<Optional<E>> step, Uni<E> entry, String otherwise) {
    return step.flatMap(
        changed ->
            changed
                .map(one -> Uni.createFrom().item(one))
                .orElseGet(() -> refused(entry, otherwise)));
  }

  /** The same for a step that leaves no entry. */
  static Uni<RestResponse<Void>> dropped(Uni<Boolean> step, Uni<?> entry, String otherwise) {
    return step.flatMap(
        dropped ->
            dropped
                ? Uni.createFrom().item(RestResponse.<Void>noContent())
                : refused(entry, otherwise));
  }

  private static <T> Uni<T> refused(Uni<?> entry, String otherwise) {
    return entry.map(
        there -> {
          throw ProblemException.of(409, otherwise);
        });
  }

  /** The state of this name, in whatever case; 400 where there is none. */
  static <S extends Enum<S>> S state(Class<S> states, String name) {
    return Arrays.stream(states.getEnumConstants())
        .filter(state -> state.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.of(
                    400,
                    "state must be one of "
                        + Arrays.stream(states.getEnumConstants())
                            .map(state -> state.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "))));
  }
}
