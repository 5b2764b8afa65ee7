package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import io.smallrye.mutiny.Uni;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * The operations of operators on single entries of a store.
 *
 * @param find returns the entry with an id
 * @param view converts an entry for the response
 * @param missing the sentence of the 404 if the store has no such entry
 */
record OperatorEntries<E, V>(
    Function<String, Uni<Optional<E>>> find, Function<E, V> view, String missing) {

  /** Returns the entry; fails with 404 if there is none. */
  Uni<E> entry(String id) {
    return find.apply(id).map(found -> found.orElseThrow(() -> ProblemException.of(404, missing)));
  }

  /** Returns the entry in its shown form; fails with 404 if there is none. */
  Uni<V> get(String id) {
    return entry(id).map(view);
  }

  /**
   * @param step changes the entry; empty if the entry has another state or does not exist
   * @param otherwise the sentence of the 409 if the entry has another state
   */
  Uni<V> changed(String id, Uni<Optional<E>> step, String otherwise) {
    return step.flatMap(
        changed ->
            changed
                .map(entry -> Uni.createFrom().item(view.apply(entry)))
                .orElseGet(() -> refused(id, otherwise)));
  }

  /** The same for a step that removes the entry. */
  Uni<RestResponse<Void>> dropped(String id, Uni<Boolean> step, String otherwise) {
    return step.flatMap(
        dropped ->
            dropped
                ? Uni.createFrom().item(RestResponse.<Void>noContent())
                : refused(id, otherwise));
  }

  private <T> Uni<T> refused(String id, String otherwise) {
    return entry(id)
        .map(
            found -> {
              throw ProblemException.of(409, otherwise);
            });
  }

  /** Returns the state of this name, in any case; fails with 400 if there is none. */
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
