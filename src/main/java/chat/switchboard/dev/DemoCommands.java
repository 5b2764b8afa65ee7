package chat.switchboard.dev;

import chat.switchboard.http.PublicUrl;
import chat.switchboard.ops.ApiKeysConfig;
import chat.switchboard.ops.JwtSecretConfig;
import chat.switchboard.twilio.TwilioConfig;
import chat.switchboard.twilio.TwilioCredentialsConfig;
import chat.switchboard.twilio.TwilioSignature;
import io.quarkus.arc.profile.IfBuildProfile;
import io.smallrye.jwt.build.Jwt;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Prints example command lines in dev mode; each works when pasted into a shell. */
@IfBuildProfile("dev")
@ApplicationScoped
class DemoCommands {

  private static final Duration TOKEN_LIFE = Duration.ofHours(12);

  private final ApiKeysConfig apiKeysConfig;
  private final JwtSecretConfig jwtSecretConfig;
  private final PublicUrl publicUrl;
  private final TwilioConfig twilioConfig;
  private final TwilioCredentialsConfig twilioCredentialsConfig;
  private final int port;

  DemoCommands(
      ApiKeysConfig apiKeysConfig,
      JwtSecretConfig jwtSecretConfig,
      PublicUrl publicUrl,
      TwilioConfig twilioConfig,
      TwilioCredentialsConfig twilioCredentialsConfig,
      @ConfigProperty(name = "quarkus.http.port") int port) {
    this.apiKeysConfig = apiKeysConfig;
    this.jwtSecretConfig = jwtSecretConfig;
    this.publicUrl = publicUrl;
    this.twilioConfig = twilioConfig;
    this.twilioCredentialsConfig = twilioCredentialsConfig;
    this.port = port;
  }

  /** Prints to standard output and not to the log: the prefix of a log line would be pasted too. */
  void print() {
    String base = "http://localhost:" + port;
    System.out.printf(
        """

        ── Switchboard is listening. Paste these into three shells: ─────────────────────────

        # 1. Listen as the demo owner's browser does (a token that LibreChat could have made):
        curl -N '%1$s/api/messages/stream?token=%2$s'

        # 2. Put a message into the demo conversation:
        curl -i -X POST '%1$s/api/messages/%3$s/external' \\
          -H 'X-Internal-API-Key: %4$s' -H 'Content-Type: application/json' \\
          -d '{"role":"external","content":"Can we meet later?","metadata":{"source":"sms","phoneNumber":"+15551234567"}}'

        # 3. Send a text message as Twilio does, signed (a second time it changes nothing):
        %5$s

        # Or look at all of it in a browser: telephones, and what the owner sees
        #   %1$s/switchboard/simulator/
        # and the operator's page (API key: %4$s)
        #   %1$s/switchboard/

        ─────────────────────────────────────────────────────────────────────────────────────
        %n""",
        base,
        token(DemoData.OWNER),
        DemoData.CONVERSATION,
        apiKeysConfig.apiKeys().orElseThrow().get(0),
        sms(base));
  }

  /** Returns an access token of this user in LibreChat's form. */
  String token(String user) {
    SecretKey key =
        new SecretKeySpec(
            jwtSecretConfig.jwtSecret().orElseThrow().getBytes(StandardCharsets.UTF_8),
            "HmacSHA256");
    return Jwt.claim("id", user)
        .claim("username", "demo")
        .claim("provider", "local")
        .claim("email", DemoData.EMAIL)
        .expiresAt(Instant.now().plus(TOKEN_LIFE))
        .jws()
        .algorithm(io.smallrye.jwt.algorithm.SignatureAlgorithm.HS256)
        .sign(key);
  }

  private String sms(String base) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("AccountSid", twilioConfig.accountSid().orElse(""));
    fields.put("MessageSid", "SM" + UUID.randomUUID().toString().replace("-", ""));
    fields.put("From", "+15551234567");
    fields.put("To", "+15557654321");
    fields.put("Body", "Hello from a phone 📱");
    fields.put("NumMedia", "0");
    String webhook = PublicUrl.webhook(base);
    String url = publicUrl.webhook().orElse(webhook);
    String options =
        fields.entrySet().stream()
            .map(field -> "--data-urlencode '" + field.getKey() + "=" + field.getValue() + "'")
            .collect(Collectors.joining(" \\\n  "));
    return "curl -i '%s' -H 'X-Twilio-Signature: %s' \\\n  %s"
        .formatted(
            webhook,
            TwilioSignature.of(
                twilioCredentialsConfig.authTokens().orElseThrow().get(0), url, fields),
            options);
  }
}
