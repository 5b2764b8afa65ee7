package chat.switchboard.support;

import java.util.HashMap;
import java.util.Map;

/** The settings of a service that sends texts from +15557654321 by {@link FakeTwilio}. */
public final class SendingSettings {

  private SendingSettings() {}

  /**
   * @param more names and values of further settings, alternately
   */
  public static Map<String, String> with(String... more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("switchboard.twilio.api-url", FakeTwilio.reservedUrl());
    settings.put("switchboard.twilio.from", "+15557654321");
    settings.put("switchboard.twilio.api-key", "SK0123456789abcdef0123456789abcdef");
    settings.put("switchboard.twilio.api-secret", "the-secret");
    settings.put("switchboard.outbox.segments-per-second", "200");
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return settings;
  }
}
