package chat.switchboard.media;

import static chat.switchboard.support.MediaSamples.bytes;
import static chat.switchboard.support.MediaSamples.concat;
import static chat.switchboard.support.MediaSamples.latin;
import static chat.switchboard.support.MediaSamples.plain;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.MediaSamples;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("unit")
class ContentDetectorTest {

  private static final byte[] ZIP_END = concat("PK\5\6", new byte[18]);

  static Stream<Arguments> files() {
    byte[] mp3Frame = concat(new byte[] {(byte) 0xFF, (byte) 0xFB, (byte) 0x90, 0}, new byte[413]);
    return Stream.of(
        of(ContentType.JPEG, plain("jpeg")),
        of(ContentType.PNG, plain("png")),
        of(ContentType.GIF, plain("gif")),
        of(ContentType.BMP, plain("bmp")),
        of(ContentType.WEBP, MediaSamples.webpWithLocation()),
        of(ContentType.HEIC, MediaSamples.heicWithLocation("heic")),
        of(ContentType.HEIC, MediaSamples.heicWithLocation("mif1")),
        of(ContentType.AVIF, MediaSamples.heicWithLocation("avif")),
        of(ContentType.TIFF, latin("II*\0\b\0\0\0")),
        of(ContentType.TIFF, latin("MM\0*\0\0\0\b")),
        of(ContentType.ICO, latin("\0\0\1\0\1\0\20\20")),
        of(ContentType.PDF, latin("%PDF-1.7\n%âãÏÓ\n1 0 obj")),
        of(ContentType.MP3, latin("ID3\4\0\0\0\0\0\0")),
        of(ContentType.MP3, concat(mp3Frame, mp3Frame)),
        of(ContentType.OTHER, mp3Frame),
        of(ContentType.OGG, latin("OggS\0\2OpusHead")),
        of(ContentType.M4A, ftyp("M4A ")),
        of(ContentType.MP4, ftyp("mp42")),
        of(ContentType.MP4, ftyp("isom")),
        of(ContentType.QUICKTIME, ftyp("qt  ")),
        of(ContentType.THREEGPP, ftyp("3gp4")),
        of(ContentType.THREEGPP, ftyp("3g2a")),
        of(ContentType.OTHER, ftyp("evil")),
        of(ContentType.AMR, latin("#!AMR\n\74\0")),
        of(ContentType.AMR, latin("#!AMR-WB\n\4")),
        of(ContentType.WAV, latin("RIFF\4\0\0\0WAVEfmt ")),
        of(ContentType.AVI, latin("RIFF\4\0\0\0AVI LIST")),
        of(ContentType.OTHER, latin("RIFF\4\0\0\0XXXX")),
        of(ContentType.WEBM, latin("\u001AE\u00DF\u00A3\u0093B\u0082\u0084webm")),
        of(ContentType.MATROSKA, latin("\u001AE\u00DF\u00A3\u0093B\u0082\u0088matroska")),
        of(ContentType.FLAC, latin("fLaC\0\0\0\42")),
        of(ContentType.VCARD, bytes("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ānna\r\nEND:VCARD\r\n")),
        of(ContentType.VCARD, bytes("\uFEFFbegin:vcard\nFN:x\nend:vcard")),
        of(ContentType.ICS, bytes("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")),
        of(ContentType.TEXT, bytes("Привет, 世界\n")),
        of(ContentType.TEXT, bytes("a < b, and <3")),
        of(ContentType.TEXT, bytes("{\"json\":true}")),
        of(ContentType.TEXT, bytes("")),
        of(ContentType.TEXT, bytes("ж".repeat(100_001))),
        of(ContentType.OTHER, bytes("text\0with nul")),
        of(ContentType.OTHER, latin("caf\u00E9")),
        of(ContentType.OTHER, concat(bytes("x".repeat(70_000)), new byte[] {(byte) 0xC3})),
        of(ContentType.RTF, latin("{\\rtf1 x}")),
        of(ContentType.ZIP, zip("a.txt")),
        of(ContentType.DOCX, zip("[Content_Types].xml", "word/document.xml")),
        of(ContentType.XLSX, zip("[Content_Types].xml", "xl/workbook.xml")),
        of(ContentType.PPTX, zip("[Content_Types].xml", "ppt/presentation.xml")),
        of(ContentType.ZIP, zip("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        of(ContentType.EXECUTABLE, zip("META-INF/MANIFEST.MF", "Main.class")),
        of(ContentType.EXECUTABLE, zip("AndroidManifest.xml", "classes.dex")),
        of(
            ContentType.ODT,
            concat(
                concat("PK\3\4", new byte[26]),
                latin("mimetypeapplication/vnd.oasis.opendocument.text"))),
        of(ContentType.OLE, latin("\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1")),
        of(ContentType.ARCHIVE, latin("\u001F\u008B\b")),
        of(ContentType.ARCHIVE, latin("Rar!\u001A\7\0")),
        of(ContentType.EXECUTABLE, latin("MZ\u0090\0")),
        of(ContentType.EXECUTABLE, latin("\u007FELF\2")),
        of(ContentType.EXECUTABLE, bytes("#!/bin/sh\nrm x")),
        of(ContentType.EXECUTABLE, latin("\u00CA\u00FE\u00BA\u00BE\0\0")),
        of(ContentType.EXECUTABLE, latin("\u00CF\u00FA\u00ED\u00FE")),
        of(ContentType.EXECUTABLE, bytes("@ECHO OFF\r\n")),
        of(ContentType.SVG, bytes("<svg xmlns='http://www.w3.org/2000/svg'/>")),
        of(ContentType.SVG, bytes("\uFEFF\n<?xml version='1.0'?><!-- x --><SVG onload='x()'>")),
        of(
            ContentType.SVG,
            bytes("<?xml version='1.0'?>\n<!DOCTYPE svg [<!ENTITY a \"b\">]>\n<svg:svg/>")),
        of(ContentType.SVG, bytes("<svg\n onload=alert(1)>")),
        of(ContentType.SVG, "\uFEFF<svg onload='x()'/>".getBytes(StandardCharsets.UTF_16LE)),
        of(ContentType.XML, bytes("<?xml version='1.0'?><root/>")),
        of(ContentType.HTML, bytes("<!DOCTYPE html><title>x</title>")),
        of(ContentType.HTML, bytes("  \n<!-- x -->\n<ScRiPt>alert(1)</script>")),
        of(ContentType.HTML, bytes("<html>")),
        of(ContentType.HTML, bytes("<img src=x onerror=alert(1)>")),
        of(ContentType.HTML, bytes("<?xml version='1.0'?><html xmlns='x'><script/></html>")),
        of(ContentType.HTML, concat(bytes("<script>alert(1)</script>"), new byte[] {0, 1, 2})),
        of(ContentType.OTHER, new byte[] {0, 1, 2, 3}));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("files")
  void the_type_follows_from_the_content(ContentType type, byte[] file) {
    assertThat(ContentDetector.detect(ByteSource.of(file)).type()).isEqualTo(type);
  }

  static Stream<Arguments> polyglots() {
    return Stream.of(
        Arguments.of("GIF and JS", latin("GIF89a/*" + "\0".repeat(20) + "*/=alert(1)//;")),
        Arguments.of("GIF and JS by assignment", latin("GIF89a=1;alert(1)")),
        Arguments.of(
            "BMP and JS", concat(latin("BM/*"), new byte[10], latin("(\0\0\0"), bytes("*/=1"))),
        Arguments.of(
            "JPEG with a tail of HTML", concat(plain("jpeg"), bytes("<script>x()</script>"))),
        Arguments.of("PNG with a tail of HTML", concat(plain("png"), bytes("<HTML><body>"))),
        Arguments.of(
            "JPEG with a comment of PHP",
            MediaSamples.jpegWith(MediaSamples.segment(0xFE, bytes("<?php system('x') ?>")))),
        Arguments.of("GIF and PDF", concat(latin("GIF89a\1\0\1\0\0\0\0%PDF-1.4"), new byte[40])),
        Arguments.of("JPEG and ZIP", concat(plain("jpeg"), zip("a.txt"))),
        Arguments.of("PNG and JAR", concat(plain("png"), zip("META-INF/MANIFEST.MF"))),
        Arguments.of("PDF and ZIP", concat(latin("%PDF-1.7\n"), zip("a.txt"))),
        Arguments.of(
            "PDF and ZIP with a comment",
            concat(
                latin("%PDF-1.7\n"),
                Arrays.copyOf(ZIP_END, 20),
                new byte[] {5, 0},
                bytes("%%EOF"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("polyglots")
  void a_file_of_two_types_is_doubted(String name, byte[] file) {
    assertThat(ContentDetector.detect(ByteSource.of(file)).doubt()).isPresent();
  }

  @Test
  void ordinary_pictures_and_documents_are_not_doubted() {
    for (byte[] file :
        List.of(
            plain("jpeg"),
            plain("png"),
            plain("gif"),
            plain("bmp"),
            MediaSamples.jpegWithLocation(),
            latin("%PDF-1.7\nPK\5\6 in a stream, %%EOF"))) {
      assertThat(ContentDetector.detect(ByteSource.of(file)).doubt()).isEmpty();
    }
  }

  @Test
  void any_bytes_have_a_type_and_active_content_is_served_as_bytes() {
    Random random = new Random(7);
    for (Arguments sample : files().toList()) {
      byte[] file = (byte[]) sample.get()[1];
      for (int i = 0; i < 30; i++) {
        byte[] broken = Arrays.copyOf(file, random.nextInt(file.length + 1));
        for (int j = 0; j < broken.length / 10; j++) {
          broken[random.nextInt(broken.length)] = (byte) random.nextInt();
        }
        assertThat(ContentDetector.detect(ByteSource.of(broken))).isNotNull();
      }
    }
    for (ContentType type : List.of(ContentType.SVG, ContentType.HTML, ContentType.XML)) {
      assertThat(type.servedType()).isEqualTo("application/octet-stream");
      assertThat(type.isPicture()).isFalse();
    }
  }

  private static Arguments of(ContentType type, byte[] file) {
    return Arguments.of(type, file);
  }

  private static byte[] ftyp(String brand) {
    return MediaSamples.box("ftyp", concat(bytes(brand), new byte[4], bytes(brand)));
  }

  private static byte[] zip(String... names) {
    byte[] entries = new byte[0];
    for (String name : names) {
      entries = concat(entries, concat("PK\3\4", new byte[26]), bytes(name));
    }
    for (String name : names) {
      entries = concat(entries, concat("PK\1\2", new byte[42]), bytes(name));
    }
    return concat(entries, ZIP_END);
  }
}
