package chat.switchboard.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The tools and their arguments. The sentences are written for a model. */
final class ToolCatalog {

  static final String LINK_MY_PHONE = "link_my_phone";
  static final String MY_PHONES = "my_phones";
  static final String UNLINK_PHONE = "unlink_phone";
  static final String PEOPLE_HERE = "people_here";
  static final String TEXT_PEOPLE_HERE = "text_people_here";
  static final String SEND_TEXT = "send_text";
  static final String TEXT_STATUS = "text_status";
  static final String RECENT_TEXTS = "recent_texts";

  static final String TEXT = "text";
  static final String TO = "to";
  static final String AGAIN = "again";
  static final String PHONE = "phone";
  static final String ID = "id";
  static final String LIMIT = "limit";

  /** Ten segments of an SMS; Twilio's limit of one message. */
  static final int LONGEST_TEXT = 1_600;

  static final int MOST_TEXTS = 20;
  static final int DEFAULT_TEXTS = 10;

  private static final int LONGEST_ADDRESS = 256;
  private static final int LONGEST_ID = 100;

  private static final ToolArgument WORDS =
      ToolArgument.text(
          TEXT,
          LONGEST_TEXT,
          "The words, as the phone shows them: plain text without Markdown, best below 160"
              + " characters.");

  private static final ToolArgument REPEAT =
      ToolArgument.flag(
          AGAIN,
          "Only if the user wants the same words sent once more: true. Without it the same words to"
              + " the same person are not sent twice within some minutes.");

  private static final Map<String, List<ToolArgument>> ARGUMENTS =
      new TreeMap<>(
          Map.of(
              LINK_MY_PHONE,
              List.of(),
              MY_PHONES,
              List.of(),
              UNLINK_PHONE,
              List.of(
                  ToolArgument.text(
                      PHONE,
                      LONGEST_ADDRESS,
                      "The id of the phone as in my_phones, or its number.")),
              PEOPLE_HERE,
              List.of(),
              TEXT_PEOPLE_HERE,
              List.of(WORDS, REPEAT),
              SEND_TEXT,
              List.of(
                  ToolArgument.text(
                      TO,
                      LONGEST_ADDRESS,
                      "One person: the id or the name as in people_here, or a phone number with its"
                          + " country code, such as +15551234567."),
                  WORDS,
                  REPEAT),
              TEXT_STATUS,
              List.of(
                  ToolArgument.text(
                      ID, LONGEST_ID, "The id of the text as in the result of the sending tool.")),
              RECENT_TEXTS,
              List.of(
                  ToolArgument.number(
                      LIMIT,
                      1,
                      MOST_TEXTS,
                      "The number of texts; " + DEFAULT_TEXTS + " if left out."))));

  private ToolCatalog() {}

  static boolean has(String tool) {
    return ARGUMENTS.containsKey(tool);
  }

  /** Returns the JSON schema of the arguments of a tool. */
  static Map<String, Object> schema(String tool) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (ToolArgument argument : ARGUMENTS.get(tool)) {
      properties.put(argument.name(), argument.schema());
      if (argument.required()) {
        required.add(argument.name());
      }
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
    return schema;
  }

  /**
   * Returns why the arguments cannot be used, in one sentence; empty if they are right. A null
   * counts as a missing argument.
   */
  static Optional<String> fault(String tool, ObjectNode arguments) {
    List<ToolArgument> known = ARGUMENTS.get(tool);
    for (var given : arguments.properties()) {
      if (known.stream().noneMatch(one -> one.name().equals(given.getKey()))) {
        return Optional.of(
            "The tool has "
                + (known.isEmpty()
                    ? "no arguments"
                    : "no other arguments than "
                        + String.join(", ", known.stream().map(ToolArgument::name).toList())));
      }
    }
    for (ToolArgument argument : known) {
      JsonNode value = arguments.get(argument.name());
      if (value == null || value.isNull()) {
        if (argument.required()) {
          return Optional.of(argument.name() + " is required");
        }
        continue;
      }
      Optional<String> fault = argument.fault(value);
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
  }
}
