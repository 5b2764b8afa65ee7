package chat.switchboard.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.Multi;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Buffers that come on several threads keep their order. */
@Tag("unit")
class BufferStreamTest {

  private static final Vertx VERTX = Vertx.vertx();
  private static final ExecutorService DRIVER = Executors.newFixedThreadPool(2);

  @AfterAll
  static void stop() {
    DRIVER.shutdownNow();
    VERTX.close();
  }

  @Test
  void all_buffers_come_in_order_on_the_thread_of_the_context_whatever_thread_brings_them()
      throws Exception {
    for (int run = 0; run < 500; run++) {
      Context context = VERTX.getOrCreateContext();
      Set<Thread> threads = new HashSet<>();
      CompletableFuture<Thread> own = new CompletableFuture<>();
      CompletableFuture<String> whole = new CompletableFuture<>();
      context.runOnContext(
          started -> {
            own.complete(Thread.currentThread());
            receive(BufferStream.onCurrentContext(body()), threads, whole);
          });
      assertThat(whole.get(10, TimeUnit.SECONDS)).isEqualTo("head, 1, 2, 3, tail");
      assertThat(threads).containsExactly(own.join());
    }
  }

  @Test
  void a_caller_without_a_context_gets_a_clear_error() {
    assertThatThrownBy(() -> BufferStream.onCurrentContext(body()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("context");
  }

  /** The head comes at once, the rest on the threads of a driver, as in an upload from GridFS. */
  private static Multi<Buffer> body() {
    return Multi.createBy()
        .concatenating()
        .streams(
            Multi.createFrom().item(Buffer.buffer("head, ")),
            Multi.createFrom().items("1, ", "2, ", "3, ").emitOn(DRIVER, 1).map(Buffer::buffer),
            Multi.createFrom().item(Buffer.buffer("tail")));
  }

  private static void receive(
      ReadStream<Buffer> stream, Set<Thread> threads, CompletableFuture<String> whole) {
    Buffer received = Buffer.buffer();
    // A pipe begins with a pause, and buffers gather until the pipe has its destination.
    stream.pause();
    stream.exceptionHandler(whole::completeExceptionally);
    stream.endHandler(
        ended -> {
          threads.add(Thread.currentThread());
          whole.complete(received.toString());
        });
    stream.handler(
        buffer -> {
          threads.add(Thread.currentThread());
          received.appendBuffer(buffer);
        });
    stream.resume();
  }
}
