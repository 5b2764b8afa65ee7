package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.function.Function;

/**
 * The requested part of a list.
 *
 * @param offset the number of items to skip
 * @param limit the maximum number of items to return
 */
record Page(int offset, int limit) {

  /** Describes the total of every list. An exact count would read the whole list. */
  static final String TOTAL = "The number of items in all pages; 1001 means more than 1,000";

  static final int LARGEST_LIMIT = 200;
  static final int LARGEST_OFFSET = Integer.MAX_VALUE - LARGEST_LIMIT;

  static Page of(String offset, String limit) {
    return new Page(
        number("offset", offset, LARGEST_OFFSET),
        Math.max(1, number("limit", limit, LARGEST_LIMIT)));
  }

  /** Returns the page: its items in their shown form, and the number of items in all pages. */
  <E, V> Uni<PageView<V>> fill(Uni<List<E>> found, Uni<Long> counted, Function<E, V> view) {
    return Uni.combine()
        .all()
        .unis(found, counted)
        .with(
            (entries, total) ->
                new PageView<>(entries.stream().map(view).toList(), total, offset, limit));
  }

  private static int number(String name, String text, int largest) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= largest && !text.startsWith("+")) {
        return number;
      }
    } catch (NumberFormatException malformed) {
      // answered below
    }
    throw ProblemException.of(400, name + " must be a number from 0 to " + largest);
  }
}
