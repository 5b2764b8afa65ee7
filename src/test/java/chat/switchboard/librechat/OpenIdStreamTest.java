package chat.switchboard.librechat;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.function.Consumer;
import javax.crypto.spec.SecretKeySpec;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The stream with the tokens of an identity provider, where LibreChat has OPENID_REUSE_TOKENS. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = OpenIdStreamTest.Provider.class, restrictToAnnotatedClass = true)
@TestProfile(OpenIdStreamTest.Own.class)
class OpenIdStreamTest {

  /** An application of its own for this class. */
  public static class Own implements QuarkusTestProfile {}

  /** A provider with one RSA key, one elliptic key, and a mistake: a secret among its keys. */
  public static class Provider implements QuarkusTestResourceLifecycleManager {

    static final String CLIENT = "librechat";
    static RsaJsonWebKey rsa;
    static RsaJsonWebKey foreign;
    static EllipticCurveJsonWebKey elliptic;
    static final byte[] SECRET =
        "a secret that everybody can read in the list of keys".getBytes(StandardCharsets.UTF_8);
    static String issuer;
    private HttpServer server;

    @Override
    public Map<String, String> start() {
      try {
        rsa = RsaJwkGenerator.generateJwk(2048);
        rsa.setKeyId("rsa");
        foreign = RsaJwkGenerator.generateJwk(2048);
        foreign.setKeyId("rsa");
        elliptic = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        elliptic.setKeyId("elliptic");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      } catch (Exception failure) {
        throw new IllegalStateException(failure);
      }
      issuer = "http://127.0.0.1:" + server.getAddress().getPort() + "/realm";
      server.createContext(
          "/realm/.well-known/openid-configuration",
          exchange ->
              answer(
                  exchange,
                  "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\",\"id_token_signing_alg_values_supported\":[\"RS256\",\"ES256\",\"HS256\"]}"
                      .formatted(issuer, issuer)));
      server.createContext(
          "/realm/keys",
          exchange ->
              answer(
                  exchange,
                  "{\"keys\":[%s,%s,{\"kty\":\"oct\",\"kid\":\"shared\",\"k\":\"%s\"}]}"
                      .formatted(
                          rsa.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY),
                          elliptic.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY),
                          java.util.Base64.getUrlEncoder()
                              .withoutPadding()
                              .encodeToString(SECRET))));
      server.start();
      return Map.of(
          "switchboard.openid.reuse-tokens", "true",
          "switchboard.openid.issuer", issuer,
          "switchboard.openid.client-id", CLIENT,
          "switchboard.openid.audience", "api://librechat",
          "switchboard.limits.failures-per-minute", "100000");
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    }

    @Override
    public void stop() {
      server.stop(0);
    }
  }

  private LibreChat libreChat;
  private String user;

  @BeforeEach
  void anAccountOfTheProviders() {
    libreChat = new LibreChat();
    user = account(new Document("openidId", "sub-1").append("openidIssuer", Provider.issuer));
  }

  @AfterEach
  void leave() {
    libreChat.collection("users").deleteMany(new Document("test", "openid"));
    libreChat.close();
  }

  /** How a good token is signed. */
  enum Good {
    RS256,
    ES256;

    String token(JwtClaims claims) throws Exception {
      PublicJsonWebKey key = this == RS256 ? Provider.rsa : Provider.elliptic;
      return sign(name(), key.getPrivateKey(), key.getKeyId(), claims);
    }
  }

  @ParameterizedTest
  @EnumSource(Good.class)
  void a_token_of_the_provider_opens_the_stream_of_its_user(Good good) throws Exception {
    String conversation = libreChat.conversation(user);
    try (Browser browser = Browser.open(good.token(claims())).connected()) {
      String id =
          given()
              .header("X-Internal-API-Key", TestDatabase.API_KEY)
              .contentType("application/json")
              .body("{\"role\":\"external\",\"content\":\"Hello\"}")
              .post("/api/messages/" + conversation + "/external")
              .then()
              .statusCode(201)
              .extract()
              .path("messageId");
      browser.heard(id);
    }
  }

  @Test
  void the_users_own_tokens_of_librechat_are_taken_as_before() {
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      assertThat(browser.ended()).isFalse();
    }
  }

  /** Whose token it is, by what LibreChat knows of the account. */
  enum Account {
    BY_SOURCE_ID(true, new Document("idOnTheSource", "oid-1"), c -> c.setClaim("oid", "oid-1")),
    BY_EMAIL(
        true,
        new Document("email", "new@example.com").append("provider", "openid"),
        c -> c.setClaim("email", "New@Example.com")),
    EMAIL_NOT_VERIFIED(
        false,
        new Document("email", "new@example.com").append("provider", "openid"),
        c -> {
          c.setClaim("email", "new@example.com");
          c.setClaim("email_verified", false);
        }),
    EMAIL_OF_A_PASSWORD_ACCOUNT(
        false,
        new Document("email", "new@example.com").append("provider", "local"),
        c -> c.setClaim("email", "new@example.com")),
    EMAIL_OF_ANOTHER_SUBJECT(
        false,
        new Document("email", "new@example.com")
            .append("provider", "openid")
            .append("openidId", "sub-3"),
        c -> c.setClaim("email", "new@example.com")),
    OF_ANOTHER_ISSUER(
        false,
        new Document("openidId", "sub-2").append("openidIssuer", "https://other.example.com"),
        c -> {}),
    WITHOUT_AN_ISSUER(true, new Document("openidId", "sub-2"), c -> {}),
    BEING_DELETED(
        false,
        new Document("openidId", "sub-2").append("agentTriggerDeletionStartedAt", new Date()),
        c -> {}),
    UNKNOWN(false, new Document("openidId", "sub-3"), c -> {});

    private final boolean taken;
    private final Document account;
    private final Consumer<JwtClaims> claims;

    Account(boolean taken, Document account, Consumer<JwtClaims> claims) {
      this.taken = taken;
      this.account = account;
      this.claims = claims;
    }
  }

  @ParameterizedTest
  @EnumSource(Account.class)
  void the_account_is_found_as_librechat_finds_it(Account row) throws Exception {
    account(new Document(row.account));
    JwtClaims claims = claims();
    claims.setSubject("sub-2");
    row.claims.accept(claims);
    assertThat(status(rs256(claims))).isEqualTo(row.taken ? 200 : 401);
  }

  /** A token that is not good. */
  enum Bad {
    SIGNED_BY_ANOTHER_KEY(c -> sign("RS256", Provider.foreign.getPrivateKey(), "rsa", c)),
    UNKNOWN_KEY_ID(c -> sign("RS256", Provider.rsa.getPrivateKey(), "other", c)),
    ALGORITHM_THAT_DISCOVERY_DOES_NOT_NAME(
        c -> sign("RS512", Provider.rsa.getPrivateKey(), "rsa", c)),
    PUBLIC_KEY_AS_SECRET(
        c ->
            sign(
                "HS256",
                new SecretKeySpec(Provider.rsa.getPublicKey().getEncoded(), "HmacSHA256"),
                "rsa",
                c)),
    PUBLISHED_SECRET(
        c -> sign("HS256", new SecretKeySpec(Provider.SECRET, "HmacSHA256"), "shared", c)),
    LIBRECHATS_SECRET_WITHOUT_AN_ID(
        c ->
            sign(
                "HS256",
                new SecretKeySpec(
                    TestDatabase.JWT_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"),
                "rsa",
                c)),
    UNSIGNED(
        c -> {
          JsonWebSignature none = new JsonWebSignature();
          none.setAlgorithmConstraints(org.jose4j.jwa.AlgorithmConstraints.ALLOW_ONLY_NONE);
          none.setAlgorithmHeaderValue("none");
          none.setPayload(c.toJson());
          return none.getCompactSerialization();
        }),
    OTHER_AUDIENCE(with(c -> c.setAudience("another"))),
    NO_AUDIENCE(with(c -> c.unsetClaim("aud"))),
    OTHER_ISSUER(with(c -> c.setIssuer("https://other.example.com"))),
    NO_ISSUER(with(c -> c.unsetClaim("iss"))),
    EXPIRED(with(c -> c.setExpirationTime(seconds(-1)))),
    NO_EXPIRY(with(c -> c.unsetClaim("exp"))),
    EXPIRY_IS_TEXT(with(c -> c.setClaim("exp", "tomorrow"))),
    EXPIRY_IS_HUGE(with(c -> c.setClaim("exp", 9.3e18))),
    NOT_YET_GOOD(with(c -> c.setNotBefore(seconds(600)))),
    NO_SUBJECT(with(c -> c.unsetClaim("sub"))),
    CUT(
        c -> {
          String token = sign("RS256", Provider.rsa.getPrivateKey(), "rsa", c);
          return token.substring(0, token.length() - 10);
        });

    private final Maker maker;

    Bad(Maker maker) {
      this.maker = maker;
    }

    private static Maker with(Consumer<JwtClaims> change) {
      return claims -> {
        change.accept(claims);
        return rs256(claims);
      };
    }
  }

  private interface Maker {
    String make(JwtClaims claims) throws Exception;
  }

  @ParameterizedTest
  @EnumSource(Bad.class)
  void every_other_token_is_refused_with_401(Bad bad) throws Exception {
    assertThat(status(bad.maker.make(claims()))).isEqualTo(401);
  }

  @Test
  void a_token_with_many_groups_is_taken_in_the_header() throws Exception {
    JwtClaims claims = claims();
    claims.setClaim("groups", "g".repeat(8_000));
    assertThat(status(rs256(claims))).isEqualTo(200);
  }

  private static int status(String token) {
    try (Browser browser = Browser.get("", "Authorization", "Bearer " + token)) {
      return browser.response().statusCode();
    }
  }

  private String account(Document more) {
    ObjectId id = new ObjectId();
    libreChat.collection("users").insertOne(more.append("_id", id).append("test", "openid"));
    return id.toHexString();
  }

  private static JwtClaims claims() {
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(Provider.issuer);
    claims.setAudience(Provider.CLIENT);
    claims.setSubject("sub-1");
    claims.setExpirationTime(seconds(600));
    return claims;
  }

  private static NumericDate seconds(long fromNow) {
    return NumericDate.fromSeconds(Instant.now().getEpochSecond() + fromNow);
  }

  private static String rs256(JwtClaims claims) throws Exception {
    return sign("RS256", Provider.rsa.getPrivateKey(), "rsa", claims);
  }

  private static String sign(String algorithm, Key key, String keyId, JwtClaims claims)
      throws Exception {
    JsonWebSignature signature = new JsonWebSignature();
    signature.setAlgorithmHeaderValue(algorithm);
    signature.setKeyIdHeaderValue(keyId);
    signature.setKey(key);
    signature.setPayload(claims.toJson());
    return signature.getCompactSerialization();
  }
}
