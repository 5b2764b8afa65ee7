package chat.switchboard.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The machine's own Chromium, without a screen. */
public final class Chromium implements AutoCloseable {

  private static final List<String> PLACES =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  /** Longer than a busy machine takes for a page, in milliseconds. */
  private static final double PATIENCE_MS = 60_000;

  private static final String MISSING_PICTURES =
      """
      [...document.images].filter(one => !one.complete || one.naturalWidth === 0).map(one => {
        const answers = performance.getEntriesByName(one.src).map(entry => entry.responseStatus);
        return `${one.src}: complete ${one.complete}, answers [${answers}]`;
      })
      """;

  private static final Path SCREENSHOTS = Path.of("target/screenshots");

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  /** Starts it; where there is none the test is skipped, except in CI. */
  public static Chromium start() {
    Optional<Path> executable = executable();
    if (executable.isEmpty()) {
      String reason =
          "Skipped, what a browser sees: there is no Chromium on this machine"
              + " (apt-get install chromium, or CHROMIUM=<path>)";
      if (System.getenv("CI") != null) {
        fail(reason);
      }
      abort(reason);
    }
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable.orElseThrow())
                    // Containers have no user namespaces for its sandbox, and a small /dev/shm.
                    .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));
    return new Chromium(playwright, browser);
  }

  private static Optional<Path> executable() {
    String named = System.getenv("CHROMIUM");
    return (named == null ? PLACES : List.of(named))
        .stream().map(Path::of).filter(Files::isExecutable).findFirst();
  }

  /** A browser of its own: no tab of another sees its storage. */
  public BrowserContext person() {
    return browser.newContext();
  }

  /** A person with a window of this width, by day or by night. */
  public BrowserContext person(int width, int height, ColorScheme scheme) {
    return browser.newContext(
        new Browser.NewContextOptions()
            .setViewportSize(width, height)
            .setColorScheme(scheme)
            .setDeviceScaleFactor(width < 600 ? 2 : 1)
            .setLocale("en-GB"));
  }

  /**
   * Waits until this JavaScript expression is true. The browser is asked every 100 ms, since
   * without a screen it can stop drawing frames, on which Playwright waits otherwise.
   */
  public static void waitUntil(Page page, String expression) {
    page.waitForFunction(
        expression,
        null,
        new Page.WaitForFunctionOptions().setPollingInterval(100).setTimeout(PATIENCE_MS));
  }

  /** Waits until the page shows all its pictures; fails with the answer to each that it lacks. */
  public static void waitForPictures(Page page) {
    await()
        .pollInSameThread()
        .atMost(Duration.ofMillis((long) PATIENCE_MS))
        .untilAsserted(() -> assertThat(page.evaluate(MISSING_PICTURES)).isEqualTo(List.of()));
  }

  /** Saves a screenshot as target/screenshots/name.png. */
  public static void screenshot(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(SCREENSHOTS.resolve(name + ".png"))
            .setFullPage(true)
            .setAnimations(com.microsoft.playwright.options.ScreenshotAnimations.DISABLED));
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
