package chat.switchboard.media;

import static chat.switchboard.support.MediaSamples.LATITUDE;
import static chat.switchboard.support.MediaSamples.XMP_LATITUDE;
import static chat.switchboard.support.MediaSamples.bytes;
import static chat.switchboard.support.MediaSamples.concat;
import static chat.switchboard.support.MediaSamples.plain;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.media.Cleaning.Location;
import chat.switchboard.support.MediaSamples;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("unit")
class LocationCleanerTest {

  @TempDir Path folder;

  static Stream<Arguments> located() {
    return Stream.of(
        Arguments.of(ContentType.JPEG, "image/jpeg", MediaSamples.jpegWithLocation(), 30, 40),
        Arguments.of(ContentType.PNG, "image/png", MediaSamples.pngWithLocation(), 30, 40),
        Arguments.of(ContentType.WEBP, "image/webp", MediaSamples.webpWithLocation(), 30, 40),
        Arguments.of(ContentType.GIF, "image/gif", MediaSamples.gifWithLocation(), 40, 30),
        Arguments.of(ContentType.HEIC, "image/heic", MediaSamples.heicWithLocation("heic"), 40, 30),
        Arguments.of(ContentType.AVIF, "image/avif", MediaSamples.heicWithLocation("avif"), 40, 30),
        Arguments.of(ContentType.MP4, "video/mp4", MediaSamples.filmWithLocation("mp42"), 0, 0),
        Arguments.of(
            ContentType.QUICKTIME, "video/quicktime", MediaSamples.filmWithLocation("qt  "), 0, 0),
        Arguments.of(
            ContentType.THREEGPP, "video/3gpp", MediaSamples.filmWithLocation("3gp5"), 0, 0));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("located")
  void the_location_goes_and_the_rest_stays(
      ContentType type, String declared, byte[] file, int width, int height) throws Exception {
    Path path = Files.write(folder.resolve("x"), file);

    Inspection inspection = Inspection.of(path, Optional.of(declared), false);

    byte[] cleaned = Files.readAllBytes(path);
    assertThat(inspection.type()).isEqualTo(type);
    assertThat(inspection.location()).isEqualTo(Location.REMOVED);
    assertThat(inspection.doubt()).isEmpty();
    assertThat(inspection.width()).isEqualTo(width);
    assertThat(inspection.height()).isEqualTo(height);
    assertThat(inspection.bytes()).isEqualTo(cleaned.length).isEqualTo(file.length);
    assertThat(hasLocation(file)).isTrue();
    assertThat(hasLocation(cleaned)).isFalse();
    Inspection again = Inspection.of(path, Optional.of(declared), false);
    assertThat(again.type()).isEqualTo(type);
    assertThat(again.width()).isEqualTo(width);
    assertThat(LocationCleaner.look(ByteSource.of(cleaned), type).location())
        .isNotEqualTo(Location.UNKNOWN);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("located")
  void a_location_stays_where_the_setting_says_so(
      ContentType type, String declared, byte[] file, int width, int height) throws Exception {
    Path path = Files.write(folder.resolve("x"), file);
    assertThat(Inspection.of(path, Optional.of(declared), true).width()).isEqualTo(width);
    assertThat(Files.readAllBytes(path)).isEqualTo(file);
  }

  @ParameterizedTest
  @MethodSource("readable")
  void java_reads_the_picture_as_before(String format, byte[] file) throws Exception {
    Path path = Files.write(folder.resolve("x"), file);
    Inspection.of(path, Optional.empty(), false);
    var before = ImageIO.read(new ByteArrayInputStream(file));
    var after = ImageIO.read(path.toFile());
    assertThat(after.getRGB(0, 0, 40, 30, null, 0, 40))
        .isEqualTo(before.getRGB(0, 0, 40, 30, null, 0, 40));
  }

  static Stream<Arguments> readable() {
    return Stream.of(
        Arguments.of("jpeg", MediaSamples.jpegWithLocation()),
        Arguments.of("png", MediaSamples.pngWithLocation()),
        Arguments.of("gif", MediaSamples.gifWithLocation()),
        Arguments.of("bmp", plain("bmp")));
  }

  @Test
  void the_orientation_and_the_other_tags_stay_in_both_byte_orders() {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      byte[] exif = MediaSamples.exif(order);
      ExifCleaner.Cleaned cleaned = ExifCleaner.clean(exif, 0, exif.length);
      ByteBuffer tiff = ByteBuffer.wrap(exif).order(order);
      assertThat(cleaned.hadLocation()).isTrue();
      assertThat(cleaned.orientation()).hasValue(6);
      assertThat(tiff.getShort(8)).isEqualTo((short) 2);
      assertThat(tiff.getShort(10)).isEqualTo((short) 0x0112);
      assertThat(tiff.getShort(18)).isEqualTo((short) 6);
      assertThat(tiff.getShort(22)).isEqualTo((short) 0x9999);
      assertThat(tiff.getInt(30)).isEqualTo(7);
      assertThat(tiff.getInt(34)).as("the next directory").isEqualTo(50);
    }
  }

  @Test
  void broken_exif_becomes_the_orientation_alone() {
    byte[] circle = MediaSamples.exif(ByteOrder.BIG_ENDIAN);
    ByteBuffer.wrap(circle).putInt(46, 8);
    byte[] outside = MediaSamples.exif(ByteOrder.BIG_ENDIAN);
    ByteBuffer.wrap(outside).putInt(30, 1_000_000);
    byte[] huge = MediaSamples.exif(ByteOrder.BIG_ENDIAN);
    ByteBuffer.wrap(huge).putInt(82, 0x7FFFFFFF);
    for (byte[] exif : new byte[][] {circle, outside, huge}) {
      ExifCleaner.Cleaned cleaned = ExifCleaner.clean(exif, 0, exif.length);
      assertThat(cleaned.orientation()).hasValue(6);
      assertThat(hasLocation(exif)).isFalse();
      assertThat(ExifCleaner.clean(exif, 0, exif.length).hadLocation()).isFalse();
    }
    for (int length = 0; length < 30; length++) {
      byte[] small = Arrays.copyOf(MediaSamples.exif(ByteOrder.BIG_ENDIAN), length);
      ExifCleaner.clean(small, 0, length);
    }
  }

  @Test
  void what_is_behind_the_picture_is_cut_off() throws Exception {
    for (String format : new String[] {"jpeg", "png", "gif"}) {
      byte[] plain = plain(format);
      Path path =
          Files.write(folder.resolve("x"), concat(plain, MediaSamples.filmWithLocation("mp42")));
      Inspection.of(path, Optional.empty(), false);
      assertThat(Files.readAllBytes(path)).as(format).isEqualTo(plain);
    }
  }

  @Test
  void a_type_that_does_not_match_is_named_and_not_shown() throws Exception {
    Path path = Files.write(folder.resolve("x"), plain("png"));
    Inspection wrong = Inspection.of(path, Optional.of("image/jpeg"), false);
    assertThat(wrong.isShown()).isFalse();
    assertThat(wrong.doubt())
        .contains("The file is declared as image/jpeg and its content is image/png");
    assertThat(Inspection.of(path, Optional.of("image/png"), false).isShown()).isTrue();
    assertThat(Inspection.of(path, Optional.of("application/octet-stream"), false).isShown())
        .isTrue();
    assertThat(Inspection.of(path, Optional.empty(), false).isShown()).isTrue();

    Files.write(path, bytes("<svg onload='alert(1)'/>"));
    assertThat(Inspection.of(path, Optional.of("image/png"), false).isShown()).isFalse();
    assertThat(Inspection.of(path, Optional.of("image/svg+xml"), false).isShown()).isFalse();
    Files.write(path, bytes("name,number\n"));
    assertThat(Inspection.of(path, Optional.of("text/csv"), false).type())
        .isEqualTo(ContentType.CSV);
  }

  @Test
  void a_picture_of_too_many_pixels_is_not_shown() throws Exception {
    byte[] png = plain("png");
    ByteBuffer.wrap(png).putInt(16, 20_000).putInt(20, 20_000);
    Path path = Files.write(folder.resolve("x"), png);
    assertThat(Inspection.of(path, Optional.of("image/png"), false).isShown()).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("located")
  void broken_files_end_the_walk_at_once(
      ContentType type, String declared, byte[] file, int w, int h) {
    Random random = new Random(11);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (int i = 0; i < 2_000; i++) {
            byte[] broken = Arrays.copyOf(file, random.nextInt(file.length) + 1);
            for (int j = 0; j <= random.nextInt(6); j++) {
              broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            Cleaning cleaning = LocationCleaner.look(ByteSource.of(broken), type);
            assertThat(cleaning.length()).isLessThanOrEqualTo(broken.length);
            for (Cleaning.Patch patch : cleaning.patches()) {
              assertThat(patch.offset() + patch.bytes().length).isLessThanOrEqualTo(broken.length);
            }
          }
        });
  }

  private static boolean hasLocation(byte[] file) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    byte[] little = new byte[24];
    ByteBuffer.wrap(little)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asIntBuffer()
        .put(ByteBuffer.wrap(LATITUDE).asIntBuffer());
    return text.contains(XMP_LATITUDE)
        || text.contains("Paris")
        || text.contains(new String(LATITUDE, StandardCharsets.ISO_8859_1))
        || text.contains(new String(little, StandardCharsets.ISO_8859_1));
  }
}
