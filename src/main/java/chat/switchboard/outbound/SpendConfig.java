package chat.switchboard.outbound;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/**
 * The spend guard: where texts may go, and how many in a day (UTC). The counters are in the
 * database, shared by all replicas. A limit of {@code 0} lets no text go, {@code -1} is no limit.
 */
@ConfigMapping(prefix = "switchboard.spend")
public interface SpendConfig {

  /**
   * The countries that texts may go to, as ISO 3166-1 codes separated by commas ({@code US,CA});
   * {@code *} for all. Each country of +1 has a code of its own, such as {@code JM} for +1 876. The
   * setting holds for SMS, WhatsApp and RCS. Default: for SMS the countries of our own numbers,
   * which are the keys of {@code switchboard.numbers}, {@link CarrierConfig#from()} and the number
   * that the person wrote to; for WhatsApp and RCS every country.
   */
  Optional<List<String>> countries();

  /**
   * Prefixes of numbers that texts may go to although they are premium, shared-cost, satellite or
   * unassigned ranges or short codes, separated by commas, such as {@code +882,+1900,72975}; the
   * country does not matter for them. Default: none.
   */
  Optional<List<String>> allowedPrefixes();

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
   * New people who are answered in a day: people whose first message came on that day. Texts that a
   * caller of the API sends do not count.
   */
  @WithDefault("200")
  int newPeoplePerDay();
}
