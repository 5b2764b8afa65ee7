package chat.switchboard.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("unit")
class FileNamesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "inline; filename=photo.jpg | photo.jpg",
        "attachment; filename=\"my photo.jpg\" | my photo.jpg",
        "attachment;FILENAME = \"a\\\"b.jpg\" | a_b.jpg",
        "attachment; filename=\"x.jpg\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.jpg | 日本.jpg",
        "attachment; filename*=utf-8'de'f%C3%BCr.pdf | für.pdf",
        "attachment; filename*=iso-8859-1''f%FCr.pdf | für.pdf",
        "attachment; filename*=UTF-8''%FF.pdf; filename=ok.pdf | ok.pdf",
        "attachment; filename*=UTF-8''%zz; filename=ok.pdf | ok.pdf",
        "attachment; filename=\"../../etc/passwd\" | passwd",
        "attachment; filename=\"C:\\\\temp\\\\x.doc\" | x.doc",
        "attachment; filename=\"..\" | ",
        "attachment | ",
        "attachment; filename= | ",
        "attachment; xfilename=no.txt | ",
      })
  void the_name_of_a_header_is_read(String header, String name) {
    assertThat(FileNames.ofDisposition(header).orElse(null)).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "photo\u202Egpj.exe | photogpj.exe",
        "![x](y).png | __x__y_.png",
        "<script>.png | _script_.png",
        ".hidden | hidden",
        "name... | name",
        "ﺍﺳﻢ.pdf | ﺍﺳﻢ.pdf",
        "e\u0301.txt | é.txt",
      })
  void a_name_is_made_safe(String name, String safe) {
    assertThat(FileNames.safe(name)).contains(safe);
  }

  static Stream<String> hostile() {
    return Stream.of(
        "invoice\u202Efdp.exe",
        "invoice\u2066fdp\u2069.exe",
        "a\u200F\u061C\uFEFF\u00ADb.png",
        "x\uDB40\uDC41.png",
        "..\\..\\boot.ini",
        "/etc/passwd",
        "a/../../b.png",
        "%2e%2e%2fb.png",
        "a\"; filename=\"b.html",
        "a\r\nX-Header: b",
        "a\u2028b\u2029c\u0085d.png",
        "a\nb](javascript:alert(1)).png",
        "![x](https://evil.example/x.png)",
        ":::artifact{title=x}",
        "$x$`y`.png",
        "\uD83Dx.png",
        "C:con.txt",
        "~/.ssh/id",
        "x".repeat(10_240) + ".png",
        "\u0301".repeat(10_240),
        "😀".repeat(2_600) + "/..",
        " . . ");
  }

  /** Any name gives one header of one line, and Markdown of one link. */
  @ParameterizedTest
  @MethodSource("hostile")
  void a_hostile_name_breaks_no_header_and_no_link(String name) {
    String header = FileNames.disposition("attachment", name);
    assertThat(header)
        .matches("attachment; filename=\"[ -!#-~]{1,100}\"(; filename\\*=UTF-8''[!-~]{1,1200})?");
    String safe = FileNames.safe(name).orElse("file");
    assertThat(safe.codePointCount(0, safe.length())).isBetween(1, 100);
    assertThat(safe)
        .doesNotContainPattern("[\\p{Cntrl}\\u2028-\\u202E\\u2066-\\u2069/\\\\\"\\[\\]()<>`!:;%]");
    assertThat(safe).doesNotStartWith(".").isEqualTo(FileNames.safe(safe).orElse("file"));
  }

  @Test
  void control_characters_leave_the_name_and_so_the_header() {
    assertThat(FileNames.safe("a\u0000b\r\nc.txt")).contains("abc.txt");
    assertThat(FileNames.disposition("inline", "x\r\nSet-Cookie: a"))
        .isEqualTo("inline; filename=\"xSet-Cookie_ a\"");
    assertThat(FileNames.safe("\u202E\r\n")).isEmpty();
    assertThat(FileNames.disposition("inline", "\u202E")).isEqualTo("inline; filename=\"file\"");
  }

  @Test
  void a_long_name_keeps_its_extension() {
    String name = FileNames.safe("😀".repeat(3_000) + ".jpeg").orElseThrow();
    assertThat(name.codePointCount(0, name.length())).isLessThanOrEqualTo(100);
    assertThat(FileNames.safe("😀".repeat(150) + ".jpeg").orElseThrow()).endsWith("😀.jpeg");
  }

  @Test
  void the_extension_fits_the_content() {
    assertThat(FileNames.withExtension("photo.JPG", ContentType.JPEG)).isEqualTo("photo.JPG");
    assertThat(FileNames.withExtension("photo.jpg", ContentType.PNG)).isEqualTo("photo.jpg.png");
    assertThat(FileNames.withExtension("photo.png", ContentType.HTML)).isEqualTo("photo.png.html");
    assertThat(FileNames.withExtension("photo", ContentType.PNG)).isEqualTo("photo.png");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "photo.jpg | inline; filename=\"photo.jpg\"",
        "a\"b.jpg | inline; filename=\"a_b.jpg\"",
        "für.pdf | inline; filename=\"f_r.pdf\"; filename*=UTF-8''f%C3%BCr.pdf",
        "日本 语.png | inline; filename=\"__ _.png\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%20%E8%AF%AD.png",
        "😀.png | inline; filename=\"_.png\"; filename*=UTF-8''%F0%9F%98%80.png",
      })
  void the_header_has_an_ascii_form_and_the_whole_name(String name, String header) {
    assertThat(FileNames.disposition("inline", name)).isEqualTo(header);
  }
}
