package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class TraceExportTest {

  @Test
  void headers_are_names_and_values_and_a_value_may_have_an_equals_sign() {
    assertThat(TraceExport.headers(List.of("a=b", " c = d=e ", "nothing", "=x", "f=")))
        .isEqualTo(Map.of("a", "b", "c", "d=e", "f", ""));
  }

  @Test
  void another_protocol_than_http_is_refused_with_the_name_of_the_setting() {
    assertThatThrownBy(() -> TraceExport.requireHttp("grpc"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("QUARKUS_OTEL_EXPORTER_OTLP_PROTOCOL")
        .hasMessageContaining("4318");
    TraceExport.requireHttp("http/protobuf");
  }
}
