package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.Configured;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** To cancel a text at the moment at which it is sent, with the texts in memory. */
@Tag("unit")
class OutboxOperationsTest {

  private final List<OutboxEntry> parts = new ArrayList<>();
  private Runnable meanwhile = () -> {};

  private final OutboxOperations operations =
      new OutboxOperations(
          new OutboxEntries() {
            @Override
            Uni<List<OutboxEntry>> parts(String textId) {
              return Uni.createFrom().item(() -> List.copyOf(parts));
            }
          },
          null,
          null,
          null,
          null,
          Configured.with(OutboxConfig.class),
          new Transitions(
              Configured.with(OutboxConfig.class),
              Clock.systemUTC(),
              new Random(17),
              new SimpleMeterRegistry(),
              new TextNews(List.of(), null, null)) {
            @Override
            Uni<Void> cancel(Collection<String> ids, Collection<OutboxState> from, String cause) {
              return Uni.createFrom()
                  .item(
                      () -> {
                        meanwhile.run();
                        parts.stream()
                            .filter(part -> ids.contains(part.id) && from.contains(part.state))
                            .forEach(part -> part.state = OutboxState.CANCELLED);
                        return null;
                      });
            }
          },
          null,
          null);

  private OutboxEntry text(int count) {
    for (int i = 1; i <= count; i++) {
      OutboxEntry part = new OutboxEntry();
      part.id = i == 1 ? "t" : "t." + i;
      part.textId = "t";
      part.part = i;
      part.parts = count;
      part.state = OutboxState.QUEUED;
      parts.add(part);
    }
    return parts.get(0);
  }

  private boolean cancel(OutboxEntry entry) {
    return operations.cancel(entry, "Cancelled").await().indefinitely();
  }

  @Test
  void a_text_that_waits_is_cancelled_whole_and_twice() {
    OutboxEntry entry = text(3);
    assertThat(cancel(entry)).isTrue();
    assertThat(cancel(parts.get(2))).isTrue();
    assertThat(parts).allMatch(part -> part.state == OutboxState.CANCELLED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SENDING", "SENT", "DELIVERED", "FAILED"})
  void a_text_whose_first_part_is_claimed_meanwhile_goes_on_whole(String state) {
    OutboxEntry entry = text(3);
    meanwhile = () -> parts.get(0).state = OutboxState.valueOf(state);
    assertThat(cancel(entry)).isFalse();
    assertThat(parts.subList(1, 3)).allMatch(part -> part.state == OutboxState.QUEUED);
  }
}
