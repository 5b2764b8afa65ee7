package chat.switchboard.address;

import io.smallrye.config.ConfigMapping;
import java.util.Map;

/** The service numbers: the numbers that belong to the operator. */
@ConfigMapping(prefix = "switchboard")
public interface ServiceNumbersConfig {

  /** Settings for single service numbers, by the number, such as {@code "+15557654321"}. */
  Map<String, ServiceNumberConfig> numbers();
}
