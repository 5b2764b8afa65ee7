package chat.switchboard.media;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.http.PublicUrl;
import chat.switchboard.http.Resolver;
import chat.switchboard.outbound.OutgoingFile;
import chat.switchboard.outbound.OutgoingFiles.Checked;
import chat.switchboard.outbound.OutgoingFiles.Fetched;
import chat.switchboard.support.MediaSamples;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files of outgoing texts: their addresses, and the guard of the hosts they come from. */
@Tag("unit")
class OutgoingFilesTest {

  private static final MediaDatabase DATABASE = new MediaDatabase();
  private static final Vertx VERTX = Vertx.vertx();
  private static final Duration DAY = Duration.ofHours(24);

  private final MediaDatabase.Clock clock = new MediaDatabase.Clock();
  private final MediaConfig config =
      MediaDatabase.config("switchboard.media.hosts", "*.example.com");
  private final MediaStore store =
      new MediaStore(DATABASE.items(), config, clock, new SimpleMeterRegistry());
  private final MediaBytes bytes = new MediaBytes(DATABASE.database());
  private final Capabilities capabilities =
      new Capabilities(new CapabilityStore(DATABASE.items(), clock), MediaDatabase.secret(), clock);
  private final Resolver resolver =
      host ->
          Uni.createFrom()
              .item(
                  () -> {
                    try {
                      return switch (host) {
                        case "public.example.com" ->
                            List.of(InetAddress.getByName("93.184.216.34"));
                        case "private.example.com" -> List.of(InetAddress.getByName("10.0.0.1"));
                        case "both.example.com" ->
                            List.of(
                                InetAddress.getByName("93.184.216.34"),
                                InetAddress.getByName("127.0.0.1"));
                        default -> throw new UnknownHostException(host);
                      };
                    } catch (UnknownHostException unknown) {
                      throw new IllegalStateException(unknown);
                    }
                  });
  private final OutgoingDownload download =
      new OutgoingDownload(
          VERTX,
          new MediaFetcher(
              MediaHttp.client(VERTX, MediaHttp.options(Duration.ofMillis(600))),
              resolver,
              new FetchLimits(
                  1024 * 1024,
                  Duration.ofSeconds(1),
                  Duration.ofMillis(600),
                  Duration.ofMillis(1_500),
                  3)),
          new MediaSpool(VERTX, Optional.empty()),
          store,
          bytes,
          new MediaScan(VERTX, VERTX.createHttpClient(), Optional.empty()),
          null,
          config);
  private final OutgoingStore files =
      new OutgoingStore(
          store,
          capabilities,
          download,
          null,
          null,
          resolver,
          config,
          new PublicUrl(Optional.of("https://sms.example.com/")));

  @BeforeEach
  void empty() {
    done(DATABASE.items().deleteMany(new Document()));
  }

  @AfterAll
  static void close() {
    DATABASE.close();
    VERTX.close();
  }

  @Test
  void a_file_has_one_address_for_each_text_however_often_it_is_granted() {
    String item = anItem("out:1");
    String address = done(files.grant(item, "text-1")).orElseThrow();
    assertThat(address).matches("https://sms\\.example\\.com/switchboard/media/[A-Za-z0-9_-]{22}");
    assertThat(address).hasSize(files.addressLength());
    assertThat(done(files.grant(item, "text-1"))).contains(address);
    assertThat(done(files.grant(item, "text-2")).orElseThrow()).isNotEqualTo(address);
    assertThat(done(files.grant(anItem("out:2"), "text-1")).orElseThrow()).isNotEqualTo(address);
    Document stored =
        DATABASE
            .items()
            .withDocumentClass(Document.class)
            .find(new Document("_id", item))
            .collect()
            .first()
            .await()
            .atMost(Duration.ofSeconds(10));
    assertThat(stored.getList("capabilities", Document.class)).hasSize(2);
    assertThat(stored.toJson()).doesNotContain(capability(address));
    assertThat(done(capabilities.open(capability(address))).orElseThrow().id).isEqualTo(item);
  }

  @Test
  void an_address_ends_after_a_day_and_begins_again_with_the_next_attempt() {
    String item = anItem("out:1");
    String address = capability(done(files.grant(item, "text")).orElseThrow());
    clock.turn(DAY.plusSeconds(1));
    assertThat(done(capabilities.open(address))).isEmpty();
    assertThat(done(files.grant(item, "text"))).isPresent();
    clock.turn(DAY.minusSeconds(1));
    assertThat(done(capabilities.open(address))).isPresent();
    MediaItem kept = done(store.find(item)).orElseThrow();
    assertThat(kept.forgetAt.toInstant()).isAfter(clock.instant());
    clock.turn(Duration.ofSeconds(2));
    assertThat(done(capabilities.open(address))).isEmpty();
  }

  @Test
  void a_file_goes_to_a_group_of_a_hundred_and_each_address_stays_open() {
    String item = anItem("out:1");
    List<String> addresses =
        IntStream.range(0, 100)
            .mapToObj(i -> capability(done(files.grant(item, "text-" + i)).orElseThrow()))
            .toList();
    assertThat(addresses).doesNotHaveDuplicates();
    assertThat(done(capabilities.open(addresses.get(0)))).isPresent();
    assertThat(done(capabilities.open(addresses.get(99)))).isPresent();
  }

  @Test
  void a_file_that_is_gone_has_no_address() {
    assertThat(done(files.grant("out:none", "text"))).isEmpty();
    String item = anItem("out:1");
    done(store.dropBytes(item, item + ":bytes"));
    assertThat(done(files.grant(item, "text"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://public.example.com/a.png, Known",
    "https://private.example.com/a.png, Refused",
    // One address that is not public is enough.
    "https://both.example.com/a.png, Refused",
    "https://unknown.example.com/a.png, Known",
    "https://example.com/a.png, Refused",
    "https://public.example.com.evil.example/a.png, Refused",
    "https://a:b@public.example.com/a.png, Refused",
    "https://93.184.216.34/a.png, Refused",
    "https://public.example.com:444/a.png, Refused",
    "https://public.example.com\\@evil.example/, Refused",
    "HTTPS://PUBLIC.EXAMPLE.COM/a.png, Known",
  })
  void an_address_is_checked_before_a_text_is_accepted(String address, String result) {
    assertThat(done(files.check("owner", address)).getClass().getSimpleName()).isEqualTo(result);
  }

  @ParameterizedTest
  @CsvSource({
    "https://private.example.com/a.png, Failed, not public",
    "https://both.example.com/a.png, Failed, not public",
    "https://elsewhere.example/a.png, Failed, not allowed",
    "https://unknown.example.com/a.png, TryLater, no address",
  })
  void the_guard_holds_again_when_the_file_is_fetched(String address, String result, String cause) {
    Fetched fetched = done(download.fetch(address(address)));
    assertThat(fetched.getClass().getSimpleName()).isEqualTo(result);
    assertThat(fetched.toString()).contains(cause).doesNotContain("a.png");
  }

  @Test
  void an_incoming_file_goes_out_by_its_id_and_to_its_owner_alone() {
    MediaItem item = item("in:1");
    done(store.addOutgoing(item));
    assertThat(done(files.check("owner", "in:1"))).isInstanceOf(Checked.Known.class);
    OutgoingFile file = ((Checked.Known) done(files.check("owner", "in:1"))).file();
    assertThat(file.kind()).isEqualTo(OutgoingFile.Kind.OURS);
    assertThat(done(download.fetch(file)))
        .isEqualTo(new Fetched.Ready("in:1", "a.png", "image/png", item.bytes));
    OutgoingFile stolen =
        new OutgoingFile(
            file.kind(),
            file.reference(),
            "stranger",
            "s",
            Optional.empty(),
            Optional.empty(),
            true,
            Optional.empty());
    assertThat(done(download.fetch(stolen))).isInstanceOf(Fetched.Failed.class);
  }

  private static OutgoingFile address(String url) {
    return new OutgoingFile(
        OutgoingFile.Kind.ADDRESS,
        url,
        "owner",
        "scope",
        Optional.empty(),
        Optional.empty(),
        true,
        Optional.empty());
  }

  private String anItem(String id) {
    assertThat(done(store.addOutgoing(item(id)))).isTrue();
    return id;
  }

  private MediaItem item(String id) {
    byte[] picture = MediaSamples.plain("png");
    MediaItem item = new MediaItem();
    item.id = id;
    item.outgoing = true;
    item.user = "owner";
    item.fileName = "a.png";
    item.type = "PNG";
    item.bytes = (long) picture.length;
    item.sha256 = "0";
    item.shown = true;
    item.bytesId = id + ":bytes";
    done(bytes.delete(item.bytesId));
    done(bytes.store(item.bytesId, Multi.createFrom().item(ByteBuffer.wrap(picture))));
    return item;
  }

  private static String capability(String address) {
    return address.substring(address.lastIndexOf('/') + 1);
  }

  private static <T> T done(Uni<T> uni) {
    return uni.await().atMost(Duration.ofSeconds(20));
  }
}
