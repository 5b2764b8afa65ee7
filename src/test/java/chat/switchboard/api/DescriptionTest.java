package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.inbound.InboxEntry;
import chat.switchboard.outbound.OutboxState;
import chat.switchboard.replies.Reply;
import chat.switchboard.support.TestDatabase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The API description for agents: LibreChat loads the description as an Action. */
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
  void librechat_accepts_the_api_description() {
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
  void each_operation_has_a_good_answer_with_a_schema() {
    assertThat(operations())
        .allSatisfy(
            (name, operation) -> {
              List<String> good =
                  operation.path("responses").properties().stream()
                      .map(Map.Entry::getKey)
                      .filter(code -> code.startsWith("2"))
                      .toList();
              assertThat(good).as(name).isNotEmpty();
              for (String code : good) {
                JsonNode content = resolved(operation.path("responses").path(code)).path("content");
                assertThat(content.has("application/problem+json")).as(name).isFalse();
                if (!code.equals("204")) {
                  assertThat(content.findValue("schema")).as(name + " " + code).isNotEmpty();
                }
              }
            });
  }

  @Test
  void each_operation_with_a_key_says_what_is_refused() {
    assertThat(operations())
        .allSatisfy(
            (name, operation) -> {
              JsonNode answers = operation.path("responses");
              if (operation.path("security").findValue("apiKey") != null) {
                assertThat(codes(answers)).as(name).contains("401", "403", "429", "503");
              }
              if (operation.has("parameters") || operation.has("requestBody")) {
                assertThat(codes(answers)).as(name).contains("400");
              }
              if (operation.has("requestBody")) {
                assertThat(codes(answers)).as(name).contains("413", "415");
              }
            });
  }

  @Test
  void each_error_is_a_problem_and_tells_when_to_try_again() {
    operations()
        .forEach(
            (name, operation) ->
                operation
                    .path("responses")
                    .properties()
                    .forEach(
                        answer -> {
                          int status = Integer.parseInt(answer.getKey());
                          JsonNode response = resolved(answer.getValue());
                          assertThat(response.path("description").asText()).as(name).isNotBlank();
                          if (status >= 400) {
                            assertThat(
                                    response
                                        .at("/content/application~1problem+json/schema/$ref")
                                        .asText())
                                .as(name + " " + status)
                                .isEqualTo("#/components/schemas/Problem");
                          }
                          assertThat(response.path("headers").has("Retry-After"))
                              .as(name + " " + status)
                              .isEqualTo(status == 429 || status == 503);
                        }));
  }

  @Test
  void each_schema_of_an_answer_says_which_of_its_fields_are_always_there() {
    description
        .at("/components/schemas")
        .properties()
        .forEach(
            schema -> {
              if ("object".equals(schema.getValue().path("type").asText())) {
                assertThat(schema.getValue().path("required")).as(schema.getKey()).isNotEmpty();
                List<String> properties = new ArrayList<>();
                schema.getValue().path("properties").fieldNames().forEachRemaining(properties::add);
                schema
                    .getValue()
                    .path("required")
                    .forEach(
                        field ->
                            assertThat(properties).as(schema.getKey()).contains(field.asText()));
              }
            });
    JsonNode expiredAt = description.at("/components/schemas/MessageView/properties/expiredAt");
    assertThat(expiredAt.path("type")).hasToString("[\"string\",\"null\"]");
  }

  @Test
  void a_page_has_bounds_and_a_state_has_names() {
    operations()
        .forEach(
            (name, operation) ->
                operation
                    .path("parameters")
                    .forEach(
                        parameter -> {
                          JsonNode schema = parameter.path("schema");
                          assertThat(schema.path("type").asText()).as(name).isNotBlank();
                          switch (parameter.path("name").asText()) {
                            case "limit", "offset" -> {
                              assertThat(schema.path("type").asText()).isEqualTo("integer");
                              assertThat(schema.has("minimum") && schema.has("maximum")).isTrue();
                              assertThat(schema.path("default").isInt()).isTrue();
                            }
                            case "state" -> assertThat(schema.path("enum")).isNotEmpty();
                            default -> {}
                          }
                        }));
    assertThat(names("/paths/~1api~1sms/get", "state")).isEqualTo(names(OutboxState.values()));
    assertThat(names("/paths/~1api~1inbox/get", "state"))
        .isEqualTo(names(InboxEntry.State.values()));
    assertThat(names("/paths/~1api~1replies/get", "state")).isEqualTo(names(Reply.State.values()));
    assertThat(texts(description.at("/components/schemas/Text/properties/status/enum")))
        .isEqualTo(names(OutboxState.values()));
  }

  @Test
  void twilio_shows_a_signature_and_no_key() {
    for (String name : List.of("twilioWebhook", "twilioStatus")) {
      JsonNode security = operations().get(name).path("security");
      assertThat(security.isArray()).isTrue();
      assertThat(security).isEmpty();
    }
    assertThat(description.at("/info/license/identifier").asText()).isEqualTo("MIT");
  }

  @Test
  void each_operation_has_one_tag_that_is_described() {
    Set<String> described = new TreeSet<>();
    description.path("tags").forEach(tag -> described.add(tag.path("name").asText()));
    assertThat(operations())
        .allSatisfy(
            (name, operation) -> {
              assertThat(operation.path("tags")).as(name).hasSize(1);
              assertThat(described).contains(operation.path("tags").path(0).asText());
              assertThat(operation.path("tags").path(0).asText()).matches("[A-Z][a-z]+");
            });
  }

  private Set<String> codes(JsonNode answers) {
    Set<String> codes = new TreeSet<>();
    answers.fieldNames().forEachRemaining(codes::add);
    return codes;
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? description.at(node.path("$ref").asText().substring(1)) : node;
  }

  private Set<String> names(String operation, String parameter) {
    for (JsonNode one : description.at(operation).path("parameters")) {
      if (one.path("name").asText().equals(parameter)) {
        return texts(one.at("/schema/enum"));
      }
    }
    return Set.of();
  }

  private static Set<String> names(Enum<?>[] values) {
    return Arrays.stream(values)
        .map(value -> value.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> texts(JsonNode list) {
    Set<String> texts = new TreeSet<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  @Test
  void every_reference_of_the_api_description_resolves() {
    List<String> references = new ArrayList<>();
    description.findValues("$ref").forEach(reference -> references.add(reference.asText()));
    assertThat(references)
        .isNotEmpty()
        .allSatisfy(
            reference ->
                assertThat(description.at(reference.substring(1)).isMissingNode()).isFalse());
  }

  @Test
  void a_required_field_of_a_request_is_not_nullable() {
    JsonNode schemas = description.path("components").path("schemas");
    Set<String> bodies = new TreeSet<>(Set.of("HookCondition"));
    operations()
        .values()
        .forEach(
            operation -> {
              String ref =
                  operation
                      .at("/requestBody/content/application~1json/schema/$ref")
                      .asText()
                      .replaceFirst(".*/", "");
              if (!ref.isEmpty()) {
                bodies.add(ref);
              }
            });
    assertThat(bodies).contains("NewHook", "ChangedHook");
    for (String name : bodies) {
      JsonNode schema = schemas.path(name);
      schema
          .path("required")
          .forEach(
              field ->
                  assertThat(schema.path("properties").path(field.asText()).path("type").toString())
                      .as(name + "." + field.asText())
                      .doesNotContain("null"));
    }
  }

  @Test
  void the_bounds_of_a_condition_of_a_hook_are_described() {
    JsonNode condition = description.at("/components/schemas/HookCondition/properties");
    assertThat(condition.at("/pointer/pattern").asText()).isEqualTo("^(?:/(?:[^~/]|~[01])*)*$");
    assertThat(condition.at("/pointer/maxLength").asInt()).isEqualTo(256);
    for (String values : List.of("in", "notIn")) {
      assertThat(condition.path(values).path("minItems").asInt()).isEqualTo(1);
      assertThat(condition.path(values).path("maxItems").asInt()).isEqualTo(50);
      assertThat(condition.path(values).at("/items/maxLength").asInt()).isEqualTo(200);
    }
    assertThat(description.at("/components/schemas/NewHook/properties/when/maxItems").asInt())
        .isEqualTo(20);
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
