package chat.switchboard.support;

import static io.restassured.RestAssured.given;

import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Twilio, as far as we see it: {@code Twilio.sms("Hello").from("+1…").to("+1…").arrives()}. */
public final class Twilio {

  public static final String ACCOUNT = "AC0123456789abcdef0123456789abcdef";
  public static final String WEBHOOK = "/api/twilio/webhook";
  public static final String STATUS = "/api/twilio/status";

  private final List<Map.Entry<String, String>> fields = new ArrayList<>();
  private String authToken = TestDatabase.AUTH_TOKEN;
  private String url = TestDatabase.PUBLIC_URL + WEBHOOK;
  private String query = "";
  private String signature;
  private boolean signed = true;

  private Twilio() {}

  /** A text message with a MessageSid of its own. */
  public static Twilio sms(String body) {
    return new Twilio()
        .with("AccountSid", ACCOUNT)
        .with("MessageSid", newSid())
        .with("From", "+15551230000")
        .with("To", "+15557654321")
        .with("Body", body)
        .with("NumMedia", "0");
  }

  /** A webhook with nothing in it. */
  public static Twilio webhook() {
    return new Twilio();
  }

  /** Sends a status callback for a text. */
  public static Twilio status(String sid, String status) {
    return new Twilio()
        .with("AccountSid", ACCOUNT)
        .with("MessageSid", sid)
        .with("SmsSid", sid)
        .with("MessageStatus", status)
        .with("SmsStatus", status)
        .with("From", "+15557654321")
        .with("To", "+15551230000")
        .signedFor(TestDatabase.PUBLIC_URL + STATUS);
  }

  /** The error that a status callback tells. */
  public Twilio error(int code) {
    return set("ErrorCode", String.valueOf(code));
  }

  /** The status callback is called for the text of this id. */
  public Response arrivesFor(String id) {
    return withQuery("?id=" + id).arrivesAt(given(), STATUS);
  }

  public static String newSid() {
    return "SM" + UUID.randomUUID().toString().replace("-", "");
  }

  public Twilio from(String number) {
    return set("From", number);
  }

  public Twilio to(String number) {
    return set("To", number);
  }

  public Twilio sid(String sid) {
    return set("MessageSid", sid);
  }

  /** Adds a field, also if there is a field with that name. */
  public Twilio with(String name, String value) {
    fields.add(Map.entry(name, value));
    return this;
  }

  public Twilio set(String name, String value) {
    fields.removeIf(field -> field.getKey().equals(name));
    return with(name, value);
  }

  public Twilio without(String name) {
    fields.removeIf(field -> field.getKey().equals(name));
    return this;
  }

  public Twilio signedWith(String token) {
    this.authToken = token;
    return this;
  }

  public Twilio signedFor(String otherUrl) {
    this.url = otherUrl;
    return this;
  }

  public Twilio withQuery(String added) {
    this.query = added;
    return this;
  }

  public Twilio withSignature(String value) {
    this.signature = value;
    return this;
  }

  public Twilio unsigned() {
    this.signed = false;
    return this;
  }

  public String field(String name) {
    return fields.stream()
        .filter(field -> field.getKey().equals(name))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  /** The webhook is called. */
  public Response arrives() {
    return arrivesAt(given(), WEBHOOK);
  }

  public Response arrivesAt(RequestSpecification request, String address) {
    request
        .config(
            RestAssuredConfig.config()
                .encoderConfig(
                    EncoderConfig.encoderConfig()
                        .appendDefaultContentCharsetToContentTypeIfUndefined(false)
                        .encodeContentTypeAs(
                            "application/x-www-form-urlencoded", ContentType.TEXT)))
        .urlEncodingEnabled(false)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body());
    if (signed) {
      request.header("X-Twilio-Signature", signature == null ? signature() : signature);
    }
    return request.post(address + query);
  }

  public String body() {
    return fields.stream()
        .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** By Twilio's description, not by the code under test: names sorted, each distinct value. */
  public String signature() {
    Map<String, TreeSet<String>> sorted = new TreeMap<>();
    fields.forEach(
        field ->
            sorted.computeIfAbsent(field.getKey(), name -> new TreeSet<>()).add(field.getValue()));
    StringBuilder text = new StringBuilder(url + query);
    sorted.forEach((name, values) -> values.forEach(value -> text.append(name).append(value)));
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(authToken.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
