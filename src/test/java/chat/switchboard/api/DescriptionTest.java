package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.TestDatabase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an agent reads of the doors: LibreChat loads the description as an Action. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class DescriptionTest {

  private JsonNode description;

  @BeforeEach
  void read() throws Exception {
    String json = given().get("/q/openapi?format=json").then().statusCode(200).extract().asString();
    description = new ObjectMapper().readTree(json);
  }

  private Map<String, JsonNode> operations() {
    Map<String, JsonNode> operations = new java.util.TreeMap<>();
    description
        .path("paths")
        .forEach(
            path ->
                path.properties()
                    .forEach(
                        method -> {
                          if (List.of("get", "post", "put", "delete", "patch")
                              .contains(method.getKey())) {
                            JsonNode operation = method.getValue();
                            assertThat(
                                    operations.put(
                                        operation.path("operationId").asText(), operation))
                                .as("only one is called %s", operation.path("operationId"))
                                .isNull();
                          }
                        }));
    return operations;
  }

  @Test
  void it_is_one_that_librechat_takes() {
    assertThat(description.path("openapi").asText()).startsWith("3.");
    assertThat(description.path("servers").path(0).path("url").asText())
        .isEqualTo(TestDatabase.PUBLIC_URL);
    JsonNode key = description.path("components").path("securitySchemes").path("apiKey");
    assertThat(key.path("type").asText()).isEqualTo("apiKey");
    assertThat(key.path("in").asText()).isEqualTo("header");
    assertThat(key.path("name").asText()).isEqualTo("X-Internal-API-Key");
  }

  @Test
  void each_door_has_a_name_of_its_own_and_says_what_it_does() {
    assertThat(operations())
        .containsKeys("sendText", "textPeopleOfConversation", "getText", "injectMessage")
        .allSatisfy(
            (name, operation) -> {
              // LibreChat puts its own words behind the name, and models take 64 characters.
              assertThat(name).matches("[a-z][A-Za-z]{2,29}");
              assertThat(operation.path("summary").asText()).as(name).isNotBlank();
              assertThat(operation.path("description").asText()).as(name).isNotBlank();
            });
  }

  @Test
  void what_it_refers_to_is_there() {
    List<String> references = new ArrayList<>();
    description.findValues("$ref").forEach(reference -> references.add(reference.asText()));
    assertThat(references)
        .isNotEmpty()
        .allSatisfy(
            reference ->
                assertThat(description.at(reference.substring(1)).isMissingNode()).isFalse());
  }

  @Test
  void an_agent_is_told_what_each_field_of_a_text_is_for() {
    JsonNode text = description.at("/components/schemas/NewText");
    List<String> required = new ArrayList<>();
    text.path("required").forEach(field -> required.add(field.asText()));
    assertThat(required).containsExactlyInAnyOrder("to", "conversationId", "text");
    text.path("properties")
        .properties()
        .forEach(
            field ->
                assertThat(field.getValue().path("description").asText())
                    .as(field.getKey())
                    .isNotBlank());
  }
}
