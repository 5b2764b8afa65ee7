package chat.switchboard.hooks;

import chat.switchboard.hooks.FieldSource.Header;
import chat.switchboard.hooks.FieldSource.Pointer;
import chat.switchboard.hooks.Scheme.KeyForm;
import chat.switchboard.hooks.Scheme.SharedSecret;
import chat.switchboard.hooks.Scheme.Signature;
import chat.switchboard.hooks.Scheme.TokenForm;
import chat.switchboard.hooks.TimeSource.Place;
import chat.switchboard.hooks.TimeSource.Unit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The schemes of the providers, each as its provider documents it. */
final class Schemes {

  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

  private static final List<Scheme> ALL =
      List.of(
          // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
          new Scheme(
              "standard",
              new Signature(
                  List.of("webhook-signature", "svix-signature"),
                  " ",
                  "v1,",
                  Algorithm.SHA256,
                  Encoding.BASE64,
                  "{id}.{timestamp}.{body}",
                  KeyForm.STANDARD_WEBHOOKS),
              inHeader(Unit.SECONDS, "webhook-timestamp", "svix-timestamp"),
              List.of(new Header("webhook-id"), new Header("svix-id")),
              List.of(new Pointer("/type")),
              Handshake.NONE),
          // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
          new Scheme(
              "github",
              hmac("x-hub-signature-256", "sha256=", Encoding.HEX, "{body}"),
              Optional.empty(),
              List.of(new Header("x-github-delivery")),
              List.of(new Header("x-github-event")),
              Handshake.GITHUB_PING),
          // https://docs.gitlab.com/user/project/integrations/webhooks/
          new Scheme(
              "gitlab",
              new SharedSecret(List.of("x-gitlab-token"), TokenForm.PLAIN),
              Optional.empty(),
              List.of(
                  new Header("idempotency-key"),
                  new Header("x-gitlab-webhook-uuid"),
                  new Header("x-gitlab-event-uuid")),
              List.of(new Header("x-gitlab-event")),
              Handshake.NONE),
          // https://docs.stripe.com/webhooks/signatures
          new Scheme(
              "stripe",
              new Signature(
                  List.of("stripe-signature"),
                  ",",
                  "v1=",
                  Algorithm.SHA256,
                  Encoding.HEX,
                  "{timestamp}.{body}",
                  KeyForm.UTF_8),
              Optional.of(
                  new TimeSource(Place.SIGNATURE_ITEM, List.of("t"), Unit.SECONDS, FIVE_MINUTES)),
              List.of(new Pointer("/id")),
              List.of(new Pointer("/type")),
              Handshake.NONE),
          // https://docs.slack.dev/authentication/verifying-requests-from-slack
          new Scheme(
              "slack",
              hmac("x-slack-signature", "v0=", Encoding.HEX, "v0:{timestamp}:{body}"),
              inHeader(Unit.SECONDS, "x-slack-request-timestamp"),
              List.of(new Pointer("/event_id")),
              List.of(new Pointer("/event/type"), new Pointer("/type")),
              Handshake.SLACK_CHALLENGE),
          // https://shopify.dev/docs/apps/build/webhooks/subscribe/https
          new Scheme(
              "shopify",
              hmac("x-shopify-hmac-sha256", "", Encoding.BASE64, "{body}"),
              Optional.empty(),
              List.of(new Header("x-shopify-webhook-id")),
              List.of(new Header("x-shopify-topic")),
              Handshake.NONE),
          // https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
          new Scheme(
              "sentry",
              hmac("sentry-hook-signature", "", Encoding.HEX, "{body}"),
              Optional.empty(),
              List.of(new Header("request-id")),
              List.of(new Header("sentry-hook-resource")),
              Handshake.NONE),
          // https://linear.app/developers/webhooks
          new Scheme(
              "linear",
              hmac("linear-signature", "", Encoding.HEX, "{body}"),
              Optional.of(
                  new TimeSource(
                      Place.BODY,
                      List.of("/webhookTimestamp"),
                      Unit.MILLISECONDS,
                      Duration.ofMinutes(1))),
              List.of(new Header("linear-delivery")),
              List.of(new Header("linear-event"), new Pointer("/type")),
              Handshake.NONE),
          // https://developer.pagerduty.com/docs/verifying-webhook-signatures
          new Scheme(
              "pagerduty",
              new Signature(
                  List.of("x-pagerduty-signature"),
                  ",",
                  "v1=",
                  Algorithm.SHA256,
                  Encoding.HEX,
                  "{body}",
                  KeyForm.UTF_8),
              Optional.empty(),
              List.of(new Pointer("/event/id")),
              List.of(new Pointer("/event/event_type")),
              Handshake.NONE),
          // https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
          // A hook that names a time header gets {timestamp}:{body}; see SchemeSettings.
          new Scheme(
              "grafana",
              hmac("x-grafana-alerting-signature", "", Encoding.HEX, "{body}"),
              Optional.empty(),
              List.of(),
              List.of(new Pointer("/status")),
              Handshake.NONE),
          // https://developers.zoom.us/docs/api/webhooks/
          new Scheme(
              "zoom",
              hmac("x-zm-signature", "v0=", Encoding.HEX, "v0:{timestamp}:{body}"),
              inHeader(Unit.SECONDS, "x-zm-request-timestamp"),
              List.of(),
              List.of(new Pointer("/event")),
              Handshake.ZOOM_VALIDATION),
          // https://developers.facebook.com/docs/graph-api/webhooks/getting-started
          new Scheme(
              "meta",
              hmac("x-hub-signature-256", "sha256=", Encoding.HEX, "{body}"),
              Optional.empty(),
              List.of(
                  new Pointer("/entry/0/changes/0/value/messages/0/id"),
                  new Pointer("/entry/0/messaging/0/message/mid")),
              List.of(new Pointer("/entry/0/changes/0/field"), new Pointer("/object")),
              Handshake.META_SUBSCRIPTION),
          // https://developer.zendesk.com/documentation/webhooks/verifying/
          new Scheme(
              "zendesk",
              hmac("x-zendesk-webhook-signature", "", Encoding.BASE64, "{timestamp}{body}"),
              inHeader(Unit.RFC_3339, "x-zendesk-webhook-signature-timestamp"),
              List.of(new Header("x-zendesk-webhook-invocation-id")),
              List.of(new Pointer("/type")),
              Handshake.NONE),
          // https://www.typeform.com/developers/webhooks/secure-your-webhooks/
          new Scheme(
              "typeform",
              hmac("typeform-signature", "sha256=", Encoding.BASE64, "{body}"),
              Optional.empty(),
              List.of(new Pointer("/event_id")),
              List.of(new Pointer("/event_type")),
              Handshake.NONE),
          // https://developer.squareup.com/docs/webhooks/step3validate
          new Scheme(
              "square",
              hmac("x-square-hmacsha256-signature", "", Encoding.BASE64, "{url}{body}"),
              Optional.empty(),
              List.of(new Pointer("/event_id")),
              List.of(new Pointer("/type")),
              Handshake.NONE),
          // Alertmanager, Uptime Kuma, Jenkins, n8n and anything home-made.
          new Scheme(
              "token",
              new SharedSecret(List.of("authorization"), TokenForm.AUTHORIZATION),
              Optional.empty(),
              List.of(),
              List.of(),
              Handshake.NONE),
          // Anything else that signs: the hook names the rest in SchemeSettings.
          new Scheme(
              "hmac",
              hmac("x-signature", "", Encoding.HEX, "{body}"),
              Optional.empty(),
              List.of(),
              List.of(),
              Handshake.NONE));

  private static final Map<String, Scheme> BY_NAME =
      ALL.stream().collect(Collectors.toUnmodifiableMap(Scheme::name, Function.identity()));

  private Schemes() {}

  /** The scheme of this name. */
  static Optional<Scheme> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** Every scheme, in the order of the documentation. */
  static List<Scheme> all() {
    return ALL;
  }

  private static Signature hmac(String header, String label, Encoding encoding, String signed) {
    return new Signature(
        List.of(header), "", label, Algorithm.SHA256, encoding, signed, KeyForm.UTF_8);
  }

  private static Optional<TimeSource> inHeader(Unit unit, String... names) {
    return Optional.of(new TimeSource(Place.HEADER, List.of(names), unit, FIVE_MINUTES));
  }
}
