package chat.switchboard.queries;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/**
 * The cheapest way that MongoDB has to answer a query, by the documented rules of its indexes:
 * bounds on a prefix of equalities and one range, an order after equalities, partial and sparse
 * indexes only where the filter implies them, one index for each alternative of an {@code $or}. The
 * pre-release server of these tests has real indexes, but its {@code explain} reports what a query
 * returns as what it examined, and a sort in memory for compound indexes; a real MongoDB is asked
 * besides, where {@code MONGO_URI} names one.
 *
 * @param index the indexes that are used
 * @param examined documents that are fetched
 * @param returned documents that are returned, counted or changed
 */
record Plan(String index, long examined, long returned) {

  static final String ALL_DOCUMENTS = "none (all documents)";

  private static final Comparator<Plan> CHEAPEST =
      Comparator.comparingLong(Plan::examined)
          .thenComparing(plan -> plan.index().equals(ALL_DOCUMENTS));

  static Plan of(Query query, List<Index> indexes, List<BsonDocument> documents) {
    List<Clause> clauses = new ArrayList<>();
    List<List<BsonDocument>> alternatives = new ArrayList<>();
    split(query.filter(), clauses, alternatives);
    Stream<Plan> simple =
        Stream.concat(
            Stream.of(all(query, documents)),
            indexes.stream().flatMap(index -> by(index, query, clauses, documents)));
    Stream<Plan> merged =
        alternatives.stream().flatMap(or -> merged(query, clauses, or, indexes, documents));
    return Stream.concat(simple, merged).min(CHEAPEST).orElseThrow();
  }

  /** A condition on one field. */
  private record Clause(String field, BsonValue wanted) {

    private static final List<String> RANGES = List.of("$gt", "$gte", "$lt", "$lte");

    BsonDocument filter() {
      return new BsonDocument(field, wanted);
    }

    /** How many points of the index it names; 0 where it names a range or nothing. */
    int points() {
      if (wanted.isRegularExpression()) {
        return 0;
      }
      if (!Matcher.isOperators(wanted)) {
        return 1;
      }
      BsonDocument operators = wanted.asDocument();
      return operators.containsKey("$eq")
          ? 1
          : operators.containsKey("$in") ? operators.getArray("$in").size() : 0;
    }

    boolean isRange() {
      return Matcher.isOperators(wanted)
          && wanted.asDocument().keySet().stream().anyMatch(RANGES::contains);
    }

    /** Whether no document without the field matches. */
    boolean needsField() {
      return !Matcher.matches(new BsonDocument(), filter());
    }
  }

  private static void split(
      BsonDocument filter, List<Clause> clauses, List<List<BsonDocument>> alternatives) {
    filter.forEach(
        (field, wanted) -> {
          switch (field) {
            case "$and" ->
                wanted.asArray().forEach(one -> split(one.asDocument(), clauses, alternatives));
            case "$or" ->
                alternatives.add(wanted.asArray().stream().map(BsonValue::asDocument).toList());
            default -> clauses.add(new Clause(field, wanted));
          }
        });
  }

  private static Plan all(Query query, List<BsonDocument> documents) {
    return walk(ALL_DOCUMENTS, query, documents, query.sort().isEmpty());
  }

  private static Stream<Plan> by(
      Index index, Query query, List<Clause> clauses, List<BsonDocument> documents) {
    if (!isComplete(index, clauses)) {
      return Stream.empty();
    }
    Map<String, List<Clause>> byField =
        clauses.stream().collect(Collectors.groupingBy(Clause::field));
    BsonDocument bounds = new BsonDocument();
    List<Clause> onKeys = new ArrayList<>();
    boolean bounded = false;
    boolean open = true;
    for (String field : index.fields()) {
      List<Clause> here = byField.getOrDefault(field, List.of());
      // The fields after a range are also compared with the key, before a document is fetched.
      onKeys.addAll(here);
      boolean points = here.stream().anyMatch(clause -> clause.points() > 0);
      boolean range = here.stream().anyMatch(Clause::isRange);
      bounded = bounded || (open && (points || range));
      open = open && points;
    }
    boolean ordered = gives(index, query.sort(), byField, documents);
    if (!bounded && !(ordered && !query.sort().isEmpty())) {
      return Stream.empty();
    }
    List<BsonDocument> inBounds =
        documents.stream()
            .filter(index::contains)
            .filter(
                document ->
                    onKeys.stream().allMatch(clause -> Matcher.matches(document, clause.filter())))
            .toList();
    return Stream.of(walk(index.toString(), query, inBounds, ordered));
  }

  /** Whether the index contains each document that matches. */
  private static boolean isComplete(Index index, List<Clause> clauses) {
    List<String> needed =
        clauses.stream().filter(Clause::needsField).map(Clause::field).distinct().toList();
    boolean sparse = !index.sparse() || index.fields().stream().anyMatch(needed::contains);
    return sparse && index.partial().keySet().stream().allMatch(needed::contains);
  }

  /** Whether the index, read within its bounds, gives this order. */
  private static boolean gives(
      Index index,
      BsonDocument sort,
      Map<String, List<Clause>> byField,
      List<BsonDocument> documents) {
    List<String> wanted = new ArrayList<>(sort.keySet());
    int turned = 0;
    for (String field : index.fields()) {
      if (wanted.isEmpty()) {
        return true;
      }
      boolean points =
          byField.getOrDefault(field, List.of()).stream().anyMatch(clause -> clause.points() > 0);
      if (field.equals(wanted.get(0))) {
        int direction = index.direction(field) * sort.getNumber(field).intValue();
        if (turned != 0 && turned != direction) {
          return false;
        }
        if (isArray(documents.get(0), field)) {
          return false;
        }
        turned = direction;
        wanted.remove(0);
      } else if (!points) {
        return false;
      }
    }
    return wanted.isEmpty();
  }

  private static boolean isArray(BsonDocument document, String field) {
    BsonValue value = document.get(field.split("\\.")[0]);
    return value != null && value.isArray();
  }

  /** Reads these documents until enough are found; all, where they have to be sorted first. */
  private static Plan walk(
      String index, Query query, List<BsonDocument> candidates, boolean ordered) {
    List<BsonDocument> inOrder = candidates;
    if (ordered && !query.sort().isEmpty()) {
      inOrder = new ArrayList<>(candidates);
      inOrder.sort(order(query.sort()));
    }
    long examined = 0;
    long returned = 0;
    for (BsonDocument document : inOrder) {
      if (query.most() > 0 && returned == query.most() && ordered) {
        break;
      }
      examined++;
      returned += Matcher.matches(document, query.filter()) ? 1 : 0;
    }
    return new Plan(
        index, examined, query.most() > 0 ? Math.min(returned, query.most()) : returned);
  }

  private static Comparator<BsonDocument> order(BsonDocument sort) {
    Comparator<BsonDocument> order = (one, other) -> 0;
    for (Map.Entry<String, BsonValue> field : sort.entrySet()) {
      Comparator<BsonDocument> next =
          (one, other) ->
              Matcher.compare(
                  Matcher.values(one, field.getKey()).get(0),
                  Matcher.values(other, field.getKey()).get(0));
      order =
          order.thenComparing(field.getValue().asNumber().intValue() < 0 ? next.reversed() : next);
    }
    return order;
  }

  /** An index for each alternative; in the wanted order only where each of them gives it. */
  private static Stream<Plan> merged(
      Query query,
      List<Clause> clauses,
      List<BsonDocument> or,
      List<Index> indexes,
      List<BsonDocument> documents) {
    Map<String, Long> used = new HashMap<>();
    long examined = 0;
    for (BsonDocument alternative : or) {
      BsonDocument filter = new BsonDocument();
      List<BsonValue> all = new ArrayList<>();
      clauses.forEach(clause -> all.add(clause.filter()));
      all.add(alternative);
      filter.put("$and", new org.bson.BsonArray(all));
      Plan plan =
          of(
              new Query(query.collection(), query.command(), filter, query.sort(), query.most()),
              indexes,
              documents);
      if (plan.index().equals(ALL_DOCUMENTS)) {
        return Stream.empty();
      }
      used.merge(plan.index(), 1L, Long::sum);
      examined += plan.examined();
    }
    long returned =
        documents.stream().filter(document -> Matcher.matches(document, query.filter())).count();
    return Stream.of(
        new Plan(
            used.keySet().stream().sorted().collect(Collectors.joining(" or ")),
            examined,
            query.most() > 0 ? Math.min(returned, query.most()) : returned));
  }
}
