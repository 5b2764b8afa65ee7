package chat.switchboard.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures that go out beside the words of an answer. */
@Tag("unit")
class PlainTextPicturesTest {

  private static final String CAT = "/images/u1/cat.png";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Here is the cat:\\n\\n![A cat](/images/u1/cat.png)|Here is the cat:",
        "Here:\\n\\n![A cat](/images/u1/cat.png)\\n\\nNice?|Here:\\n\\nNice?",
        "![A cat](/images/u1/cat.png)\\n\\nNice?|Nice?",
        "See ![A cat](/images/u1/cat.png) there|See there",
        "![A cat](/images/u1/cat.png) there|there",
        "**Bold ![A *cat*](/images/u1/cat.png \"title\") words**|Bold words",
        "![A **cat](/images/u1/cat.png) and **bold**|and bold",
        "![a](/images/u1/cat.png)![b](/images/u1/cat.png)|''",
        "![cat][1]\\n\\n[1]: /images/u1/cat.png|''",
        "- ![A cat](/images/u1/cat.png)\\n- two|- \\n- two",
        // Another picture stays words.
        "![A dog](/images/u1/dog.png)|A dog (/images/u1/dog.png)",
        "![A dog](https://example.com/dog.png)|A dog (https://example.com/dog.png)",
        // No pictures
        "[A cat](/images/u1/cat.png)|A cat (/images/u1/cat.png)",
        "`![A cat](/images/u1/cat.png)`|![A cat](/images/u1/cat.png)",
        "```\\n![A cat](/images/u1/cat.png)\\n```|![A cat](/images/u1/cat.png)",
      })
  void the_words_leave_out_what_goes_beside_them(String markdown, String words) {
    assertThat(PlainText.of(lines(markdown), Set.of(CAT))).isEqualTo(lines(words));
  }

  @Test
  void without_pictures_beside_the_words_nothing_changes() {
    assertThat(PlainText.of("![A cat](/images/u1/cat.png)")).isEqualTo("A cat (" + CAT + ")");
    assertThat(PlainText.of("![](/images/u1/cat.png)")).isEqualTo(CAT);
  }

  @Test
  void the_pictures_of_a_text_are_found_in_their_order_each_once() {
    assertThat(
            PlainText.pictures(
                "# ![a](/images/u1/a.png)\n\n| x | y |\n|---|---|\n| ![b](b.png) | [no](c.png) |\n\n"
                    + "`![code](d.png)`\n\n![r][R] ![a](/images/u1/a.png)\n\n[r]: <e-f.png>\n"))
        .isEqualTo(List.of("/images/u1/a.png", "b.png", "e-f.png"));
  }

  @Test
  void thousands_of_pictures_take_a_moment() {
    String many = "![a](/images/u1/cat.png) ".repeat(2_500);
    long start = System.nanoTime();
    assertThat(PlainText.of(many, Set.of(CAT))).isEmpty();
    assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
  }

  private static String lines(String written) {
    return written.replace("\\n", "\n");
  }
}
