package chat.switchboard.media;

import chat.switchboard.http.Resolver;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Produces the objects that fetch, scan and store files, from the settings. */
@ApplicationScoped
class MediaBeans {

  /** Twilio redirects once or twice. */
  private static final int MAX_REDIRECTS = 3;

  /** A malformed address of the virus scanner stops the start: injecting reads the address. */
  void onStart(@Observes StartupEvent event, MediaScan scan) {}

  @Produces
  @Singleton
  MediaSpool spool(Vertx vertx, MediaConfig config) {
    return new MediaSpool(vertx, config.spoolDirectory());
  }

  @Produces
  @Singleton
  Resolver resolver(Vertx vertx) {
    return Resolver.system(vertx);
  }

  @Produces
  @Singleton
  MediaFetcher fetcher(Vertx vertx, Resolver resolver, MediaConfig config) {
    return new MediaFetcher(
        MediaHttp.client(vertx, MediaHttp.options(config.silenceTimeout())),
        resolver,
        new FetchLimits(
            config.maxMegabytes() * 1024L * 1024L,
            config.connectTimeout(),
            config.silenceTimeout(),
            config.fetchTimeout(),
            MAX_REDIRECTS));
  }

  @Produces
  @Singleton
  MediaScan scan(Vertx vertx, MediaConfig config) {
    return new MediaScan(vertx, vertx.createHttpClient(), config.scanUrl());
  }

  @Produces
  @Singleton
  MediaDownload download(
      Vertx vertx,
      MediaFetcher fetcher,
      MediaSpool spool,
      MediaStore store,
      MediaBytes bytes,
      MediaScan scan,
      MediaConfig config,
      TwilioAccess twilio,
      Clock clock) {
    return new MediaDownload(vertx, fetcher, spool, store, bytes, scan, config, twilio, clock);
  }
}
