package chat.switchboard.twilio;

import com.twilio.converter.CurrencyDeserializer;
import com.twilio.converter.RFC2822Deserializer;
import com.twilio.exception.RestException;
import com.twilio.rest.api.v2010.account.Message;
import com.twilio.type.PhoneNumber;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * Registers the classes with which twilio-java reads Twilio's responses. Without the registration a
 * native image sends a message and then fails to read the response, and a retry would send the
 * message twice.
 */
@RegisterForReflection(
    targets = {
      Message.class,
      Message.Direction.class,
      Message.Status.class,
      PhoneNumber.class,
      RFC2822Deserializer.class,
      CurrencyDeserializer.class,
      RestException.class
    })
final class NativeRegistrations {

  private NativeRegistrations() {}
}
