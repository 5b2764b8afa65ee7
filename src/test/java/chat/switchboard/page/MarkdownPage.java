package chat.switchboard.page;

import chat.switchboard.support.Chromium;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A page that renders Markdown with the libraries of LibreChat's page, in a real browser. */
final class MarkdownPage implements AutoCloseable {

  private static final Path SOURCE = Path.of("src/test/markdown");
  private static final Path HOME = Path.of("target/markdown");
  private static final Path BUNDLE = HOME.resolve("bundle.js");

  private final BrowserContext person;
  private final Page page;
  private final List<String> requests = new ArrayList<>();

  MarkdownPage(Chromium chromium) throws IOException {
    person = chromium.person();
    page = person.newPage();
    // No request leaves the machine: each request of the page is recorded and refused.
    page.route(
        "**/*",
        route -> {
          requests.add(route.request().url());
          route.abort();
        });
    page.setContent("<!doctype html><title>Markdown</title><body></body>");
    page.evaluate(Files.readString(BUNDLE));
  }

  /** Why there can be no such page here; empty if it is built. */
  static Optional<String> unavailable() throws IOException, InterruptedException {
    Files.createDirectories(HOME);
    boolean stale = !Files.exists(BUNDLE);
    for (String file : List.of("package.json", "package-lock.json", "page.jsx")) {
      Path copy = HOME.resolve(file);
      byte[] wanted = Files.readAllBytes(SOURCE.resolve(file));
      if (!Files.exists(copy) || !Arrays.equals(Files.readAllBytes(copy), wanted)) {
        Files.write(copy, wanted);
        stale = true;
      }
    }
    if (!stale) {
      return Optional.empty();
    }
    boolean built =
        runs("npm", "ci", "--no-audit", "--no-fund")
            // By its link: esbuild's install step puts an executable in the place of the script.
            && runs(
                HOME.resolve("node_modules/.bin/esbuild").toAbsolutePath().toString(),
                "page.jsx",
                "--bundle",
                "--jsx=transform",
                "--format=iife",
                "--define:process.env.NODE_ENV=\"production\"",
                "--outfile=" + BUNDLE.getFileName());
    return built
        ? Optional.empty()
        : Optional.of("npm and esbuild could not build LibreChat's Markdown libraries");
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(HOME.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(5, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  /**
   * Shows this text as a release does.
   *
   * @return every element that acts, and every address that the page asked for; the error, if the
   *     text breaks the page
   */
  List<String> show(String markdown, String release) {
    requests.clear();
    try {
      page.evaluate("([text, release]) => window.show(text, release)", List.of(markdown, release));
    } catch (PlaywrightException broken) {
      // React refuses an element such as an img with children: the text breaks the page.
      return List.of(broken.getMessage());
    }
    @SuppressWarnings("unchecked")
    List<String> acting = (List<String>) page.evaluate("() => window.acting()");
    List<String> found = new ArrayList<>(acting);
    found.addAll(requests);
    return found;
  }

  /** Returns the visible text of the page. */
  String words() {
    return (String) page.evaluate("() => window.words()");
  }

  /** The addresses of the links that are shown. */
  @SuppressWarnings("unchecked")
  List<String> links() {
    return (List<String>)
        page.evaluate("() => [...document.querySelectorAll('main a')].map((link) => link.href)");
  }

  @Override
  public void close() {
    person.close();
  }
}
