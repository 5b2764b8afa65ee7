package chat.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import chat.switchboard.faults.DatabaseForReplicas;
import chat.switchboard.faults.Replica;
import chat.switchboard.support.Chromium;
import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeMediaServer;
import chat.switchboard.support.Http;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.MediaSamples;
import chat.switchboard.support.Twilio;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the owner sees of the files in an MMS, in a browser, in front of the packaged service. */
class FilesPageIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final byte[] PDF =
      "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] AMR = "#!AMR\nsound".getBytes(StandardCharsets.US_ASCII);

  private static final Vertx VERTX = Vertx.vertx();
  private static DatabaseForReplicas database;
  private static FakeMediaServer server;
  private static FakeLibreChat libreChat;
  private static Chromium chromium;

  @BeforeAll
  static void start() throws Exception {
    chromium = Chromium.start();
    Optional<String> missing = Front.unavailable();
    if (missing.isPresent()) {
      if (System.getenv("CI") != null) {
        fail(missing.get());
      }
      abort("Skipped, files on LibreChat's page: " + missing.get());
    }
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE.toMillis());
    database = new DatabaseForReplicas();
    server = FakeMediaServer.start(VERTX);
    libreChat = new FakeLibreChat(0);
  }

  @AfterAll
  static void stop() {
    if (database != null) {
      libreChat.close();
      server.close();
      database.close();
    }
    if (chromium != null) {
      chromium.close();
    }
    VERTX.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void the_owner_sees_the_picture_of_an_mms_and_its_documents_are_links_that_download(
      boolean isLibreChatKnown) throws Exception {
    List<String> options = new ArrayList<>();
    options.add("-Dswitchboard.twilio.api-url=http://127.0.0.1:" + server.port());
    options.add("-Dswitchboard.media.wait=30s");
    if (isLibreChatKnown) {
      options.add("-Dswitchboard.librechat-url=" + libreChat.url());
    }
    try (Replica replica = Replica.start(database.uri(), options.toArray(String[]::new)).ready();
        Front front = new Front(database.libreChat, () -> replica.url(""));
        BrowserContext person = chromium.person(900, 640, ColorScheme.LIGHT)) {
      front.files = libreChat.files().url();
      String conversation = mms(replica, "+1555778000" + (isLibreChatKnown ? 1 : 2));
      Page page = person.newPage();
      List<String> errors = new ArrayList<>();
      page.onPageError(errors::add);
      page.navigate(
          front.url(
              "/?c="
                  + conversation
                  + "&token="
                  + LibreChat.token(database.owner, Duration.ofMinutes(15))));

      Locator picture = page.locator("#chat img");
      assertThat(picture).hasCount(1);
      Chromium.waitForPictures(page);
      assertThat(picture.evaluate("picture => [picture.naturalWidth, picture.naturalHeight]"))
          // The sample is 40 × 30, and its EXIF says that it was taken upright.
          .isEqualTo(List.of(30, 40));
      assertThat(picture.getAttribute("src"))
          .startsWith(isLibreChatKnown ? "/images/" + database.owner : "/switchboard/media/");
      assertThat(page.locator("#chat li").last()).containsText("The menu and the place");
      Chromium.screenshot(page, "files-owner-page" + (isLibreChatKnown ? "" : "-without-url"));

      assertThat(saved(page, page.getByText("file-2.pdf"))).isEqualTo(PDF);
      assertThat(saved(page, page.getByText("file-3.amr"))).isEqualTo(AMR);
      assertThat(errors).isEmpty();
    }
  }

  private static byte[] saved(Page page, Locator link) throws Exception {
    Download download = page.waitForDownload(link::click);
    assertThat(download.suggestedFilename()).isEqualTo(link.textContent());
    return Files.readAllBytes(download.path());
  }

  /** Returns the conversation in which the files are. */
  private static String mms(Replica replica, String number) throws Exception {
    String sid = "MM" + UUID.randomUUID().toString().replace("-", "");
    server
        .has(path(sid, 0), "image/jpeg", MediaSamples.jpegWithLocation())
        .has(path(sid, 1), "application/pdf", PDF)
        .has(path(sid, 2), "audio/amr", AMR);
    Twilio sms = Twilio.sms("The menu and the place").from(number).sid(sid).set("NumMedia", "3");
    List<String> types = List.of("image/jpeg", "application/pdf", "audio/amr");
    for (int i = 0; i < types.size(); i++) {
      sms.with("MediaUrl" + i, "https://api.twilio.com" + path(sid, i))
          .with("MediaContentType" + i, types.get(i));
    }
    HttpResponse<Void> response =
        Http.CLIENT.send(
            HttpRequest.newBuilder(URI.create(replica.url(Twilio.WEBHOOK)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("X-Twilio-Signature", sms.signature())
                .POST(HttpRequest.BodyPublishers.ofString(sms.body()))
                .build(),
            HttpResponse.BodyHandlers.discarding());
    assertThat(response.statusCode()).isEqualTo(200);
    return await().atMost(PATIENCE).until(() -> conversation(number), id -> id != null);
  }

  /** The conversation of this number, once the message is there. */
  private static String conversation(String number) {
    Document mapping =
        database
            .libreChat
            .collection("switchboard_mappings")
            .find(new Document("phoneNumber", number))
            .first();
    String conversation = mapping == null ? null : mapping.getString("conversationId");
    return conversation == null
            || database.libreChat.messages(conversation, database.owner).isEmpty()
        ? null
        : conversation;
  }

  private static String path(String sid, int i) {
    return "/2010-04-01/Accounts/"
        + Twilio.ACCOUNT
        + "/Messages/"
        + sid
        + "/Media/ME"
        + String.format("%032x", i);
  }
}
