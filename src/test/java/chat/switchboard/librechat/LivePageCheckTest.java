package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.http.HttpProbe.Answer;
import chat.switchboard.ops.Finding.Status;
import io.vertx.core.MultiMap;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class LivePageCheckTest {

  /** LibreChat's own default once its policy is enforced. */
  private static final String STRICT =
      "default-src 'self'; script-src 'nonce-abc' 'strict-dynamic' 'self'";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "no policy, script            |                                   | <script src='/switchboard/live.js' defer>             | OK",
        "no policy, no script         |                                   | <script src='/assets/index.js'>                       | WARN",
        "strict policy, right nonce   | script-src 'nonce-abc' 'strict-dynamic' 'self' | <script src='/switchboard/live.js' nonce='abc'> | OK",
        "strict policy, other nonce   | script-src 'nonce-abc' 'strict-dynamic' 'self' | <script src='/switchboard/live.js' nonce='abd'> | FAIL",
        "strict policy, no nonce      | script-src 'nonce-abc' 'strict-dynamic' 'self' | <script src='/switchboard/live.js'>             | FAIL",
        "extra host, no nonce         | script-src 'nonce-abc' 'self' https://chat.example.com | <script src='/switchboard/live.js'>     | OK",
        "only default-src self        | default-src 'self'                | <script src='/switchboard/live.js'>                   | OK",
        "only default-src none        | default-src 'none'                | <script src='/switchboard/live.js'>                   | FAIL",
        "below a path                 |                                   | <script src='/chat/switchboard/live.js'>              | OK",
      })
  void the_page_that_a_browser_gets_is_judged_by_its_script_and_its_policy(
      String label, String policy, String tag, Status expected) {
    assertThat(LivePageCheck.withScript(page(policy, tag)).status()).as(label).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"false, OK", "true, WARN"})
  void without_the_proxy_an_enforced_policy_is_a_warning(boolean enforced, Status expected) {
    assertThat(LivePageCheck.withoutProxy(page(enforced ? STRICT : null, "")).status())
        .isEqualTo(expected);
  }

  private static Answer page(String policy, String tag) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    if (policy != null) {
      headers.add("content-security-policy", policy);
    }
    return new Answer(200, Optional.empty(), headers, "<html><head>" + tag + "</head></html>");
  }
}
