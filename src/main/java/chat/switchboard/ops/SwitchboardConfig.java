package chat.switchboard.ops;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that can be set, in one place. Each value can be given in {@code
 * application.properties}, as a system property, or in the environment; the names in the
 * environment that LibreChat uses itself ({@code MONGO_URI}, {@code JWT_SECRET}, {@code
 * INTERNAL_API_KEY}, {@code TWILIO_…}) work as they are.
 */
@ConfigMapping(prefix = "switchboard")
public interface SwitchboardConfig {

  /**
   * Keys that callers of the API may send in {@code X-Internal-API-Key}; several while keys are
   * rotated. At least 32 characters each. Environment: {@code INTERNAL_API_KEY}, separated by
   * commas. No default; a production start without one fails.
   */
  Optional<List<String>> apiKeys();

  /**
   * LibreChat's own {@code JWT_SECRET}, as the plain string that it is there: access tokens are
   * HS256 over it. No default; a production start without one fails.
   */
  Optional<String> jwtSecret();

  /**
   * Whether a production start takes a {@link #jwtSecret()} of fewer than 32 characters, or the
   * published one of LibreChat's {@code .env.example}: for those who cannot change LibreChat's.
   * Anybody can then make tokens of every user. Each start writes a warning. Environment: {@code
   * SWITCHBOARD_ALLOW_WEAK_JWT_SECRET}.
   */
  @WithDefault("false")
  boolean allowWeakJwtSecret();

  /**
   * The base URL under which Twilio calls this service, such as {@code https://chat.example.com};
   * byte for byte what is entered at Twilio, less the path of the door. Twilio signs that URL. If
   * it is not set, the URL of the request as the server sees it is used, which is right only where
   * no proxy stands in front. Environment: {@code SWITCHBOARD_PUBLIC_URL}.
   */
  Optional<String> publicUrl();

  /**
   * The LibreChat user (e-mail address or hexadecimal id) who owns the conversations that unknown
   * senders open. Without it, a message from an unknown sender is refused. Environment: {@code
   * SWITCHBOARD_OWNER}.
   */
  Optional<String> owner();

  /**
   * LibreChat's own base URL, as this service reaches it, such as {@code http://librechat:3080}.
   * Recommended for everybody: the database alone does not show a run that reads attachments. With
   * it, LibreChat is asked whether an answer is being generated, and its agent can be asked to
   * answer; without it, the first is read from the database alone, and nothing is answered.
   * Default: none. Environment: {@code LIBRECHAT_URL}.
   */
  Optional<String> librechatUrl();

  /** The identity provider of LibreChat, where LibreChat's page sends the provider's own tokens. */
  OpenId openid();

  /** What a conversation looks like that Switchboard opens. */
  Conversation conversation();

  /**
   * How long a conversation that Switchboard opens is kept, counted from its last message from
   * outside; its messages get the same deadline, and MongoDB deletes both then. For deployments
   * whose librechat.yaml has {@code interface.retentionMode: all} (or {@code ephemeral}): the value
   * of {@code interface.generalChatRetention} there, or of {@code temporaryChatRetention} where the
   * former is not set. Both are hours there, 1 to 8760, by default 720 ({@code 720h}). Default:
   * none, so that conversations stay. Environment: {@code SWITCHBOARD_RETENTION}.
   */
  Optional<Duration> retention();

  /**
   * What happens to a text for a conversation that the owner has archived, where LibreChat's
   * sidebar would not show the text: {@code unarchive} puts the conversation back into the sidebar,
   * {@code new} opens another one for the person. A message that an API caller sends to a
   * conversation's id always unarchives that conversation.
   */
  @WithDefault("unarchive")
  Archived archived();

  /**
   * What happens to people who are not known yet: {@code create} opens a conversation, {@code pair}
   * says that a code is needed and lets nothing in, {@code reject} lets nothing in and says
   * nothing.
   */
  @WithDefault("create")
  Strangers strangers();

  /** What is different for one of our numbers, by the number, such as {@code "+15557654321"}. */
  Map<String, Number> numbers();

  /** Which person writes into which conversation. */
  Mappings mappings();

  /** The codes by which a person is linked to a conversation. */
  Codes codes();

  /** Several people in one conversation. */
  Groups groups();

  /** What people are told by text message; an empty value says nothing. */
  Notices notices();

  /** Answers by LibreChat's agent. */
  Replies replies();

  /**
   * Whether what the owner types in LibreChat, in a conversation that people with a phone write
   * into, is sent to their phones. A mapping's own {@code forwardOwner} comes first, then the
   * number's.
   */
  @WithDefault("false")
  boolean forwardOwner();

  /**
   * Whether, where the owner's words are sent to the phones, the agent's answers to the owner are
   * sent as well. Its answers to a text go to the phone of that text in any case.
   */
  @WithDefault("false")
  boolean forwardAgent();

  /** What an injected message looks like. */
  Message message();

  /** The event stream. */
  Stream stream();

  /** Twilio. */
  Twilio twilio();

  /** The inbox and its lanes: one lane for each conversation. */
  Inbox inbox();

  /** The outbox: texts until they are sent, and what became of them. */
  Outbox outbox();

  /** The spend guard: where texts may go, and how many in a day. */
  Spend spend();

  /** How much of a thing is too much. */
  Limits limits();

  /** The database. */
  Database database();

  /** Options of writes to MongoDB and reads from MongoDB. */
  Mongo mongo();

  /** Health and metrics. */
  Management management();

  /** The log. */
  Log log();

  /** Dev mode only: the embedded database and the demo data. */
  Demo demo();

  /** The identity provider of LibreChat, where LibreChat's page sends the provider's own tokens. */
  interface OpenId {
    /**
     * Whether the stream also takes the identity provider's tokens, as LibreChat does with the same
     * setting. Default: false. Environment: {@code OPENID_REUSE_TOKENS}.
     */
    Optional<Boolean> reuseTokens();

    /**
     * The provider's issuer, or the address of its discovery document. Default: none. Environment:
     * {@code OPENID_ISSUER}.
     */
    Optional<String> issuer();

    /**
     * LibreChat's client id at the provider: what a token's {@code aud} must name. Default: none.
     * Environment: {@code OPENID_CLIENT_ID}.
     */
    Optional<String> clientId();

    /**
     * Another audience that a token may name in {@code aud}. Default: none. Environment: {@code
     * OPENID_AUDIENCE}.
     */
    Optional<String> audience();
  }

  /** What a conversation looks like that Switchboard opens. */
  interface Conversation {
    /**
     * LibreChat's endpoint for a new conversation, such as {@code openAI} or {@code agents}.
     * Default: that of the owner's newest conversation, with its model or agent, so that the chat
     * can be continued at once.
     */
    Optional<String> endpoint();

    /**
     * For a custom endpoint of librechat.yaml: {@code custom}. Default: none, or that of the
     * owner's newest conversation where the endpoint is taken from there.
     */
    Optional<String> endpointType();

    /** The model of a new conversation. Default: see {@link #endpoint()}. */
    Optional<String> model();

    /** The agent of a new conversation, where the endpoint is {@code agents}. Default: none. */
    Optional<String> agentId();

    /**
     * The title of a new conversation. {@code {from}} becomes the sender's number with its middle
     * digits hidden, or the name that the caller gave, {@code {source}} where it came from.
     */
    @WithDefault("{source} {from}")
    String title();
  }

  /** What happens to a text for an archived conversation. */
  enum Archived {
    UNARCHIVE,
    NEW
  }

  /** What happens to people who are not known yet. */
  enum Strangers {
    CREATE,
    PAIR,
    REJECT
  }

  /** What is different for one of our numbers; what is not set is as for all. */
  interface Number {
    /** The LibreChat user who owns the conversations opened by texts to this number. */
    Optional<String> owner();

    /** LibreChat's endpoint for them. */
    Optional<String> endpoint();

    /** The model. */
    Optional<String> model();

    /** The agent, where the endpoint is {@code agents}. */
    Optional<String> agentId();

    /** The title; see {@link Conversation#title()}. */
    Optional<String> title();

    /** What happens to people who are not known yet. */
    Optional<Strangers> strangers();

    /** Whether LibreChat's agent is to answer texts to this number; see {@link Replies#auto()}. */
    Optional<Boolean> autoReply();

    /** Whether what the owner types is sent to the phones that write to this number. */
    Optional<Boolean> forwardOwner();
  }

  /** Which person writes into which conversation. */
  interface Mappings {
    /** Mappings that were not used for so long are removed; the conversation stays. */
    @WithDefault("180d")
    Duration retention();
  }

  /** The codes by which a person is linked to a conversation. */
  interface Codes {
    /** How long a code is good for. */
    @WithDefault("7d")
    Duration life();

    /** Wrong codes of one sender in an hour; then codes are no longer looked at. */
    @WithDefault("5")
    int wrongPerHour();
  }

  /** Several people in one conversation. */
  interface Groups {
    /** Whether each text is passed on to the others in the conversation. */
    @WithDefault("false")
    boolean relay();
  }

  /** What people are told by text message; an empty value says nothing. */
  interface Notices {
    /** To a person for whom a new conversation was opened. */
    @WithDefault("This is a new conversation. To go on with an earlier one, reply with its code.")
    Optional<String> newConversation();

    /** To a person who has shown a code; {@code {title}} is the conversation's title. */
    @WithDefault("You are now in: {title}")
    Optional<String> linked();

    /** To a person whose code is wrong or has expired. */
    @WithDefault(
        "That code is unknown or has expired. Your message was kept in your current conversation.")
    Optional<String> wrongCode();

    /** To a person who has sent too many wrong codes. */
    @WithDefault("Too many wrong codes: for an hour no code is read. Please try again later.")
    Optional<String> tooManyCodes();

    /** To a stranger where a code is needed first. */
    @WithDefault("To write to us here, first send the code that you were given.")
    Optional<String> pair();

    /** Behind a text that was asked for with its code; {@code {code}} is that code. */
    @WithDefault("To answer in this conversation, begin with the code {code}")
    Optional<String> code();

    /**
     * To a person who writes HELP or INFO. Default: nothing, since Twilio answers these words
     * itself; to be set only where that was turned off.
     */
    Optional<String> help();

    /** To a person whose text LibreChat's agent could not be made to answer. Default: nothing. */
    Optional<String> noAnswer();
  }

  /** Answers by LibreChat's agent; they need {@link SwitchboardConfig#librechatUrl()}. */
  interface Replies {
    /**
     * Whether LibreChat's agent is to answer the texts of people, where neither the number they
     * wrote to nor the caller says otherwise.
     */
    @WithDefault("false")
    boolean auto();

    /** So long after a text nothing more must have come before it is answered with those before. */
    @WithDefault("2s")
    Duration quiet();

    /** How long one try waits for the answer. LibreChat goes on generating it all the same. */
    @WithDefault("120s")
    Duration timeout();

    /** Tries to get an answer, before the question becomes a dead letter. */
    @WithDefault("8")
    int maxAttempts();

    /** The pause before the second try, at most; it doubles with each, with full jitter. */
    @WithDefault("5s")
    Duration firstPause();

    /** The longest pause between two tries. */
    @WithDefault("5m")
    Duration longestPause();

    /** Automatic answers to one sender within the window; then there is silence. */
    @WithDefault("10")
    int perSender();

    /** The window in which the answers to one sender are counted. */
    @WithDefault("5m")
    Duration perSenderWindow();

    /**
     * Answers that this process lets LibreChat generate at once in the name of one owner.
     * LibreChat's own limit for a user is 2, if nothing else is set there.
     */
    @WithDefault("2")
    int perOwner();
  }

  /** What an injected message looks like. */
  interface Message {
    /**
     * The role that is stored: {@code user} or {@code external}. In stock LibreChat every role that
     * it does not know reaches the model as a system prompt, so that {@code external} would give a
     * stranger's text the authority of the operator's; only a fork that knows the role may have it.
     */
    @WithDefault("user")
    StoredRole storedRole();

    /**
     * How long a message waits for an answer that LibreChat is generating in its conversation; then
     * it is appended all the same. Beside the answer it would be a branch that the page hides.
     */
    @WithDefault("90s")
    Duration waitForAnswer();

    /** The longest text that is taken, in characters (UTF-16 units). Longer is refused. */
    @WithDefault("32000")
    int maxLength();

    /**
     * Where the icons are that LibreChat's page shows beside messages from outside, one for each
     * source: an absolute path on LibreChat's host, where the proxy routes {@code /switchboard/*}
     * here, or an address with http(s). Empty: messages have no icon of ours.
     */
    @WithDefault("/switchboard/icons")
    Optional<String> iconBase();
  }

  /** The role that is stored with an injected message. */
  enum StoredRole {
    USER,
    EXTERNAL
  }

  /** The event stream. */
  interface Stream {
    /** After how much silence a comment keeps the connection alive. */
    @WithDefault("15s")
    Duration keepAlive();

    /** How long a client waits before it connects again; sent to it in milliseconds. */
    @WithDefault("3s")
    Duration retry();

    /** How many events may wait for one slow client before it is told to refetch, and let go. */
    @WithDefault("256")
    int buffer();

    /** Streams that one user may have open; one more is answered with 429. */
    @WithDefault("20")
    int maxPerUser();

    /** Streams that may be open in all; one more is answered with 503. */
    @WithDefault("20000")
    int maxTotal();

    /**
     * How long a stream lasts at most, less up to a tenth of it, so that streams that began
     * together do not end together; the client comes back and is told what it missed.
     */
    @WithDefault("1h")
    Duration lifetime();

    /**
     * After how much time without an answer to a packet a client counts as gone (Linux). A packet
     * goes out after {@link #keepAlive()} at the latest.
     */
    @WithDefault("12s")
    Duration vanished();

    /** How many missed events are told again; a client that missed more is told to refetch. */
    @WithDefault("500")
    int replayEvents();

    /** How old the last event of a client may be; one that is older has to refetch. */
    @WithDefault("24h")
    Duration replayAge();

    /**
     * How this process hears of messages that others wrote: {@code changes}, the change stream of a
     * replica set or a sharded cluster; {@code poll}, by looking; {@code auto}, whichever the
     * server has.
     */
    @WithDefault("auto")
    Feed feed();

    /** How often it looks, where there is no change stream. */
    @WithDefault("500ms")
    Duration poll();

    /**
     * How far it looks back each time: more than any two clocks differ, and more than a write
     * takes.
     */
    @WithDefault("5s")
    Duration overlap();

    /** After how long without a look that succeeded the service is not ready. */
    @WithDefault("30s")
    Duration feedAge();
  }

  /** How a process hears of messages that others wrote. */
  enum Feed {
    AUTO,
    CHANGES,
    POLL
  }

  /** Twilio. */
  interface Twilio {
    /** The account's SID. Environment: {@code TWILIO_ACCOUNT_SID}. */
    Optional<String> accountSid();

    /**
     * Further accounts whose webhooks are taken, separated by commas: subaccounts that are signed
     * with one of {@link #authTokens()}. A webhook that names another account than {@link
     * #accountSid()} and these is refused with 403. Default: none. Environment: {@code
     * SWITCHBOARD_TWILIO_ACCOUNT_SIDS}.
     */
    Optional<List<String>> accountSids();

    /**
     * The account's auth token; two, separated by a comma, while it is rotated. Only the auth token
     * signs webhooks: API keys do not. Without it every webhook is refused with 403. Environment:
     * {@code TWILIO_AUTH_TOKEN}.
     */
    Optional<List<String>> authTokens();

    /**
     * The SID of an API key ({@code SK…}) to send with. Without it the account SID and its auth
     * token are used. Environment: {@code TWILIO_API_KEY}.
     */
    Optional<String> apiKey();

    /** The secret of that API key. Environment: {@code TWILIO_API_SECRET}. */
    Optional<String> apiSecret();

    /**
     * What texts are sent from where nothing else says so: a number of ours, or the SID of a
     * messaging service ({@code MG…}). Default: none, so that such texts are refused. Environment:
     * {@code SWITCHBOARD_TWILIO_FROM}.
     */
    Optional<String> from();

    /**
     * The base URL of Twilio's REST API; another for a region, or for tests. Environment: {@code
     * SWITCHBOARD_TWILIO_API_URL}.
     */
    @WithDefault("https://api.twilio.com")
    String apiUrl();

    /** How long connecting to Twilio may take; nothing has left by then. */
    @WithDefault("5s")
    Duration connectTimeout();

    /**
     * How long Twilio may be silent after a request has left; then it is not known whether the text
     * goes.
     */
    @WithDefault("15s")
    Duration readTimeout();
  }

  /** The inbox and its lanes. */
  interface Inbox {
    /**
     * How long a replica may be silent before another takes its conversations over. Measured by the
     * other's own clock, so that clocks need not agree.
     */
    @WithDefault("15s")
    Duration lease();

    /**
     * How long a caller of the API waits for its message to be appended; then it is answered with
     * 202 and the message stays in the inbox.
     */
    @WithDefault("5s")
    Duration patience();

    /** The longest pause between two tries; they grow from one second, with full jitter. */
    @WithDefault("5m")
    Duration longestPause();

    /** Tries of a message that fails for no known cause, before it becomes a dead letter. */
    @WithDefault("20")
    int maxAttempts();

    /**
     * How long it is remembered that a message came, so that a repeat is known. At least 24 h:
     * Twilio signs no time.
     */
    @WithDefault("7d")
    Duration retention();
  }

  /** The outbox. */
  interface Outbox {
    /**
     * Segments that one number (or messaging service) sends in a second. A long code of the USA
     * sends one; what comes faster waits at Twilio, where it cannot be stopped any more.
     */
    @WithDefault("1")
    double segmentsPerSecond();

    /** The longest pause between two tries; they grow from one second, with full jitter. */
    @WithDefault("5m")
    Duration longestPause();

    /** Tries of a text that Twilio does not take now, before it becomes a dead letter. */
    @WithDefault("20")
    int maxAttempts();

    /**
     * How long a text of which it is not known whether it went waits for Twilio's status callback;
     * then it is a dead letter, for a person to decide. It is never sent again by itself.
     */
    @WithDefault("1h")
    Duration waitForCallback();

    /** How long a text that has come to its end is kept. */
    @WithDefault("30d")
    Duration retention();
  }

  /**
   * The spend guard: where texts may go, and how many in a day (UTC). The counters are in the
   * database, shared by all replicas. A limit of {@code 0} lets no text go, {@code -1} is no limit.
   */
  interface Spend {
    /**
     * The countries that texts may go to, as ISO 3166-1 codes separated by commas ({@code US,CA});
     * {@code *} for all. Each country of +1 has a code of its own, such as {@code JM} for +1 876.
     * The setting holds for SMS, WhatsApp and RCS. Default: for SMS the countries of our own
     * numbers, which are the keys of {@link SwitchboardConfig#numbers()}, {@link Twilio#from()} and
     * the number that the person wrote to; for WhatsApp and RCS every country.
     */
    Optional<List<String>> countries();

    /**
     * Prefixes of numbers that texts may go to although they are premium, shared-cost, satellite or
     * unassigned ranges or short codes, separated by commas, such as {@code +882,+1900,72975}; the
     * country does not matter for them. Default: none.
     */
    Optional<List<String>> ranges();

    /** Segments a day for all texts together. */
    @WithDefault("5000")
    int segmentsPerDay();

    /** Segments a day for the texts in the conversations of one LibreChat user. */
    @WithDefault("500")
    int ownerSegmentsPerDay();

    /**
     * Segments a day to one person. A longer text of an API caller goes as the first one to that
     * person in a day.
     */
    @WithDefault("50")
    int personSegmentsPerDay();

    /**
     * New people who are answered in a day: people whose first message came on that day. Texts that
     * a caller of the API sends do not count.
     */
    @WithDefault("200")
    int newPeoplePerDay();
  }

  /** How much of a thing is too much. */
  interface Limits {
    /** Messages that may be under way in this process; one more is answered with 429 or 503. */
    @WithDefault("1024")
    int inFlight();

    /** Texts of one sender in a minute; more are stored, but not answered. */
    @WithDefault("30")
    int smsPerMinute();

    /**
     * Failed authentications of one client address in a minute; more are answered with 429. It is
     * looked at only after a check has failed, so that nobody who has a key is shut out.
     */
    @WithDefault("120")
    int failuresPerMinute();
  }

  /** The database. */
  interface Database {
    /**
     * How long one step of the work may wait for MongoDB before the caller gets 503. Twilio gives a
     * webhook 15 s in all.
     */
    @WithDefault("5s")
    Duration timeout();
  }

  /** Options of writes to MongoDB and reads from MongoDB. */
  interface Mongo {
    /**
     * Options of a connection string that apply to Switchboard only, separated by {@code &}, such
     * as {@code w=1&journal=false}: {@code w}, {@code wtimeoutMS} (milliseconds), {@code journal},
     * {@code readPreference}, {@code readPreferenceTags}, {@code maxStalenessSeconds}, {@code
     * readConcernLevel}, {@code retryWrites}, {@code retryReads}. By default writes wait for the
     * majority and their journals, at most 80 % of {@link Database#timeout()}, and reads go to the
     * primary, whatever the connection string says; this setting is for servers that do not support
     * these options. An unknown option or a wrong value stops the start. Default: none.
     * Environment: {@code SWITCHBOARD_MONGO_OPTIONS}.
     */
    Optional<String> options();
  }

  /** Health and metrics. */
  interface Management {
    /**
     * A port of their own for health and metrics; the public port then answers 404 for {@code
     * /q/health} and {@code /q/metrics}. Default: none, so that both are on the public port.
     */
    Optional<Integer> port();
  }

  /** The log. */
  interface Log {
    /**
     * Whether each request has a line of the access log: the client's address, the method, the
     * template of the path (such as {@code /api/people/{phoneNumber}}), the status and the bytes.
     * Never the query, a number or a token. Default: true.
     */
    @WithDefault("true")
    boolean access();

    /** Whether each line is a JSON object, as log collectors want it. */
    @WithDefault("false")
    boolean json();
  }

  /** Dev mode only: the embedded database and the demo data. */
  interface Demo {
    /** Where the embedded database listens, on the loopback address. Default 27117. */
    @WithDefault("27117")
    int port();

    /** The file in which the embedded database keeps its data between starts. */
    @WithDefault(".switchboard/demo.db")
    String file();

    /**
     * Whether to make the demo owner in a database that has no users. Default: only in the embedded
     * one, never on a server that {@code MONGO_URI} names.
     */
    Optional<Boolean> seed();
  }
}
