package chat.switchboard.ops;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Checks whether the secrets are set; never shows a secret. */
@ApplicationScoped
class SecretsCheck implements Check {

  private final ApiKeysConfig apiKeysConfig;
  private final KeysConfig keysConfig;
  private final JwtSecretConfig jwtSecretConfig;

  SecretsCheck(
      ApiKeysConfig apiKeysConfig, KeysConfig keysConfig, JwtSecretConfig jwtSecretConfig) {
    this.apiKeysConfig = apiKeysConfig;
    this.keysConfig = keysConfig;
    this.jwtSecretConfig = jwtSecretConfig;
  }

  @Override
  public Area area() {
    return Area.SWITCHBOARD;
  }

  @Override
  public String name() {
    return "Secrets";
  }

  @Override
  public Uni<Finding> look() {
    int keys = apiKeysConfig.apiKeys().orElse(List.of()).size();
    return Uni.createFrom()
        .item(
            SecretsGuard.complaint(apiKeysConfig, keysConfig, jwtSecretConfig)
                .or(() -> SecretsGuard.weakSecret(jwtSecretConfig))
                .map(complaint -> Finding.fail("A secret is missing or weak.", complaint))
                .orElseGet(
                    () ->
                        keys > 1
                            ? Finding.warn(
                                keys + " API keys are valid, as during a rotation.",
                                "When every caller uses the new key, remove the old key from "
                                    + "INTERNAL_API_KEY.")
                            : Finding.ok("The API key and LibreChat's JWT_SECRET are set.")));
  }
}
