package chat.switchboard.api;

import chat.switchboard.http.PublicUrl;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;

/**
 * Adds the server's address to the API description: tools such as LibreChat's Actions refuse a
 * description without an address. OpenAPI creates this class, which is not a bean; hence the
 * look-up.
 */
@OpenApiFilter(OpenApiFilter.RunStage.RUNTIME_STARTUP)
public class ServerAddress implements OASFilter {

  private static final String SETTING = "switchboard.public-url";

  @Override
  public void filterOpenAPI(OpenAPI description) {
    Optional<String> configured =
        ConfigProvider.getConfig().getOptionalValue(SETTING, String.class);
    new PublicUrl(configured)
        .base()
        .ifPresent(url -> description.setServers(List.of(OASFactory.createServer().url(url))));
  }
}
