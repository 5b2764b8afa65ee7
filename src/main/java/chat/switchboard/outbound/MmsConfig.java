package chat.switchboard.outbound;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;

/** Pictures and files in outgoing SMS: where they go as MMS, and what an MMS costs. */
@ConfigMapping(prefix = "switchboard.mms")
public interface MmsConfig {

  /**
   * The countries between whose numbers MMS are sent, as ISO 3166-1 codes separated by commas;
   * {@code *} for all, {@code none} for none. To other numbers a text contains links to its files.
   * {@code switchboard.numbers."+1…".mms} decides for a single service number.
   */
  @WithDefault("US,CA")
  List<String> countries();

  /**
   * The segments that an MMS counts as in the spend guard and in the rate of its number. Twilio's
   * price of an MMS in the USA is between two and three times the price of a segment.
   */
  @WithDefault("3")
  int segments();
}
