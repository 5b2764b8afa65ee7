package chat.switchboard.outbound;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/**
 * The spend guard: the allowed destinations of texts, and the limits of a day (UTC). The counters
 * are in the database, shared by all replicas. A limit of {@code 0} permits no text, {@code -1} is
 * no limit.
 */
@ConfigMapping(prefix = "switchboard.spend")
public interface SpendConfig {

  /**
   * The allowed countries of destinations, as ISO 3166-1 codes separated by commas ({@code US,CA});
   * {@code *} for all. Each country of +1 has its own code, such as {@code JM} for +1 876. The
   * setting holds for SMS, WhatsApp and RCS. Default: for SMS the countries of the service numbers
   * (the keys of {@code switchboard.numbers}, {@code switchboard.twilio.from} and the number to
   * which the person wrote); for WhatsApp and RCS every country.
   */
  Optional<List<String>> countries();

  /**
   * Allowed prefixes of destinations in premium, shared-cost, satellite or unassigned ranges or of
   * short codes, separated by commas, such as {@code +882,+1900,72975}; for these prefixes the
   * country does not matter. Default: none.
   */
  Optional<List<String>> allowedPrefixes();

  /** Segments a day for all texts together. */
  @WithDefault("5000")
  int segmentsPerDay();

  /** Segments a day for the texts in the conversations of one LibreChat user. */
  @WithDefault("500")
  int ownerSegmentsPerDay();

  /**
   * Segments a day to one person. A longer text of an API caller is sent only as the first text to
   * that person on a day.
   */
  @WithDefault("50")
  int personSegmentsPerDay();

  /**
   * New people who get an answer on a day: people whose first message arrived on that day. Texts of
   * API callers do not count.
   */
  @WithDefault("200")
  int newPeoplePerDay();
}
