package chat.switchboard.routing;

import chat.switchboard.address.PhoneIdentity;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** Finds the users of own phones; implemented by the package that knows own phones. */
public interface PhoneOwners {

  /**
   * Returns the user whose own phone this person texts from; empty for a stranger, for a phone that
   * needs a new proof, and if LibreChat has no such user.
   *
   * @param isText whether a text came from the phone, which counts as a use of the phone
   */
  Uni<Optional<PhoneOwner>> of(PhoneIdentity person, boolean isText);
}
