package chat.switchboard.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import chat.switchboard.feed.SeenMessages;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.function.Predicate;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class FrameTest {

  private static final Date DATE = new Date(1);

  private final ObjectId one = new ObjectId();
  private final ObjectId two = new ObjectId();
  private final ObjectId three = new ObjectId();

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\rb", "a\0b", "\n"})
  void no_field_of_an_event_can_end_its_line(String evil) {
    EventId id = EventId.at(1, "a1b2c3d4");
    assertThatIllegalArgumentException().isThrownBy(() -> Frame.event(id, evil, "{}"));
    assertThatIllegalArgumentException().isThrownBy(() -> Frame.event(id, "newMessage", evil));
  }

  @Test
  void every_frame_with_an_id_has_data() {
    EventId id = EventId.at(1, "a1b2c3d4");
    for (Buffer frame :
        List.of(
            Frame.begin(Duration.ofSeconds(3), id),
            Frame.resyncAt(id),
            Frame.event(id, "newMessage", "{}"))) {
      assertThat(frame.toString()).containsOnlyOnce("id: ").containsOnlyOnce("\n\n");
      assertThat(frame.toString()).matches("(?s).*\\ndata: \\{.*}\\n\\n");
    }
  }

  @Test
  void line_ends_that_other_clients_know_are_escaped() {
    String frame =
        Frame.event(EventId.at(1, "a1b2c3d4"), "newMessage", "\"a\u0085b\u2028c\u2029d\"")
            .toString();
    assertThat(frame).endsWith("data: \"a\\u0085b\\u2028c\\u2029d\"\n\n");
  }

  @Test
  void an_id_is_read_as_it_was_written() {
    EventId id = new EventId(1795361863251L, one, "a1b2c3d4");
    assertThat(EventId.parse(id.toString())).hasValue(id);
    assertThat(id.isMoment()).isFalse();
    assertThat(EventId.parse(EventId.at(5, "").toString()).orElseThrow().isMoment()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "1",
        "1-",
        "-1-000000000000000000000000",
        "1-00000000000000000000000g",
        "1-000000000000000000000000-",
        "1-000000000000000000000000-A"
      })
  void a_foreign_event_id_is_not_parsed(String text) {
    assertThat(EventId.parse(text)).isEmpty();
  }

  @Test
  void a_message_is_announced_the_first_time_only() {
    SeenMessages announced = new SeenMessages();
    assertThat(announced.add(one, DATE, 1)).isTrue();
    assertThat(announced.add(one, DATE, 2)).isFalse();
  }

  @Test
  void a_message_that_is_written_again_with_a_later_date_is_new_and_has_a_later_place() {
    SeenMessages announced = new SeenMessages();
    announced.add(one, DATE, 1);
    announced.add(two, DATE, 2);
    assertThat(announced.add(one, new Date(3), 4)).isTrue();
    assertThat(announced.find(one).number()).isGreaterThan(announced.find(two).number());
    assertThat(announced.add(one, DATE, 5)).isFalse();
    assertThat(announced.add(one, null, 5)).isFalse();
  }

  @Test
  void announcements_before_an_event_are_known_by_order_and_not_by_date() {
    SeenMessages announced = new SeenMessages();
    announced.add(two, DATE, 10);
    announced.add(one, DATE, 11);
    announced.add(three, DATE, 12);
    Predicate<ObjectId> before = AnnouncedBefore.place(announced, new EventId(0, one, ""), true);
    assertThat(before.test(two)).isTrue();
    assertThat(before.test(one)).isTrue();
    assertThat(before.test(three)).isFalse();
    assertThat(before.test(new ObjectId())).isFalse();
  }

  @Test
  void of_an_event_that_another_process_announced_only_itself_is_known() {
    SeenMessages announced = new SeenMessages();
    announced.add(two, DATE, 10);
    announced.add(one, DATE, 20);
    EventId place = new EventId(20, one, "");
    Predicate<ObjectId> before = AnnouncedBefore.place(announced, place, false);
    assertThat(before.test(one)).isTrue();
    assertThat(before.test(two)).isFalse();
  }

  @Test
  void of_an_event_that_was_announced_long_ago_only_itself_is_known() {
    SeenMessages announced = new SeenMessages();
    announced.add(two, DATE, 10);
    EventId place = new EventId(20, one, "");
    Predicate<ObjectId> before = AnnouncedBefore.place(announced, place, true);
    assertThat(before.test(one)).isTrue();
    assertThat(before.test(two)).isFalse();
  }

  @Test
  void before_a_moment_of_another_process_nothing_is_known_to_be_announced() {
    SeenMessages announced = new SeenMessages();
    announced.add(one, DATE, 10);
    Predicate<ObjectId> before = AnnouncedBefore.place(announced, EventId.at(11, "b"), false);
    assertThat(before.test(one)).isFalse();
  }

  @Test
  void before_a_moment_is_what_was_announced_before_it() {
    SeenMessages announced = new SeenMessages();
    announced.add(one, DATE, 10);
    announced.add(two, DATE, 11);
    Predicate<ObjectId> before = AnnouncedBefore.place(announced, EventId.at(11, ""), true);
    assertThat(before.test(one)).isTrue();
    assertThat(before.test(two)).isFalse();
  }
}
