package chat.switchboard.redis;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The Redis server, sentinels or cluster of the settings; no connection is opened here. */
@ApplicationScoped
public class RedisServer {

  private static final String SETTING = "switchboard.redis.uri (REDIS_URI)";
  private static final Set<String> SCHEMES = Set.of("redis", "rediss");
  private static final int CONNECT_MILLIS = 2_000;

  /** The connections of one client to one node; the client refuses fewer than nodes. */
  private static final int MOST_NODES = 64;

  /** Commands that wait for their responses; {@link RedisLink} sends one at a time. */
  private static final int MOST_WAITING = 16;

  private final Vertx vertx;
  private final String prefix;
  private final @Nullable RedisOptions options;

  @Inject
  RedisServer(Vertx vertx, RedisConfig config) {
    this.vertx = vertx;
    this.prefix =
        config.keyPrefix().filter(one -> !one.isBlank()).map(one -> one + "::").orElse("");
    this.options =
        config.uri().filter(one -> !one.isBlank()).map(uri -> options(uri, config)).orElse(null);
  }

  /** Whether the settings name a server. */
  public boolean isConfigured() {
    return options != null;
  }

  /** Returns a key with LibreChat's prefix. */
  public String key(String name) {
    return prefix + name;
  }

  /** Returns a link, which connects with its first command. */
  public RedisLink link() {
    RedisOptions chosen = options;
    if (chosen == null) {
      throw new IllegalStateException("The settings name no Redis");
    }
    return new RedisLink(() -> Redis.createClient(vertx, new RedisOptions(chosen)));
  }

  static RedisOptions options(String uri, RedisConfig config) {
    List<URI> addresses = new ArrayList<>();
    for (String one : uri.split(",")) {
      if (!one.isBlank()) {
        addresses.add(address(one.strip()));
      }
    }
    if (addresses.isEmpty()) {
      throw notAnAddress();
    }
    Credentials credentials = Credentials.of(addresses.get(0), config);
    RedisOptions options =
        new RedisOptions()
            .setType(type(addresses, config))
            // HELLO names the user and the password, also where the default user needs none.
            .setProtocolNegotiation(true)
            .setPreferredProtocolVersion(ProtocolVersion.RESP2)
            .setMaxPoolSize(MOST_NODES)
            .setMaxPoolWaiting(MOST_NODES)
            .setMaxWaitingHandlers(MOST_WAITING)
            .setPoolName("switchboard-redis")
            .setNetClientOptions(net(config));
    config.sentinelMaster().ifPresent(options::setMasterName);
    // The client refuses an address without TLS where its options have TLS.
    boolean tls = options.getNetClientOptions().isSsl();
    addresses.forEach(
        one -> options.addConnectionString(credentials.in(one, tls ? "rediss" : one.getScheme())));
    return options;
  }

  private static RedisClientType type(List<URI> addresses, RedisConfig config) {
    if (config.sentinelMaster().isPresent()) {
      return RedisClientType.SENTINEL;
    }
    return addresses.size() > 1 || config.cluster()
        ? RedisClientType.CLUSTER
        : RedisClientType.STANDALONE;
  }

  private static NetClientOptions net(RedisConfig config) {
    NetClientOptions net =
        new NetClientOptions()
            .setConnectTimeout(CONNECT_MILLIS)
            .setTcpKeepAlive(true)
            .setTcpNoDelay(true)
            // Without this setting the client accepts a certificate of any host.
            .setHostnameVerificationAlgorithm("HTTPS");
    config
        .ca()
        .filter(path -> !path.isBlank())
        .ifPresent(
            path -> {
              if (!Files.isReadable(Path.of(path))) {
                throw new ConfigurationException(
                    "switchboard.redis.ca (REDIS_CA) names a file that cannot be read: " + path);
              }
              net.setSsl(true).setTrustOptions(new PemTrustOptions().addCertPath(path));
            });
    return net;
  }

  private static URI address(String one) {
    try {
      URI address = new URI(one);
      if (address.getScheme() == null
          || !SCHEMES.contains(address.getScheme())
          || address.getHost() == null
          || !address.getPath().matches("(/\\d{0,5})?")
          || address.getRawQuery() != null) {
        throw notAnAddress();
      }
      return address;
    } catch (URISyntaxException malformed) {
      // Neither the message nor the cause: both quote the password.
      throw notAnAddress();
    }
  }

  private static ConfigurationException notAnAddress() {
    return new ConfigurationException(
        SETTING
            + " must be redis://[user:password@]host[:port][/database], or rediss:// for TLS;"
            + " special characters of the password must be percent-encoded.");
  }

  /** The user and the password of the first address or of their own settings, as LibreChat does. */
  private record Credentials(Optional<String> user, Optional<String> password) {

    static Credentials of(URI first, RedisConfig config) {
      String info = first.getRawUserInfo();
      int colon = info == null ? -1 : info.indexOf(':');
      String user = info == null || colon < 0 ? info : info.substring(0, colon);
      String password = info == null || colon < 0 ? null : info.substring(colon + 1);
      return new Credentials(
          decoded(user).or(config::username).filter(one -> !one.isEmpty()),
          decoded(password).or(config::password).filter(one -> !one.isEmpty()));
    }

    private static Optional<String> decoded(@Nullable String raw) {
      return Optional.ofNullable(raw)
          .filter(one -> !one.isEmpty())
          .map(one -> URI.create("redis://" + one + "@host").getUserInfo());
    }

    /** Returns the address in the client's own form, which decodes as forms do. */
    String in(URI address, String scheme) {
      String info =
          password
              .map(word -> user.map(Credentials::encoded).orElse("") + ":" + encoded(word) + "@")
              .orElse("");
      int port = address.getPort() < 0 ? 6379 : address.getPort();
      String path = address.getPath().length() > 1 ? address.getPath() : "";
      return scheme + "://" + info + address.getHost() + ":" + port + path;
    }

    private static String encoded(String word) {
      return URLEncoder.encode(word, StandardCharsets.UTF_8);
    }
  }
}
