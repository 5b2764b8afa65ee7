package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The data of a user's page.
 *
 * @param phones the user's phones, the newest first
 * @param textTo the service numbers that take a code
 */
@RegisterForReflection
@Schema(
    name = "MyPhones",
    requiredProperties = {"phones", "textTo"})
public record PhonePageView(List<PhoneView> phones, List<String> textTo) {}
