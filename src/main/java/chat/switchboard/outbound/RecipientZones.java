package chat.switchboard.outbound;

import chat.switchboard.address.PhoneAddress;
import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberToTimeZonesMapper;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;

/**
 * The time zones in which a number can be, by libphonenumber's table: those of the area code, or
 * those of the country for a number without an area.
 */
final class RecipientZones {

  private final PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();

  /**
   * @param to the person's address, as Twilio spells it
   * @return empty if the table does not know the number
   */
  List<ZoneId> of(String to) {
    PhoneAddress address = PhoneAddress.of(to);
    if (!address.isNumber()) {
      return List.of();
    }
    try {
      // The table is read at the first use.
      return PhoneNumberToTimeZonesMapper.getInstance()
          .getTimeZonesForNumber(numbers.parse(address.value(), null))
          .stream()
          .filter(name -> !name.equals(PhoneNumberToTimeZonesMapper.getUnknownTimeZone()))
          .flatMap(RecipientZones::zone)
          .toList();
    } catch (NumberParseException unassigned) {
      return List.of();
    }
  }

  /** The table can be newer than the zones of the Java runtime. */
  private static Stream<ZoneId> zone(String name) {
    try {
      return Stream.of(ZoneId.of(name));
    } catch (DateTimeException unknown) {
      return Stream.empty();
    }
  }
}
