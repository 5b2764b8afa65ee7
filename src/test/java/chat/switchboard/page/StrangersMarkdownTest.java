package chat.switchboard.page;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import chat.switchboard.support.Chromium;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stranger's Markdown on the owner's page is text to read, and has no other effect. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class StrangersMarkdownTest {

  private static final String PIXEL = "https://tracker.example/pixel.png";
  private static final List<String> RELEASES = List.of("new", "old");

  /** Each of these acts on the page of one release at least, where it is not escaped. */
  private static final List<String> ACTING =
      List.of(
          "![](" + PIXEL + ")",
          "hello![a picture](" + PIXEL + " \"title\")",
          "![a](<" + PIXEL + ">)",
          "\\\\![a](" + PIXEL + ")",
          "!\\\n\n![a](" + PIXEL + ")",
          "![a\n](\n" + PIXEL + "\n)",
          "![a](https&colon;//tracker.example/pixel.png)",
          "![a][b]\n\n[b]: " + PIXEL,
          "![b][]\n\n[b]: " + PIXEL,
          "![b]\n\n[B]: " + PIXEL,
          "![b]\n\n> [b]:\n> <" + PIXEL + ">",
          "[![a](" + PIXEL + ")](https://evil.example)",
          "![![a](" + PIXEL + ")](" + PIXEL + ")",
          "# ![a](" + PIXEL + ")",
          "- 1. > ![a](" + PIXEL + ")",
          "| ![a](" + PIXEL + ") |\n| --- |\n| b |",
          "a[^1]\n\n[^1]: ![a](" + PIXEL + ")",
          "\\[ x \\] ![a](" + PIXEL + ") \\( y \\)",
          "**![a](" + PIXEL + ")**~~![a](" + PIXEL + ")~~",
          ":img{src=\"" + PIXEL + "\"}",
          "hello :img[a]{src=" + PIXEL + "}",
          "::img{src=" + PIXEL + "}",
          ":::img{src=" + PIXEL + "}\n:::",
          ":iframe{src=" + PIXEL + "}",
          ":::artifact{identifier=\"a\" type=\"text/html\" title=\"Your bank\"}\n<script>1</script>\n:::",
          "::::artifact{type=\"text/html\"}\na\n::::",
          "::artifact{type=\"text/html\"}",
          "\uFEFF:::artifact{type=\"text/html\"}\na\n:::",
          "> - :::artifact\n>   a\n>   :::",
          "a\\::artifact",
          "a:\\\\:artifact[b]",
          "a\\:\\\\:artifact",
          "<think>Your bank</think>",
          ":::thinking Your bank:::",
          "a:::thinking\nYour bank\n:::b",
          "std:::thinking{a}:::",
          "```mermaid\ngraph TD; A@{ img: \"" + PIXEL + "\" }\n```",
          "~~~ mermaid\ngraph TD\n~~~",
          "> ````mer&#109;aid title\n> graph TD\n> ````",
          "1. ```mermaid\n   graph TD",
          "[Your bank](https://evil.example)",
          "[https://bank.example](https://evil.example)",
          "[Your bank](\n<https://evil.example>)",
          "[Your *bank*][b]\n\n[b]: https://evil.example \"title\"",
          "[b][]\n\n[b]:\nhttps://evil.example",
          "[b]\n\n[b]: https://evil.example",
          "[a[b]c](https://evil.example)",
          "[`a`](https://evil.example)");

  /** What must do nothing in any form; some of it does nothing without an escape as well. */
  private static final List<String> OTHERS =
      List.of(
          "\\![a](" + PIXEL + ")",
          "\\\\\\![a](" + PIXEL + ")",
          "<img src=\"" + PIXEL + "\">",
          "<a href=\"https://evil.example\">Your bank</a>",
          "<iframe src=\"" + PIXEL + "\"></iframe>",
          "$$\\includegraphics{" + PIXEL + "}$$",
          "$\\href{https://evil.example}{Your bank}$",
          "\\(\\url{https://evil.example}\\)",
          "[a](javascript:alert(1))",
          "`![a](" + PIXEL + ")` and ```![a](" + PIXEL + ")```",
          "<<CODE_BLOCK_0>>![a](" + PIXEL + ")`\\`");

  private static Chromium chromium;
  private static MarkdownPage page;

  private final LibreChat libreChat = new LibreChat();
  private String owner;

  @BeforeAll
  static void open() throws Exception {
    chromium = Chromium.start();
    Optional<String> missing = MarkdownPage.unavailable();
    if (missing.isPresent()) {
      if (System.getenv("CI") != null) {
        fail(missing.get());
      }
      abort("Skipped, a stranger's Markdown on LibreChat's page: " + missing.get());
    }
    page = new MarkdownPage(chromium);
  }

  @AfterAll
  static void close() {
    if (page != null) {
      page.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void anOwner() {
    owner = libreChat.owner();
  }

  @AfterEach
  void leave() {
    libreChat.close();
  }

  @Test
  void each_hostile_text_acts_on_the_page_without_the_escape() {
    List<String> harmless =
        ACTING.stream()
            .filter(text -> RELEASES.stream().allMatch(one -> page.show(text, one).isEmpty()))
            .toList();
    assertThat(harmless).as("texts that this test would not notice").isEmpty();
  }

  @Test
  void a_text_message_loads_nothing_and_hides_nothing() {
    List<String> texts = new ArrayList<>(ACTING);
    texts.addAll(OTHERS);
    for (String text : texts) {
      Document message = received(text);
      assertThat(acts(message.getString("text"))).as(text).isEmpty();
      for (Document part : message.getList("content", Document.class)) {
        assertThat(acts(part.getString("text"))).as(text).isEmpty();
      }
    }
  }

  @Test
  void an_api_callers_message_loads_nothing_unless_the_caller_vouches_for_it() {
    String conversation = libreChat.conversation(owner);
    String text = "![a](" + PIXEL + ")";
    inject(conversation, text, "").body("text", org.hamcrest.Matchers.equalTo(text));
    Document escaped = libreChat.lastMessage(conversation, owner);
    assertThat(acts(escaped.getString("text"))).isEmpty();

    inject(conversation, text, ",\"trusted\":true")
        .body("text", org.hamcrest.Matchers.equalTo(text));
    Document trusted = libreChat.lastMessage(conversation, owner);
    assertThat(trusted.getString("text")).isEqualTo(text);
    assertThat(trusted.getList("content", Document.class).get(0).getString("text")).isEqualTo(text);
    assertThat(acts(trusted.getString("text"))).isNotEmpty();
  }

  @Test
  void the_words_are_shown_as_they_were_written() {
    for (String text :
        List.of(
            "![a](b)",
            "\\![a](b)",
            "\\\\![a](b) \\\\\\![a](b)",
            ":::artifact and ::artifact and :img[a]{b}",
            "[x]: y",
            "fn[0](1)")) {
      page.show(received(text).getString("text"), "new");
      String written = text.replaceAll("\\\\([\\\\!])", "$1");
      assertThat(page.words()).as(text).isIn(text, written);
    }
  }

  @Test
  void a_link_stays_a_link_and_shows_where_it_leads() {
    page.show(received("See [your bank](https://evil.example/a?b=1).").getString("text"), "new");
    assertThat(page.links()).containsExactly("https://evil.example/a?b=1");
    assertThat(page.words()).isEqualTo("See [your bank](https://evil.example/a?b=1).");
    page.show(
        received("See https://a.example/x::y and <https://b.example>").getString("text"), "new");
    assertThat(page.links()).containsExactly("https://a.example/x::y", "https://b.example/");
  }

  @Test
  void no_text_made_of_markdowns_characters_acts() {
    List<String> parts =
        List.of(
            "![",
            "[",
            "]",
            "](",
            "]:",
            "(",
            ")",
            "\\",
            "\\\\",
            "!",
            ":",
            "::",
            ":::",
            "artifact",
            "img",
            "{src=" + PIXEL + "}",
            PIXEL,
            "<" + PIXEL + ">",
            "\n",
            "\n\n",
            " ",
            "> ",
            "- ",
            "`",
            "```",
            "~~~",
            "mermaid",
            "$",
            "$$",
            "\\[",
            "\\]",
            "\\(",
            "\\)",
            "<think>",
            "</think>",
            "a",
            "b",
            "*",
            "&excl;",
            "&#91;",
            "|",
            "<",
            ">");
    Random random = new Random(ThreadLocalRandom.current().nextLong());
    String conversation = libreChat.conversation(owner);
    List<String> texts =
        IntStream.range(0, 1_500)
            .mapToObj(
                i ->
                    IntStream.range(0, 3 + random.nextInt(14))
                        .mapToObj(part -> parts.get(random.nextInt(parts.size())))
                        .collect(Collectors.joining()))
            .filter(text -> !text.isBlank())
            .toList();
    // A message holds 32,000 characters.
    for (int from = 0; from < texts.size(); from += 150) {
      List<String> some = texts.subList(from, Math.min(from + 150, texts.size()));
      given()
          .header("X-Internal-API-Key", TestDatabase.API_KEY)
          .contentType(ContentType.JSON)
          .body(
              Map.of(
                  "role",
                  "external",
                  "content",
                  some.stream().map(text -> Map.of("type", "text", "text", text)).toList()))
          .post("/api/messages/{id}/external", conversation)
          .then()
          .statusCode(201);
      List<Document> stored =
          libreChat.lastMessage(conversation, owner).getList("content", Document.class);
      for (int i = 0; i < some.size(); i++) {
        assertThat(acts(stored.get(i).getString("text"))).as(some.get(i)).isEmpty();
      }
    }
  }

  private static List<String> acts(String stored) {
    return RELEASES.stream().flatMap(release -> page.show(stored, release).stream()).toList();
  }

  private Document received(String text) {
    String number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
    Twilio.sms(text).from(number).arrives().then().statusCode(200);
    String conversation =
        libreChat
            .collection("switchboard_mappings")
            .find(new Document("phoneNumber", number))
            .first()
            .getString("conversationId");
    return libreChat.lastMessage(conversation, owner);
  }

  private static io.restassured.response.ValidatableResponse inject(
      String conversation, String text, String more) {
    return given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"" + text + "\"" + more + "}")
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(201);
  }
}
