package chat.switchboard.media;

import chat.switchboard.http.CancellableRequest;
import chat.switchboard.http.Resolver;
import chat.switchboard.media.AddressPolicy.Admission;
import chat.switchboard.media.FetchOutcome.Denied;
import chat.switchboard.media.FetchOutcome.Fetched;
import chat.switchboard.media.FetchOutcome.Gone;
import chat.switchboard.media.FetchOutcome.Refused;
import chat.switchboard.media.FetchOutcome.TryLater;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.WriteStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Fetches a file from another server into a sink, part by part: never more than one part is in
 * memory. Each request goes to an address that was checked: the host is resolved once, each of its
 * addresses has to be admitted, and the connection is made to one of these addresses without a
 * second look-up. TLS still verifies the certificate against the name.
 */
final class MediaFetcher {

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** How many addresses of a host are tried when a connection fails. */
  private static final int MAX_ADDRESSES = 3;

  private static final int MAX_HEADER = 256;

  private final HttpClient client;
  private final Resolver resolver;
  private final FetchLimits limits;

  /**
   * @param client without automatic decompression, redirects and HTTP/2
   */
  MediaFetcher(HttpClient client, Resolver resolver, FetchLimits limits) {
    this.client = client;
    this.resolver = resolver;
    this.limits = limits;
  }

  /**
   * Fetches one file.
   *
   * @param authorization the value of the header for addresses that may have the credentials
   * @param isFresh whether 404 means that the server does not have the file yet
   * @param sink takes the parts; the caller closes the sink, and drops its content unless the
   *     outcome is {@link Fetched}
   */
  Uni<FetchOutcome> fetch(
      MediaAddress address,
      AddressPolicy policy,
      Optional<String> authorization,
      boolean isFresh,
      WriteStream<Buffer> sink) {
    Fetch fetch = new Fetch(policy, authorization, isFresh, sink);
    return hop(fetch, address, policy.first(address), 0)
        .ifNoItem()
        .after(limits.total())
        .recoverWithItem(
            () -> later("The file did not arrive within " + limits.total().toSeconds() + " s"));
  }

  private record Fetch(
      AddressPolicy policy,
      Optional<String> authorization,
      boolean isFresh,
      WriteStream<Buffer> sink) {}

  private sealed interface Hop {
    record Redirect(String location) implements Hop {}

    record Done(FetchOutcome outcome) implements Hop {}
  }

  private Uni<FetchOutcome> hop(
      Fetch fetch, MediaAddress address, Admission admission, int followed) {
    if (admission == Admission.REFUSED) {
      return Uni.createFrom()
          .item(
              new Refused(
                  followed == 0
                      ? "The address of the file is not allowed"
                      : "The server redirects to an address that is not allowed"));
    }
    return resolver
        .resolve(address.host())
        .map(Optional::of)
        .onFailure()
        .recoverWithItem(Optional.empty())
        .chain(
            found -> {
              List<InetAddress> addresses = found.orElse(List.of());
              if (addresses.isEmpty()) {
                return Uni.createFrom().item(later("The host of the file has no address"));
              }
              // One private address is enough to refuse the host: the next look-up may return only
              // this address.
              if (!admission.mayHavePrivateAddress()
                  && !addresses.stream().allMatch(resolver::admits)) {
                return Uni.createFrom()
                    .<FetchOutcome>item(
                        new Refused("The host of the file has an address that is not public"));
              }
              return exchange(fetch, address, admission, addresses, 0)
                  .chain(hop -> next(fetch, address, hop, followed));
            });
  }

  private Uni<FetchOutcome> next(Fetch fetch, MediaAddress from, Hop hop, int followed) {
    if (hop instanceof Hop.Done done) {
      return Uni.createFrom().item(done.outcome());
    }
    if (followed >= limits.redirects()) {
      return Uni.createFrom()
          .item(new Refused("The server redirects more than " + limits.redirects() + " times"));
    }
    Optional<MediaAddress> to = from.redirect(((Hop.Redirect) hop).location());
    return to.isEmpty()
        ? Uni.createFrom()
            .item(new Refused("The server redirects to an address that is not allowed"))
        : hop(fetch, to.get(), fetch.policy().redirect(to.get()), followed + 1);
  }

  /** Tries the addresses of the host, one after the other, until a connection is open. */
  private Uni<Hop> exchange(
      Fetch fetch,
      MediaAddress address,
      Admission admission,
      List<InetAddress> addresses,
      int index) {
    Exchange exchange = new Exchange(fetch, address, admission, addresses.get(index));
    return exchange
        .run()
        .onFailure(NotConnected.class)
        .recoverWithUni(
            failure ->
                index + 1 < Math.min(addresses.size(), MAX_ADDRESSES)
                    ? exchange(fetch, address, admission, addresses, index + 1)
                    : Uni.createFrom()
                        .item(
                            new Hop.Done(
                                later(
                                    "The server of the file cannot be reached ("
                                        + failure.getCause().getClass().getSimpleName()
                                        + ")"))));
  }

  private static final class NotConnected extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotConnected(Throwable cause) {
      super(null, cause, false, false);
    }
  }

  private static FetchOutcome later(String cause) {
    return new TryLater(cause, Optional.empty());
  }

  /** One request and its answer. All callbacks after the connection come on one event loop. */
  private final class Exchange {

    private final Fetch fetch;
    private final RequestOptions request;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private long received;

    Exchange(Fetch fetch, MediaAddress address, Admission admission, InetAddress checked) {
      this.fetch = fetch;
      this.request =
          new RequestOptions()
              .setMethod(HttpMethod.GET)
              .setServer(
                  SocketAddress.inetSocketAddress(new InetSocketAddress(checked, address.port())))
              .setHost(address.host())
              .setPort(address.port())
              .setSsl(address.isTls())
              .setURI(address.path())
              .setFollowRedirects(false)
              .setConnectTimeout(limits.connect().toMillis())
              .setIdleTimeout(limits.silence().toMillis())
              .putHeader(HttpHeaders.ACCEPT, "*/*")
              .putHeader(HttpHeaders.ACCEPT_ENCODING, HttpHeaders.IDENTITY)
              .putHeader(HttpHeaders.USER_AGENT, "Switchboard");
      if (admission.mayCarryCredentials()) {
        fetch
            .authorization()
            .ifPresent(value -> request.putHeader(HttpHeaders.AUTHORIZATION, value));
      }
    }

    Uni<Hop> run() {
      return CancellableRequest.<Hop>open(client, request, this::send)
          .onFailure()
          .transform(NotConnected::new)
          .onTermination()
          .invoke(() -> isOver.set(true));
    }

    private void send(HttpClientRequest call, UniEmitter<? super Hop> emitter) {
      call.send()
          .onFailure(failure -> emitter.complete(brokenOff(failure)))
          .onSuccess(response -> read(response, emitter));
    }

    private void read(HttpClientResponse response, UniEmitter<? super Hop> emitter) {
      response.exceptionHandler(failure -> finish(response, emitter, brokenOff(failure)));
      int status = response.statusCode();
      if (REDIRECTS.contains(status)) {
        finish(response, emitter, new Hop.Redirect(response.getHeader(HttpHeaders.LOCATION)));
        return;
      }
      Optional<FetchOutcome> refused =
          status == 200 ? unreadable(response) : Optional.of(of(response));
      if (refused.isPresent()) {
        finish(response, emitter, new Hop.Done(refused.get()));
        return;
      }
      long declared = declaredLength(response);
      fetch
          .sink()
          .exceptionHandler(
              failure ->
                  finish(
                      response,
                      emitter,
                      new Hop.Done(later("The file cannot be written to the spool directory"))));
      response.handler(part -> take(response, part, emitter));
      response.endHandler(
          ended -> {
            if (isOver.get()) {
              return;
            }
            if (declared >= 0 && declared != received) {
              finish(response, emitter, brokenOff(null));
            } else {
              finish(
                  response,
                  emitter,
                  new Hop.Done(
                      new Fetched(
                          received,
                          DeclaredType.of(header(response, HttpHeaders.CONTENT_TYPE)),
                          FileNames.ofDisposition(response.getHeader("Content-Disposition")))));
            }
          });
    }

    private void take(HttpClientResponse response, Buffer part, UniEmitter<? super Hop> emitter) {
      if (isOver.get()) {
        return;
      }
      received += part.length();
      if (received > limits.bytes()) {
        finish(response, emitter, new Hop.Done(tooLarge()));
        return;
      }
      fetch.sink().write(part);
      if (fetch.sink().writeQueueFull()) {
        response.pause();
        fetch.sink().drainHandler(drained -> response.resume());
      }
    }

    /** An answer with status 200 that Switchboard does not read. */
    private Optional<FetchOutcome> unreadable(HttpClientResponse response) {
      String encoding = response.getHeader(HttpHeaders.CONTENT_ENCODING);
      if (encoding != null
          && !encoding.isBlank()
          && !encoding.strip().equalsIgnoreCase("identity")) {
        return Optional.of(
            new Refused(
                "The server sends the file compressed, although the request forbids compression"));
      }
      return declaredLength(response) > limits.bytes() ? Optional.of(tooLarge()) : Optional.empty();
    }

    private Refused tooLarge() {
      return new Refused("The file is larger than " + (limits.bytes() >> 20) + " MiB");
    }

    private FetchOutcome of(HttpClientResponse response) {
      int status = response.statusCode();
      String cause = "The server of the file answers with status " + status;
      return switch (status) {
        case 401, 403 -> new Denied(cause);
        case 404 -> fetch.isFresh() ? later(cause) : new Gone(cause);
        case 408, 425, 429 -> new TryLater(cause, retryAfter(response));
        default -> status >= 500 ? new TryLater(cause, retryAfter(response)) : new Gone(cause);
      };
    }

    private void finish(HttpClientResponse response, UniEmitter<? super Hop> emitter, Hop hop) {
      isOver.set(true);
      // The handlers of the answer stay and do nothing: the reset may cause a last event.
      emitter.complete(hop);
    }
  }

  private static Hop brokenOff(Throwable failure) {
    return new Hop.Done(
        later(
            "The connection to the server of the file broke off"
                + (failure == null ? "" : " (" + failure.getClass().getSimpleName() + ")")));
  }

  private static String header(HttpClientResponse response, CharSequence name) {
    String value = response.getHeader(name);
    return value == null || value.length() > MAX_HEADER ? null : value;
  }

  /** -1 if the header is missing or malformed; then the count while reading is the only bound. */
  private static long declaredLength(HttpClientResponse response) {
    String length = response.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length != null && length.matches("\\d{1,18}") ? Long.parseLong(length) : -1;
  }

  private static Optional<Duration> retryAfter(HttpClientResponse response) {
    String seconds = response.getHeader(HttpHeaders.RETRY_AFTER);
    return seconds != null && seconds.matches("\\d{1,5}")
        ? Optional.of(Duration.ofSeconds(Integer.parseInt(seconds)))
        : Optional.empty();
  }
}
