package chat.switchboard.ops;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.internal.http.HttpExporter;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.internal.ComponentId;
import io.opentelemetry.sdk.internal.StandardComponentId;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.quarkus.opentelemetry.runtime.config.runtime.BatchSpanProcessorConfig;
import io.quarkus.opentelemetry.runtime.config.runtime.OTelRuntimeConfig;
import io.quarkus.opentelemetry.runtime.config.runtime.exporter.CompressionType;
import io.quarkus.opentelemetry.runtime.config.runtime.exporter.OtlpExporterConfig;
import io.quarkus.opentelemetry.runtime.config.runtime.exporter.OtlpExporterRuntimeConfig;
import io.quarkus.opentelemetry.runtime.exporter.otlp.sender.VertxHttpSender;
import io.quarkus.opentelemetry.runtime.exporter.otlp.tracing.VertxHttpSpanExporter;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemTrustOptions;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sends spans to a collector by OTLP over HTTP. Quarkus's own exporter chooses between HTTP and
 * gRPC at run time, so every executable would contain gRPC, Protobuf and Guava. This exporter
 * supports HTTP only and reads the same settings ({@code quarkus.otel.exporter.otlp.*}: endpoint,
 * headers, timeout, compression, trusted certificates, TLS configuration), except the proxy, and a
 * client certificate outside a TLS configuration.
 */
@Singleton
class TraceExport {

  static final String HTTP = "http/protobuf";

  @Produces
  @Singleton
  SpanProcessor processor(
      OTelRuntimeConfig otel,
      OtlpExporterRuntimeConfig otlp,
      TlsConfigurationRegistry tls,
      Vertx vertx) {
    if (otel.sdkDisabled()) {
      return SpanProcessor.composite();
    }
    requireHttp(protocol(otlp));
    BatchSpanProcessorConfig batch = otel.bsp();
    return BatchSpanProcessor.builder(exporter(otlp, tls, vertx))
        .setScheduleDelay(batch.scheduleDelay())
        .setMaxQueueSize(batch.maxQueueSize())
        .setMaxExportBatchSize(batch.maxExportBatchSize())
        .setExporterTimeout(batch.exportTimeout())
        .build();
  }

  static void requireHttp(String protocol) {
    if (!HTTP.equals(protocol)) {
      throw new ConfigurationException(
          "QUARKUS_OTEL_EXPORTER_OTLP_PROTOCOL is "
              + protocol
              + "; Switchboard sends traces by http/protobuf only (port 4318 of the collector): remove this"
              + " setting");
    }
  }

  private static SpanExporter exporter(
      OtlpExporterRuntimeConfig otlp, TlsConfigurationRegistry tls, Vertx vertx) {
    OtlpExporterConfig traces = otlp.traces();
    URI endpoint = URI.create(endpoint(otlp));
    VertxHttpSender sender =
        new VertxHttpSender(
            endpoint,
            VertxHttpSender.TRACES_PATH,
            traces.compression().filter(CompressionType.GZIP::equals).isPresent(),
            traces.timeout(),
            headers(traces.headers().orElse(List.of())),
            "application/x-protobuf",
            options -> secure(options, endpoint, traces, tls),
            vertx);
    return new VertxHttpSpanExporter(
        new HttpExporter<>(
            ComponentId.generateLazy(StandardComponentId.ExporterType.OTLP_HTTP_SPAN_EXPORTER),
            sender,
            MeterProvider::noop,
            InternalTelemetryVersion.LATEST,
            endpoint.toASCIIString()));
  }

  private static void secure(
      HttpClientOptions options,
      URI endpoint,
      OtlpExporterConfig traces,
      TlsConfigurationRegistry tls) {
    options.setSsl("https".equalsIgnoreCase(endpoint.getScheme()));
    Optional<TlsConfiguration> named = TlsConfiguration.from(tls, traces.tlsConfigurationName());
    if (named.isPresent()) {
      options.setKeyCertOptions(named.get().getKeyStoreOptions());
      options.setTrustOptions(named.get().getTrustStoreOptions());
      return;
    }
    PemTrustOptions trusted = new PemTrustOptions();
    traces.trustCert().certs().orElse(List.of()).forEach(trusted::addCertPath);
    if (!trusted.getCertPaths().isEmpty()) {
      options.setTrustOptions(trusted);
    }
  }

  /**
   * The setting for traces has priority over the setting for all signals. Quarkus's default is the
   * port of gRPC.
   */
  private static String endpoint(OtlpExporterRuntimeConfig otlp) {
    return otlp.traces()
        .endpoint()
        .filter(TraceExport::isSet)
        .or(() -> otlp.endpoint().filter(TraceExport::isSet))
        .orElse(OtlpExporterConfig.DEFAULT_HTTP_BASE_URI)
        .strip();
  }

  private static boolean isSet(String endpoint) {
    return !endpoint.isBlank() && !OtlpExporterConfig.DEFAULT_GRPC_BASE_URI.equals(endpoint);
  }

  private static String protocol(OtlpExporterRuntimeConfig otlp) {
    return otlp.traces().protocol().or(otlp::protocol).orElse(HTTP);
  }

  /** Each header is {@code name=value}. */
  static Map<String, String> headers(List<String> settings) {
    Map<String, String> headers = new HashMap<>();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals > 0) {
        headers.put(setting.substring(0, equals).strip(), setting.substring(equals + 1).strip());
      }
    }
    return headers;
  }
}
