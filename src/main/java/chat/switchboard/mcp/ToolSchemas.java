package chat.switchboard.mcp;

import io.quarkiverse.mcp.server.InputSchemaGenerator;
import io.quarkiverse.mcp.server.ToolManager.ToolInfo;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Singleton;

/**
 * The schemas of the arguments: with bounds, which the own generator of the framework does not
 * know. Public, because generated code of the framework names the class.
 */
@Singleton
public class ToolSchemas implements InputSchemaGenerator<JsonObject> {

  @Override
  public JsonObject generate(ToolInfo tool) {
    return new JsonObject(ToolCatalog.schema(tool.name()));
  }
}
