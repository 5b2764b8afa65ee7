package chat.switchboard.outbound;

import chat.switchboard.address.ServiceNumbersConfig;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Reads the countries and ranges from the configuration, and stops a start with invalid settings.
 */
@ApplicationScoped
class SpendSettings {

  private static final Logger LOG = Logger.getLogger(SpendSettings.class);

  private final CarrierConfig carrierConfig;
  private final SpendConfig spendConfig;
  private final ServiceNumbersConfig serviceNumbersConfig;

  SpendSettings(
      CarrierConfig carrierConfig,
      SpendConfig spendConfig,
      ServiceNumbersConfig serviceNumbersConfig) {
    this.carrierConfig = carrierConfig;
    this.spendConfig = spendConfig;
    this.serviceNumbersConfig = serviceNumbersConfig;
  }

  @Produces
  @Singleton
  SpendDestinations destinations() {
    return new SpendDestinations(countries(), ranges(), ownNumbers());
  }

  void onStart(@Observes @Priority(2) StartupEvent event) {
    SpendDestinations.complaint(countries(), ranges())
        .ifPresent(
            complaint -> {
              throw new ConfigurationException(complaint);
            });
    SpendDestinations destinations = destinations();
    if (destinations.isDefault() && destinations.countries().isEmpty()) {
      LOG.warn(
          "No service number is configured: answers go to the country of the number to which a "
              + "person wrote, and texts from a messaging service go to every country. Set "
              + "switchboard.spend.countries to limit the countries.");
    }
  }

  private Optional<Set<String>> countries() {
    return spendConfig
        .countries()
        .map(given -> clean(given).map(code -> code.toUpperCase(Locale.ROOT)))
        .map(codes -> (Set<String>) codes.collect(Collectors.toCollection(TreeSet::new)))
        .filter(codes -> !codes.isEmpty());
  }

  private Set<String> ranges() {
    return clean(spendConfig.allowedPrefixes().orElse(List.of()))
        .map(range -> range.replace(" ", ""))
        .collect(Collectors.toSet());
  }

  private Collection<String> ownNumbers() {
    return Stream.concat(
            serviceNumbersConfig.numbers().keySet().stream(), carrierConfig.from().stream())
        .map(String::strip)
        .toList();
  }

  private static Stream<String> clean(List<String> given) {
    return given.stream().map(String::strip).filter(one -> !one.isEmpty());
  }
}
