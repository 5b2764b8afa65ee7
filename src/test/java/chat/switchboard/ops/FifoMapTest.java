package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class FifoMapTest {

  @Test
  void the_entry_that_was_added_first_makes_room_however_often_it_is_read_or_written() {
    FifoMap<String, Integer> map = new FifoMap<>(3);
    map.put("a", 1);
    map.put("b", 2);
    map.put("c", 3);
    assertThat(map.get("a")).isEqualTo(1);
    map.put("a", 4);
    map.put("d", 5);
    assertThat(map).containsOnlyKeys("b", "c", "d");
  }
}
