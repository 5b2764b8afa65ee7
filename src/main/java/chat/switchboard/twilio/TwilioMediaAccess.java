package chat.switchboard.twilio;

import chat.switchboard.media.TwilioAccess;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Gives the fetching of files the account, the base URL and the credentials of Twilio's API. */
@ApplicationScoped
class TwilioMediaAccess {

  private static final String DEFAULT_URL = "https://api.twilio.com";

  @Produces
  @Singleton
  TwilioAccess access(TwilioConfig config, TwilioApi api) {
    return new TwilioAccess(
        config.accountSid().map(String::strip).filter(sid -> !sid.isEmpty()),
        Optional.of(config.apiUrl().strip().replaceAll("/+$", ""))
            .filter(url -> !url.isEmpty() && !url.equals(DEFAULT_URL)),
        api.authorization());
  }
}
