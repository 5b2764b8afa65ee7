package chat.switchboard.media;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The allowed addresses of the files of one message at Twilio: Twilio's API, below our account and
 * this message, and redirects to Twilio's hosts for media.
 *
 * @see <a href="https://www.twilio.com/docs/messaging/api/media-resource">Twilio: Media</a>
 * @see <a href="https://www.twilio.com/docs/conversations/media-support-conversations">Twilio:
 *     Media in Conversations</a>
 */
final class TwilioMedia implements AddressPolicy {

  private static final String API = "api.twilio.com";

  private static final Pattern API_HOST =
      Pattern.compile("api\\.(?:[a-z0-9-]+\\.[a-z0-9-]+\\.)?twilio\\.com");

  private static final Pattern CONVERSATIONS_HOST =
      Pattern.compile("mcs\\.[a-z]{2}[0-9]{1,2}\\.twilio\\.com");

  private static final Pattern CONVERSATIONS_CDN =
      Pattern.compile("media\\.[a-z]{2}[0-9]{1,2}\\.twilio\\.com");

  private static final Set<String> CDN_HOSTS =
      Set.of("media.twiliocdn.com", "mms.twiliocdn.com", "s3-external-1.amazonaws.com");

  private static final Pattern ACCOUNT = Pattern.compile("AC[0-9a-fA-F]{32}");
  private static final Pattern MESSAGE = Pattern.compile("(?:SM|MM|IM)[0-9a-fA-F]{32}");
  private static final Pattern SERVICE = Pattern.compile("IS[0-9a-fA-F]{32}");
  private static final Pattern MEDIA = Pattern.compile("ME[0-9a-fA-F]{32}");

  private final Pattern ownPath;
  private final Pattern ownHost;
  private final Optional<MediaAddress> configured;

  private TwilioMedia(Pattern ownPath, Pattern ownHost, Optional<MediaAddress> configured) {
    this.ownPath = ownPath;
    this.ownHost = ownHost;
    this.configured = configured;
  }

  /**
   * The files of an SMS, MMS, WhatsApp or RCS message.
   *
   * @param apiUrl the base URL that replaces {@code https://api.twilio.com}
   */
  static TwilioMedia ofMessage(String accountSid, String messageSid, Optional<String> apiUrl) {
    require(ACCOUNT, accountSid);
    require(MESSAGE, messageSid);
    return new TwilioMedia(
        Pattern.compile(
            "/2010-04-01/Accounts/"
                + accountSid
                + "/Messages/"
                + messageSid
                + "/Media/ME[0-9a-fA-F]{32}"),
        API_HOST,
        apiUrl.flatMap(MediaAddress::configured));
  }

  /** The files of a message of Twilio Conversations, which names a service and no account. */
  static TwilioMedia ofConversation(String serviceSid, Optional<String> apiUrl) {
    require(SERVICE, serviceSid);
    return new TwilioMedia(
        Pattern.compile("/v1/Services/" + serviceSid + "/Media/ME[0-9a-fA-F]{32}(?:/Content)?"),
        CONVERSATIONS_HOST,
        apiUrl.flatMap(MediaAddress::configured));
  }

  /** The address of a file of Twilio Conversations, which its webhook names by the SID alone. */
  static String conversationsUrl(String serviceSid, String mediaSid) {
    require(SERVICE, serviceSid);
    require(MEDIA, mediaSid);
    return "https://mcs.us1.twilio.com/v1/Services/"
        + serviceSid
        + "/Media/"
        + mediaSid
        + "/Content";
  }

  private static void require(Pattern form, String sid) {
    if (sid == null || !form.matcher(sid).matches()) {
      throw new IllegalArgumentException("A SID has another form than " + form);
    }
  }

  /**
   * Reads the address that a webhook names; {@code https://api.twilio.com} becomes the configured
   * base URL.
   */
  Optional<MediaAddress> read(String mediaUrl) {
    return MediaAddress.https(mediaUrl)
        .map(
            address ->
                configured
                    .filter(base -> address.host().equals(API))
                    .map(base -> below(base, address))
                    .orElse(address));
  }

  private MediaAddress below(MediaAddress base, MediaAddress address) {
    return new MediaAddress(
        base.scheme(), base.host(), base.port(), configuredPrefix() + address.path());
  }

  private String configuredPrefix() {
    return configured.map(base -> base.pathAlone().replaceAll("/+$", "")).orElse("");
  }

  @Override
  public Admission first(MediaAddress address) {
    if (isConfigured(address)) {
      return isOwn(address, configuredPrefix())
          ? Admission.CONFIGURED_WITH_CREDENTIALS
          : Admission.REFUSED;
    }
    return address.isPublicForm() && ownHost.matcher(address.host()).matches() && isOwn(address, "")
        ? Admission.PUBLIC_ONLY_WITH_CREDENTIALS
        : Admission.REFUSED;
  }

  /** Credentials go along only to an address that could be the first one as well. */
  @Override
  public Admission redirect(MediaAddress address) {
    Admission asFirst = first(address);
    if (asFirst != Admission.REFUSED) {
      return asFirst;
    }
    if (isConfigured(address)) {
      return Admission.CONFIGURED;
    }
    boolean isListed =
        CDN_HOSTS.contains(address.host()) || CONVERSATIONS_CDN.matcher(address.host()).matches();
    return address.isPublicForm() && isListed ? Admission.PUBLIC_ONLY : Admission.REFUSED;
  }

  private boolean isConfigured(MediaAddress address) {
    return configured.filter(address::hasOriginOf).isPresent();
  }

  private boolean isOwn(MediaAddress address, String prefix) {
    String path = address.pathAlone();
    return path.startsWith(prefix) && ownPath.matcher(path.substring(prefix.length())).matches();
  }
}
