package chat.switchboard.faults;

import chat.switchboard.support.FreePort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The machine's nginx, with the files of {@code deploy/nginx} as they are shipped. */
final class Nginx implements AutoCloseable {

  private static final Path SHIPPED = Path.of("deploy/nginx");

  /** The source address of nginx's requests, so that the service trusts only nginx. */
  static final String ADDRESS = "127.0.0.2";

  final int http;
  final int https;
  private final Path home;
  private final Process process;

  private Nginx(Path home, int http, int https, Process process) {
    this.home = home;
    this.http = http;
    this.https = https;
    this.process = process;
  }

  /** Why it cannot be run here; empty if it can. */
  static Optional<String> missing() {
    return binary().isPresent()
        ? Optional.empty()
        : Optional.of("skipped: there is no nginx on this machine");
  }

  /**
   * @param switchboard the port of the service
   * @param page the port of LibreChat
   * @param streamTimeout what stands in place of the shipped hour, such as {@code 2s}
   */
  static Nginx start(int switchboard, int page, String streamTimeout) throws Exception {
    Path home = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "nginx");
    Path snippets = Files.createDirectory(home.resolve("switchboard"));
    for (String name :
        List.of("switchboard.conf", "switchboard-proxy.conf", "live.conf", "csp-nonce.conf")) {
      Files.writeString(
          snippets.resolve(name),
          Files.readString(SHIPPED.resolve(name))
              .replace("proxy_read_timeout 1h;", "proxy_read_timeout " + streamTimeout + ";"));
    }
    certificate(home);
    int http = FreePort.next();
    int https = FreePort.next();
    Files.writeString(
        home.resolve("nginx.conf"),
        """
        daemon off;
        user %s;
        pid nginx.pid;
        worker_processes 1;
        events { }
        http {
            access_log access.log;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            upstream switchboard { server 127.0.0.1:%d; keepalive 16; }
            include switchboard/csp-nonce.conf;
            server {
                listen 127.0.0.1:%d;
                listen 127.0.0.1:%d ssl http2;
                ssl_certificate tls.crt;
                ssl_certificate_key tls.key;
                proxy_bind %s;
                include switchboard/switchboard.conf;
                location / {
                    proxy_pass http://127.0.0.1:%d;
                    include switchboard/live.conf;
                }
            }
        }
        """
            .formatted(System.getProperty("user.name"), switchboard, http, https, ADDRESS, page));
    Process process =
        new ProcessBuilder(command(home))
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("output.log").toFile())
            .start();
    Nginx nginx = new Nginx(home, http, https, process);
    nginx.awaitPort();
    return nginx;
  }

  /** Whether nginx takes this configuration. */
  static String test(Path configuration) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                binary().orElseThrow().toString(),
                "-t",
                "-e",
                "stderr",
                "-p",
                configuration.getParent().toString(),
                "-c",
                configuration.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return output;
  }

  /** New workers take over; the old workers finish their requests. */
  void reload() throws IOException, InterruptedException {
    Process signal =
        new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).inheritIO().start();
    signal.waitFor();
  }

  String log(String name) throws IOException {
    return Files.readString(home.resolve(name));
  }

  private static List<String> command(Path home) {
    return List.of(
        binary().orElseThrow().toString(),
        "-e",
        home.resolve("error.log").toString(),
        "-p",
        home.toString(),
        "-c",
        home.resolve("nginx.conf").toString());
  }

  private static Optional<Path> binary() {
    return java.util.stream.Stream.of("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  private void awaitPort() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", http), 500);
        return;
      } catch (IOException notYet) {
        if (!process.isAlive()) {
          break;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    throw new IllegalStateException("nginx did not start:\n" + log("output.log"));
  }

  /** Made with the JDK's own tool, and written as nginx reads it. */
  private static void certificate(Path home) throws Exception {
    Path store = home.resolve("tls.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "tls",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .inheritIO()
            .start();
    keytool.waitFor();
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    Files.writeString(
        home.resolve("tls.crt"), pem("CERTIFICATE", keys.getCertificate("tls").getEncoded()));
    Files.writeString(
        home.resolve("tls.key"),
        pem("PRIVATE KEY", keys.getKey("tls", "changeit".toCharArray()).getEncoded()));
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes), what);
  }

  @Override
  public void close() {
    // Its workers go with it on SIGTERM; they would outlive a SIGKILL.
    process.destroy();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
