package chat.switchboard.api;

import chat.switchboard.http.Problem;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.parameters.RequestBody;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/**
 * Completes the API description with the common parts of all doors: the responses to a wrong key,
 * an invalid request and too many requests, the schema and the headers of all problems, the bounds
 * of a page. The class runs at build time.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class SharedAnswers implements OASFilter {

  private static final String API_KEY = "apiKey";
  private static final String ACCESS_TOKEN = "accessToken";
  private static final String SCHEMAS = "#/components/schemas/";
  private static final String PROBLEM = SCHEMAS + "Problem";

  /** The operation whose body may be missing. */
  private static final String OPTIONAL_BODY = "renewHookSecret";

  private static final String NEW_HOOK = "NewHook";
  private static final String CHANGED_HOOK = "ChangedHook";

  private static final String PAGE = PageView.class.getSimpleName();

  private enum Shared {
    BAD_REQUEST(400, "BadRequest", "The request is invalid; error names the fault"),
    UNAUTHORIZED(401, "Unauthorized", "The API key or the token is missing or wrong"),
    FORBIDDEN(
        403,
        "Forbidden",
        "The key does not permit this operation, or messages of the sender " + "are refused"),
    NOT_ACCEPTABLE(
        406, "NotAcceptable", "No response is available in the requested media type (see Accept)"),
    TOO_LARGE(413, "TooLarge", "The body is too large"),
    WRONG_TYPE(415, "UnsupportedMediaType", "The body has another media type"),
    TOO_MANY(429, "TooMany", "Too many requests, or too many with a wrong key; see Retry-After"),
    UNAVAILABLE(503, "Unavailable", "The database cannot be reached; try again later");

    private final int status;
    private final String title;
    private final String text;

    Shared(int status, String title, String text) {
      this.status = status;
      this.title = title;
      this.text = text;
    }

    String code() {
      return Integer.toString(status);
    }
  }

  @Override
  public void filterOpenAPI(OpenAPI description) {
    for (Shared shared : Shared.values()) {
      APIResponse answer = OASFactory.createAPIResponse().description(shared.text);
      complete(shared.code(), answer);
      description.getComponents().addResponse(shared.title, answer);
    }
    description
        .getPaths()
        .getPathItems()
        .forEach(
            (path, item) ->
                item.getOperations().values().forEach(operation -> complete(path, operation)));
    completeBodies(description);
    changeWithoutName(description);
    namePages(description.getComponents());
    inlineTemplate(description.getComponents());
  }

  /**
   * Replaces the reference to the template of a text by its schema: the programs that make tools of
   * the description, such as LibreChat's Actions, pass a reference to the model as it is.
   */
  private static void inlineTemplate(Components components) {
    Map<String, Schema> schemas = components.getSchemas();
    Schema template = schemas.get("NewTemplateText");
    template
        .getProperties()
        .get("variables")
        .maxProperties(TemplateRequest.MOST)
        .propertyNames(OASFactory.createSchema().pattern(TemplateRequest.NAME))
        .additionalPropertiesSchema(
            OASFactory.createSchema()
                .addType(SchemaType.STRING)
                .maxLength(TemplateRequest.LONGEST)
                .pattern("^[^\\u0000]*$"));
    Map<String, Schema> fields = new LinkedHashMap<>(schemas.get("NewText").getProperties());
    fields.put("template", template.description(fields.get("template").getDescription()));
    schemas.get("NewText").setProperties(fields);
    components.removeSchema("NewTemplateText");
  }

  private static void complete(String path, Operation operation) {
    boolean hasParameters = operation.getParameters() != null;
    boolean hasBody = operation.getRequestBody() != null;
    if (hasParameters) {
      operation.getParameters().forEach(SharedAnswers::complete);
    }
    if (operation.getSecurity() == null) {
      // The door has a proof of its own, such as the signature of a hook.
      operation.setSecurity(new ArrayList<>());
    }
    if (path.startsWith("/api/twilio/")) {
      // Twilio signs its requests; there is no key.
      operation.setSecurity(new ArrayList<>());
      if (operation.getRequestBody() == null) {
        operation.setRequestBody(form());
      }
      refer(
          operation.getResponses(),
          Shared.BAD_REQUEST,
          Shared.TOO_MANY,
          Shared.TOO_LARGE,
          Shared.WRONG_TYPE);
    }
    APIResponses answers = operation.getResponses();
    if (isSecured(operation, ACCESS_TOKEN) && path.startsWith("/switchboard/")) {
      refer(answers, Shared.UNAUTHORIZED, Shared.TOO_MANY, Shared.UNAVAILABLE);
    }
    answers.getAPIResponses().forEach(SharedAnswers::complete);
    if (isSecured(operation, API_KEY)) {
      refer(answers, Shared.UNAUTHORIZED, Shared.FORBIDDEN, Shared.TOO_MANY, Shared.UNAVAILABLE);
    }
    if (hasParameters || hasBody) {
      refer(answers, Shared.BAD_REQUEST);
    }
    if (hasBody) {
      operation.getRequestBody().required(!OPTIONAL_BODY.equals(operation.getOperationId()));
      refer(answers, Shared.TOO_LARGE, Shared.WRONG_TYPE);
    }
    refer(answers, Shared.NOT_ACCEPTABLE);
    answers.setAPIResponses(new LinkedHashMap<>(new TreeMap<>(answers.getAPIResponses())));
  }

  private static RequestBody form() {
    return OASFactory.createRequestBody()
        .required(true)
        .content(
            OASFactory.createContent()
                .addMediaType(
                    "application/x-www-form-urlencoded",
                    OASFactory.createMediaType()
                        .schema(
                            OASFactory.createSchema()
                                .addType(SchemaType.OBJECT)
                                .additionalPropertiesSchema(
                                    OASFactory.createSchema().addType(SchemaType.STRING)))));
  }

  private static boolean isSecured(Operation operation, String scheme) {
    return operation.getSecurity() != null
        && operation.getSecurity().stream().anyMatch(one -> one.hasScheme(scheme));
  }

  /** A door's own description of a status has priority. */
  private static void refer(APIResponses answers, Shared... shared) {
    for (Shared one : shared) {
      if (!answers.hasAPIResponse(one.code())) {
        answers.addAPIResponse(
            one.code(), OASFactory.createAPIResponse().ref("#/components/responses/" + one.title));
      }
    }
  }

  /** Adds the content and the headers of a response, which depend only on the status. */
  private static void complete(String code, APIResponse answer) {
    int status = Integer.parseInt(code);
    if (status < 400) {
      if (answer.getContent() != null) {
        answer.getContent().removeMediaType(Problem.MEDIA_TYPE);
        answer.getContent().getMediaTypes().values().forEach(type -> namePage(type.getSchema()));
      }
      return;
    }
    answer.setContent(
        OASFactory.createContent()
            .addMediaType(
                Problem.MEDIA_TYPE,
                OASFactory.createMediaType().schema(OASFactory.createSchema().ref(PROBLEM))));
    if (status == 429 || status == 503) {
      answer.addHeader("Retry-After", reference("RetryAfter"));
    }
  }

  private static Header reference(String name) {
    return OASFactory.createHeader().ref("#/components/headers/" + name);
  }

  /**
   * The parameters with the same meaning at every door, with the bounds that {@link Page} checks.
   */
  private static void complete(Parameter parameter) {
    if (parameter.getName() == null || parameter.getDescription() != null) {
      return;
    }
    switch (parameter.getName()) {
      case "limit" ->
          parameter
              .description("The maximum number of items to return; 0 counts as 1")
              .schema(integer(0, Page.LARGEST_LIMIT, 50));
      case "offset" ->
          parameter
              .description("The number of items to skip")
              .schema(integer(0, Page.LARGEST_OFFSET, 0));
      case IdempotencyKeys.HEADER ->
          parameter
              .description(
                  "Your own name for this request, in visible ASCII characters: sent again with the"
                      + " same body, the request has no second effect")
              .schema(
                  text(null)
                      .minLength(1)
                      .maxLength(IdempotencyKeys.LONGEST)
                      .pattern(IdempotencyKeys.VISIBLE_ASCII));
      case "conversationId" ->
          parameter.description("The id of a LibreChat conversation").schema(text("uuid"));
      case "phoneNumber" ->
          parameter.description("The person's phone number").schema(text("phone-number"));
      default -> {}
    }
  }

  private static Schema text(String format) {
    return OASFactory.createSchema().addType(SchemaType.STRING).format(format);
  }

  private static Schema integer(int smallest, int largest, int otherwise) {
    return OASFactory.createSchema()
        .addType(SchemaType.INTEGER)
        .format("int32")
        .minimum(BigDecimal.valueOf(smallest))
        .maximum(BigDecimal.valueOf(largest))
        .defaultValue(otherwise);
  }

  /** Calls the schema of a {@link PageView} InboxPage, where it would be PageViewInboxView. */
  private static void namePages(Components components) {
    Map<String, Schema> named = new TreeMap<>();
    components.getSchemas().forEach((name, schema) -> named.put(pageName(name), schema));
    named.remove(pageName(PAGE));
    components.setSchemas(named);
  }

  private static void namePage(Schema schema) {
    if (schema != null && schema.getRef() != null) {
      schema.setRef(
          SCHEMAS + pageName(schema.getRef().substring(schema.getRef().lastIndexOf('/') + 1)));
    }
  }

  private static String pageName(String name) {
    return name.startsWith(PAGE)
        ? name.substring(PAGE.length()).replaceFirst("View$", "") + "Page"
        : name;
  }

  /** In a request a field that is null counts as missing ({@link JsonBody}). */
  private static void completeBodies(OpenAPI description) {
    Map<String, Schema> schemas = description.getComponents().getSchemas();
    boundConditions(schemas);
    for (String name : requestBodies(description)) {
      Schema body = schemas.get(name);
      List<String> required = body.getRequired() == null ? List.of() : body.getRequired();
      body.getProperties()
          .forEach(
              (field, schema) -> {
                notEmpty(schema);
                if ("secrets".equals(field)) {
                  schema.maxItems(5).getItems().minLength(16).maxLength(512);
                }
                if ("media".equals(field)) {
                  // The annotation of a list cannot describe its items.
                  schema.getItems().pattern("\\S").maxLength(SmsRequest.LONGEST_REFERENCE);
                }
                if ("metadata".equals(field)) {
                  metadata(schema);
                }
                if (required.contains(field)) {
                  notNullable(schema);
                } else if (schema.getType() != null) {
                  nullable(schema);
                  // openapi-typescript requires a field that has a default value.
                  schema.setDefaultValue(null);
                }
              });
    }
  }

  /** The bounds of the values of a condition, which the annotation of a list cannot express. */
  private static void boundConditions(Map<String, Schema> schemas) {
    Schema condition = schemas.get(HookConditionRequest.SCHEMA);
    notNullable(condition.getProperties().get("pointer"));
    for (String field : List.of("in", "notIn", "exists")) {
      Schema schema = condition.getProperties().get(field);
      if (schema.getItems() != null) {
        schema.getItems().maxLength(HookConditionRequest.LONGEST_VALUE);
      }
      nullable(schema);
    }
  }

  /** The address names the hook that is changed, so that the body of the change needs no name. */
  private static void changeWithoutName(OpenAPI description) {
    Components components = description.getComponents();
    Schema hook = components.getSchemas().get(NEW_HOOK);
    Map<String, Schema> properties = new LinkedHashMap<>(hook.getProperties());
    properties.remove("name");
    Schema both =
        OASFactory.createSchema()
            .required(List.of("conversationId", "thread"))
            .addProperty("conversationId", OASFactory.createSchema().addType(SchemaType.STRING))
            .addProperty("thread", OASFactory.createSchema().addType(SchemaType.STRING));
    hook.not(both);
    components.addSchema(
        CHANGED_HOOK,
        OASFactory.createSchema()
            .addType(SchemaType.OBJECT)
            .description("A changed hook")
            .required(hook.getRequired().stream().filter(field -> !field.equals("name")).toList())
            .properties(properties)
            .not(both));
    description.getPaths().getPathItems().values().stream()
        .map(PathItem::getPUT)
        .filter(change -> change != null && change.getRequestBody() != null)
        .flatMap(change -> change.getRequestBody().getContent().getMediaTypes().values().stream())
        .filter(type -> (SCHEMAS + NEW_HOOK).equals(type.getSchema().getRef()))
        .forEach(type -> type.getSchema().setRef(SCHEMAS + CHANGED_HOOK));
  }

  private static void nullable(Schema schema) {
    if (!schema.getType().contains(SchemaType.NULL)) {
      schema.addType(SchemaType.NULL);
    }
  }

  /** The generator describes an Optional as nullable, also where the field is required. */
  private static void notNullable(Schema schema) {
    if (schema.getType() != null && schema.getType().contains(SchemaType.NULL)) {
      schema.setType(schema.getType().stream().filter(type -> type != SchemaType.NULL).toList());
    }
  }

  /**
   * The field of metadata with a fixed form. JSON Schema could describe the names that {@link
   * MetadataReader} accepts at every level, but generators create no types from such a recursive
   * schema.
   */
  private static void metadata(Schema schema) {
    schema.setAdditionalPropertiesSchema(OASFactory.createSchema());
    schema.addProperty(
        "source",
        OASFactory.createSchema()
            .addType(SchemaType.STRING)
            .addType(SchemaType.NULL)
            .description("The source of the message, such as sms")
            .pattern(MessageReader.SOURCE));
  }

  /** A list of content parts has at least one part, which the annotation cannot express. */
  private static void notEmpty(Schema schema) {
    if (schema.getOneOf() != null) {
      schema.getOneOf().stream()
          .filter(one -> one.getType() != null && one.getType().contains(SchemaType.ARRAY))
          .forEach(one -> one.minItems(1));
    }
  }

  private static List<String> requestBodies(OpenAPI description) {
    return description.getPaths().getPathItems().values().stream()
        .flatMap(item -> item.getOperations().values().stream())
        .filter(operation -> operation.getRequestBody() != null)
        .map(operation -> operation.getRequestBody().getContent().getMediaType("application/json"))
        .filter(json -> json != null && json.getSchema().getRef() != null)
        .map(json -> json.getSchema().getRef().replaceFirst(".*/", ""))
        .distinct()
        .toList();
  }
}
