package chat.switchboard.api;

import jakarta.ws.rs.core.Application;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeIn;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** What stands at the top of /q/openapi. */
@OpenAPIDefinition(
    info =
        @Info(
            title = "Switchboard",
            version = "0.1.0",
            description =
                "Puts messages from outside into LibreChat conversations and tells the browser at"
                    + " once.",
            license = @License(name = "MIT")))
@SecurityScheme(
    securitySchemeName = "apiKey",
    type = SecuritySchemeType.APIKEY,
    in = SecuritySchemeIn.HEADER,
    apiKeyName = ApiKeyFilter.HEADER)
public class ApiDescription extends Application {}
