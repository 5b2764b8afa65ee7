package chat.switchboard.routing;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.address.Strangers;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.routing.CodeState.Form;
import chat.switchboard.routing.RoutingConfig.Archived;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The decisions of the router: person × code × strangers × deleted and archived × group. */
@Tag("unit")
class RoutingDecisionTest {

  private static final String ANY = "*";

  /** The first row that fits decides. {@code *} fits every value. */
  private static final List<List<String>> TABLE =
      List.of(
          // code, mapping, own, group, strangers, archived → decision
          List.of("UNREAD", ANY, ANY, ANY, ANY, ANY, "LOOK_UP_CODE"),
          List.of("LIVE", ANY, ANY, ANY, ANY, ANY, "LINK"),
          List.of("SHOWN_WRONG", ANY, ANY, ANY, ANY, ANY, "REFUSE_WRONG_CODE"),
          List.of("SHOWN_TOO_OFTEN", ANY, ANY, ANY, ANY, ANY, "REFUSE_TOO_MANY_CODES"),
          // Without a code, and for a person whose typed code is wrong or not looked up.
          List.of(ANY, "UNREAD", ANY, ANY, ANY, ANY, "LOOK_UP_MAPPING"),
          List.of(ANY, "OPEN", ANY, ANY, ANY, ANY, "USE"),
          List.of(ANY, "ARCHIVED", ANY, ANY, ANY, "NEW", "MOVE_ON"),
          List.of(ANY, "ARCHIVED", ANY, ANY, ANY, "UNARCHIVE", "USE"),
          List.of(ANY, "UNOPENED", ANY, ANY, ANY, ANY, "OPEN"),
          List.of(ANY, "LOST", "true", ANY, ANY, ANY, "HEAL"),
          List.of(ANY, "LOST", "false", ANY, ANY, ANY, "DROP"),
          // A stranger.
          List.of(ANY, "NONE", ANY, "UNREAD", ANY, ANY, "LOOK_UP_GROUP"),
          List.of(ANY, "NONE", ANY, "OPEN", ANY, ANY, "JOIN_GROUP"),
          List.of(ANY, "NONE", ANY, "ARCHIVED", ANY, "NEW", "MOVE_GROUP_ON"),
          List.of(ANY, "NONE", ANY, "ARCHIVED", ANY, "UNARCHIVE", "JOIN_GROUP"),
          List.of(ANY, "NONE", ANY, ANY, "CREATE", ANY, "INTRODUCE"),
          List.of(ANY, "NONE", ANY, ANY, "PAIR", ANY, "REFUSE_STRANGER"),
          List.of(ANY, "NONE", ANY, ANY, "REJECT", ANY, "REFUSE_STRANGER"));

  static Stream<RoutingFacts> every_combination_of_facts() {
    List<RoutingFacts> all = new ArrayList<>();
    for (CodeState code : CodeState.values()) {
      for (MappingState mapping : MappingState.values()) {
        for (boolean own : new boolean[] {true, false}) {
          for (MappingState group : MappingState.values()) {
            for (Strangers strangers : Strangers.values()) {
              for (Archived archived : Archived.values()) {
                all.add(new RoutingFacts(code, mapping, own, group, strangers, archived));
              }
            }
          }
        }
      }
    }
    return all.stream();
  }

  @Test
  void every_combination_of_facts_has_the_decision_of_the_table() {
    assertThat(every_combination_of_facts()).hasSize(7 * 6 * 2 * 6 * 3 * 2);
    assertThat(every_combination_of_facts())
        .allSatisfy(
            facts -> assertThat(RoutingDecision.of(facts).name()).isEqualTo(expected(facts)));
  }

  private static String expected(RoutingFacts facts) {
    List<String> values =
        List.of(
            facts.code().name(),
            facts.mapping().name(),
            Boolean.toString(facts.own()),
            facts.group().name(),
            facts.strangers().name(),
            facts.archived().name());
    return TABLE.stream()
        .filter(row -> fits(row, values))
        .findFirst()
        .map(row -> row.get(values.size()))
        .orElseThrow();
  }

  private static boolean fits(List<String> row, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      if (!row.get(i).equals(ANY) && !row.get(i).equals(values.get(i))) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @CsvSource({
    // form, below the limit, live: before, after
    "NONE, true, false, NONE, NONE",
    "NONE, false, false, NONE, NONE",
    "SHOWN, true, true, UNREAD, LIVE",
    "SHOWN, true, false, UNREAD, SHOWN_WRONG",
    "SHOWN, false, false, SHOWN_TOO_OFTEN, SHOWN_WRONG",
    "TYPED, true, true, UNREAD, LIVE",
    "TYPED, true, false, UNREAD, TYPED_WRONG",
    "TYPED, false, false, TYPED_TOO_OFTEN, TYPED_WRONG",
    "TYPED_WITH_GAPS, true, true, UNREAD, LIVE",
    "TYPED_WITH_GAPS, true, false, UNREAD, NONE",
    "TYPED_WITH_GAPS, false, false, NONE, NONE"
  })
  void a_code_is_looked_up_below_the_limit_and_with_gaps_only_a_live_code_is_a_code(
      Form form, boolean mayTry, boolean live, CodeState before, CodeState after) {
    assertThat(CodeState.before(form, mayTry)).isEqualTo(before);
    assertThat(CodeState.after(form, live)).isEqualTo(after);
  }

  @ParameterizedTest
  @CsvSource({
    // conversation, has an owner, opened once: state
    "none, true, true, LOST",
    "none, true, false, UNOPENED",
    "none, false, true, LOST",
    "none, false, false, LOST",
    "plain, true, true, OPEN",
    "plain, true, false, OPEN",
    "plain, false, true, LOST",
    "plain, false, false, LOST",
    "archived, true, true, ARCHIVED",
    "archived, true, false, ARCHIVED",
    "archived, false, true, LOST",
    "read-only, true, true, LOST",
    "read-only, true, false, UNOPENED",
    "read-only, false, true, LOST"
  })
  void a_read_only_conversation_counts_as_deleted_and_so_does_one_without_its_owner(
      String conversation, boolean hasOwner, boolean opened, MappingState expected) {
    Optional<Conversation> found =
        conversation.equals("none") ? Optional.empty() : Optional.of(conversation(conversation));
    MappingState state = MappingState.of(found, hasOwner, opened);
    assertThat(state).isEqualTo(expected);
    assertThat(state.isWritable())
        .isEqualTo(expected == MappingState.OPEN || expected == MappingState.ARCHIVED);
  }

  private static Conversation conversation(String kind) {
    Conversation conversation = new Conversation();
    conversation.conversationId = UUID.randomUUID().toString();
    conversation.archived = kind.equals("archived");
    conversation.subagentThread = kind.equals("read-only") ? new Document() : null;
    return conversation;
  }

  static Stream<Boolean> inAGroup() {
    return Stream.of(true, false);
  }

  @ParameterizedTest
  @MethodSource("inAGroup")
  void a_person_is_read_first_and_the_group_only_for_a_stranger_in_a_group(boolean inAGroup) {
    RoutingStep first = step(inAGroup);
    assertThat(first.decision()).isEqualTo(RoutingDecision.LOOK_UP_MAPPING);
    RoutingStep stranger = first.withMapping(Optional.empty());
    assertThat(stranger.decision())
        .isEqualTo(inAGroup ? RoutingDecision.LOOK_UP_GROUP : RoutingDecision.INTRODUCE);
    assertThat(stranger.withGroup(Optional.empty()).decision())
        .isEqualTo(RoutingDecision.INTRODUCE);
    assertThat(stranger.withGroup(Optional.empty()).afresh()).isEqualTo(first);
  }

  @Test
  void a_mapping_that_a_person_got_as_a_stranger_is_healed_and_another_one_is_dropped() {
    RoutingStep first = step(false);
    Mapping own = mapping(MappingIds.own(first.contact()));
    assertThat(first.withMapping(lost(own)).decision()).isEqualTo(RoutingDecision.HEAL);
    Mapping byCode =
        mapping(MappingIds.to(first.contact().account(), "+15557654321", own.conversationId));
    assertThat(first.withMapping(lost(byCode)).decision()).isEqualTo(RoutingDecision.DROP);
  }

  private static Optional<Candidate> lost(Mapping mapping) {
    return Optional.of(new Candidate(mapping, Optional.empty(), Optional.empty()));
  }

  private static Mapping mapping(String id) {
    Mapping mapping = new Mapping();
    mapping.id = id;
    mapping.phoneNumber = "+15551234567";
    mapping.serviceNumber = "+15557654321";
    mapping.conversationId = UUID.randomUUID().toString();
    mapping.opened = true;
    return mapping;
  }

  private static RoutingStep step(boolean inAGroup) {
    Contact contact =
        new Contact(
            "+15551234567",
            Optional.of("+15557654321"),
            "sms",
            Optional.empty(),
            inAGroup ? Optional.of("CH0123") : Optional.empty(),
            false);
    return RoutingStep.first(
        contact, CodeAttempts.Attempt.NONE, CodeState.NONE, Strangers.CREATE, Archived.UNARCHIVE);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // shown by a program, typed: form, code, rest
        "-, hello, NONE, -, -",
        "-, A7C4KX, TYPED, A7C4KX, ''",
        "-, a7c4kx: hello, TYPED, A7C4KX, hello",
        "-, A7C 4KX hello, TYPED_WITH_GAPS, A7C4KX, hello",
        "A7C4KX, hello, SHOWN, A7C4KX, -",
        "A7C4KX, D3E5FH hello, SHOWN, A7C4KX, -",
        "nonsense, hello, SHOWN, -, -"
      })
  void the_code_of_a_program_comes_before_the_code_in_a_text(
      String shown, String text, Form form, String code, String rest) {
    Contact contact =
        new Contact(
            "+15551234567",
            Optional.empty(),
            "sms",
            Optional.ofNullable(shown),
            Optional.empty(),
            false);
    CodeAttempts.Attempt attempt = CodeAttempts.Attempt.of(contact, Optional.of(text));
    assertThat(attempt.form()).isEqualTo(form);
    assertThat(attempt.code()).isEqualTo(Optional.ofNullable(code));
    assertThat(attempt.rest().map(String::strip)).isEqualTo(Optional.ofNullable(rest));
  }
}
