package chat.switchboard.queries;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonType;
import org.bson.BsonValue;

/** Whether a document matches a filter, for the operators that the service uses. */
final class Matcher {

  private Matcher() {}

  static boolean matches(BsonDocument document, BsonDocument filter) {
    return filter.entrySet().stream().allMatch(clause -> matches(document, clause));
  }

  static boolean matches(BsonDocument document, Map.Entry<String, BsonValue> clause) {
    return switch (clause.getKey()) {
      case "$and" ->
          clause.getValue().asArray().stream().allMatch(one -> matches(document, one.asDocument()));
      case "$or" ->
          clause.getValue().asArray().stream().anyMatch(one -> matches(document, one.asDocument()));
      default -> matches(values(document, clause.getKey()), clause.getValue());
    };
  }

  private static boolean matches(List<BsonValue> values, BsonValue wanted) {
    if (wanted.isRegularExpression()) {
      Pattern pattern = Pattern.compile(wanted.asRegularExpression().getPattern());
      return values.stream()
          .anyMatch(
              value -> value.isString() && pattern.matcher(value.asString().getValue()).find());
    }
    if (!isOperators(wanted)) {
      return values.stream().anyMatch(value -> isEqual(value, wanted));
    }
    BsonDocument operators = wanted.asDocument();
    return operators.entrySet().stream()
        .allMatch(operator -> matches(values, operator.getKey(), operator.getValue()));
  }

  static boolean isOperators(BsonValue value) {
    return value.isDocument()
        && !value.asDocument().isEmpty()
        && value.asDocument().getFirstKey().startsWith("$");
  }

  private static boolean matches(List<BsonValue> values, String operator, BsonValue wanted) {
    return switch (operator) {
      case "$eq" -> values.stream().anyMatch(value -> isEqual(value, wanted));
      case "$ne" -> values.stream().noneMatch(value -> isEqual(value, wanted));
      case "$in" -> values.stream().anyMatch(value -> isIn(value, wanted.asArray()));
      case "$nin" -> values.stream().noneMatch(value -> isIn(value, wanted.asArray()));
      case "$gt" -> values.stream().anyMatch(value -> compared(value, wanted, 1, false));
      case "$gte" -> values.stream().anyMatch(value -> compared(value, wanted, 1, true));
      case "$lt" -> values.stream().anyMatch(value -> compared(value, wanted, -1, false));
      case "$lte" -> values.stream().anyMatch(value -> compared(value, wanted, -1, true));
      case "$exists" ->
          wanted.asBoolean().getValue() == values.stream().anyMatch(value -> value != MISSING);
      case "$type" ->
          values.stream()
              .anyMatch(
                  value ->
                      value != MISSING
                          && value.getBsonType().getValue() == wanted.asNumber().intValue());
      default -> throw new IllegalStateException("ExplainIT knows no operator " + operator);
    };
  }

  /** A field that is not there, which equals null and yet does not exist. */
  private static final BsonValue MISSING = new BsonNull();

  /** The values at a path, by way of arrays. */
  static List<BsonValue> values(BsonDocument document, String path) {
    List<BsonValue> found = new ArrayList<>();
    collect(document, path, found);
    if (found.isEmpty()) {
      found.add(MISSING);
    }
    return found;
  }

  private static void collect(BsonValue value, String path, List<BsonValue> found) {
    if (value.isArray()) {
      value.asArray().forEach(one -> collect(one, path, found));
    } else if (value.isDocument()) {
      int dot = path.indexOf('.');
      BsonValue next = value.asDocument().get(dot < 0 ? path : path.substring(0, dot));
      if (next != null && dot >= 0) {
        collect(next, path.substring(dot + 1), found);
      } else if (next != null && next.isArray()) {
        found.addAll(next.asArray());
      } else if (next != null) {
        found.add(next);
      }
    }
  }

  private static boolean isIn(BsonValue value, BsonArray wanted) {
    return wanted.stream().anyMatch(one -> isEqual(value, one));
  }

  private static boolean isEqual(BsonValue value, BsonValue wanted) {
    return value.isNumber() && wanted.isNumber()
        ? value.asNumber().doubleValue() == wanted.asNumber().doubleValue()
        : value.equals(wanted);
  }

  private static boolean compared(BsonValue value, BsonValue wanted, int sign, boolean orEqual) {
    boolean comparable =
        value.getBsonType() == wanted.getBsonType() || (value.isNumber() && wanted.isNumber());
    if (!comparable || value.getBsonType() == BsonType.NULL) {
      return false;
    }
    int compared = compare(value, wanted);
    return compared == 0 ? orEqual : Integer.signum(compared) == sign;
  }

  /** The order of an index, for the types that the service sorts by. */
  static int compare(BsonValue one, BsonValue other) {
    if (one.isNumber() && other.isNumber()) {
      return Double.compare(one.asNumber().doubleValue(), other.asNumber().doubleValue());
    }
    if (one.getBsonType() != other.getBsonType()) {
      return Integer.compare(one.getBsonType().getValue(), other.getBsonType().getValue());
    }
    return switch (one.getBsonType()) {
      case STRING -> one.asString().compareTo(other.asString());
      case DATE_TIME -> one.asDateTime().compareTo(other.asDateTime());
      case OBJECT_ID -> one.asObjectId().compareTo(other.asObjectId());
      case TIMESTAMP -> one.asTimestamp().compareTo(other.asTimestamp());
      case BOOLEAN -> one.asBoolean().compareTo(other.asBoolean());
      default -> 0;
    };
  }
}
