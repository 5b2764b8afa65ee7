package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LruMapTest {

  @Test
  void the_entry_that_was_used_the_longest_time_ago_makes_room() {
    LruMap<String, Integer> map = new LruMap<>(3);
    map.put("a", 1);
    map.put("b", 2);
    map.put("c", 3);
    assertThat(map.get("a")).isEqualTo(1);
    map.put("b", 4);
    map.put("d", 5);
    assertThat(map).containsOnlyKeys("a", "b", "d").containsEntry("b", 4);
  }

  @Test
  void a_map_that_a_million_keys_pass_through_keeps_the_newest() {
    LruMap<Integer, Integer> map = new LruMap<>(10_000);
    IntStream.range(0, 1_000_000).forEach(number -> map.put(number, number));
    assertThat(map).hasSize(10_000).containsKeys(990_000, 999_999).doesNotContainKey(989_999);
  }
}
