package chat.switchboard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.address.FakeIdentities;
import chat.switchboard.address.ServiceNumbersConfig;
import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.ConversationConfig;
import chat.switchboard.librechat.FakeConversations;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.librechat.User;
import chat.switchboard.ops.JwtSecretConfig;
import chat.switchboard.routing.Route.Into;
import chat.switchboard.routing.Route.Linked;
import chat.switchboard.routing.Route.Reason;
import chat.switchboard.routing.Route.Refused;
import chat.switchboard.support.Configured;
import chat.switchboard.support.LogLines;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The routes of messages and the mappings that they leave, with all stores in memory. */
@Tag("unit")
class RouterTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String OURS = "+15557654321";
  private static final String ANN = "+12025550123";
  private static final String GROUP = "CH0123456789abcdef0123456789abcdef";
  private static final String ONE = "11111111-1111-1111-1111-111111111111";
  private static final String TWO = "22222222-2222-2222-2222-222222222222";
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-25T12:00:00Z"), ZoneOffset.UTC);

  private static final String NEW_CONVERSATION =
      "This is a new conversation. To go on with an earlier one, reply with its code.";
  private static final String WRONG_CODE =
      "That code is unknown or has expired. Your message was kept in your current conversation.";
  private static final String TOO_MANY_CODES =
      "Too many wrong codes: for an hour no code is read. Please try again later.";
  private static final String PAIR =
      "To write to us here, first send the code that you were given.";

  private final FakeMappings store = new FakeMappings(CLOCK);
  private final FakeConversations conversations = new FakeConversations();
  private final FakeConversations.FakeUsers users = new FakeConversations.FakeUsers();
  private final User owner = users.add("owner@example.com");
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Mappings mappings;
  private Router router = router();

  private Router router(String... settings) {
    String[] all = new String[settings.length + 2];
    all[0] = "switchboard.owner";
    all[1] = "owner@example.com";
    System.arraycopy(settings, 0, all, 2, settings.length);
    Codes codes =
        new Codes(
            store,
            Configured.with(JwtSecretConfig.class, "switchboard.jwt-secret", "a secret"),
            Configured.with(CodesConfig.class, all),
            CLOCK);
    RoutingLog log = new RoutingLog(meters);
    ServiceNumberSettings numbers =
        new ServiceNumberSettings(
            Configured.with(ConversationConfig.class, all),
            Configured.with(LibreChatConfig.class, all),
            Configured.with(ServiceNumbersConfig.class, all),
            Configured.with(AutoReplyConfig.class, all),
            Configured.with(ForwardConfig.class, all),
            Configured.with(RoutingConfig.class, all));
    NoticeTexts notices = new NoticeTexts(Configured.with(NoticesConfig.class, all));
    MappingFactory factory = new MappingFactory(CLOCK);
    mappings = new Mappings(store, factory, conversations, codes, new FakeIdentities(), meters);
    return new Router(
        new FakeIdentities(),
        new CodeAttempts(codes, log),
        new Candidates(store, codes, conversations, users, log),
        new MappingSteps(store, factory, conversations, numbers, notices, log, CLOCK),
        new Owners(users, numbers),
        numbers,
        notices,
        (person, isText) -> Uni.createFrom().item(Optional.empty()));
  }

  // Strangers

  @Test
  void a_stranger_gets_a_mapping_a_conversation_and_a_notice() {
    Into into = into(route(ANN, "hello"));
    assertThat(store.all).hasSize(1);
    Mapping mapping = store.all.get(MappingIds.own(contact(ANN)));
    assertThat(mapping.opened).isTrue();
    assertThat(mapping.phoneNumber).isEqualTo(ANN);
    assertThat(mapping.serviceNumber).isEqualTo(OURS);
    assertThat(mapping.user).isEqualTo(owner.id.toHexString());
    assertThat(into.conversation()).isSameAs(conversations.all.get(mapping.conversationId));
    assertThat(into.mapping())
        .contains(new Route.MappingUsed(mapping.id, mapping.conversationId, true));
    assertThat(into.notice()).contains(NEW_CONVERSATION);
    assertThat(into.text()).isEmpty();
    assertThat(conversations.opened.values())
        .singleElement()
        .asString()
        .startsWith("SMS ")
        .doesNotContain(ANN.substring(2, 8));
  }

  @Test
  void the_next_text_of_the_person_goes_into_the_same_conversation_without_a_notice() {
    Into first = into(route(ANN, "hello"));
    Into second = into(route(ANN, "hello again"));
    assertThat(second.conversation()).isSameAs(first.conversation());
    assertThat(second.mapping().orElseThrow().created()).isFalse();
    assertThat(second.notice()).isEmpty();
    assertThat(conversations.all).hasSize(1);
  }

  @Test
  void a_person_has_one_conversation_for_each_service_number() {
    Into first = into(route(ANN, "hello"));
    Contact elsewhere = new Contact(ANN, Optional.of("+15557654322"), "sms");
    assertThat(into(route(elsewhere, Optional.of("hello"))).conversation())
        .isNotSameAs(first.conversation());
    assertThat(store.all).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      value = {"pair | " + PAIR, "reject | -"})
  void a_stranger_is_refused_by_the_policy_and_told_where_a_code_helps(
      String policy, String notice) {
    router = router("switchboard.strangers", policy);
    assertThat(route(ANN, "hello"))
        .isEqualTo(new Refused(Reason.STRANGER, Optional.ofNullable(notice)));
    assertThat(store.all).isEmpty();
    assertThat(conversations.all).isEmpty();
  }

  @Test
  void the_policy_and_the_owner_of_a_service_number_go_before_those_of_all() {
    User other = users.add("other@example.com");
    router =
        router(
            "switchboard.strangers",
            "reject",
            "switchboard.numbers.\"" + OURS + "\".strangers",
            "create",
            "switchboard.numbers.\"" + OURS + "\".owner",
            "other@example.com",
            "switchboard.numbers.\"" + OURS + "\".title",
            "From {from} by {source}");
    Into into = into(route(ANN, "hello"));
    assertThat(into.conversation().user).isEqualTo(other.id.toHexString());
    assertThat(conversations.opened.values()).singleElement().asString().endsWith(" by SMS");
    assertThat(route(new Contact(ANN, Optional.of("+15557654322"), "sms"), Optional.of("hello")))
        .isInstanceOf(Refused.class);
  }

  @Test
  void without_an_owner_in_librechat_a_stranger_is_refused() {
    users.remove(owner);
    assertThat(route(ANN, "hello")).isEqualTo(new Refused(Reason.NO_OWNER));
    assertThat(store.all).isEmpty();
  }

  /** Two first texts at once: the other request has inserted the mapping. */
  @Test
  void of_two_first_texts_at_once_both_go_into_one_conversation() {
    Into[] other = new Into[1];
    store.beforeWrite = () -> other[0] = into(route(ANN, "hello"));
    Into into = into(route(ANN, "hello"));
    assertThat(into.conversation()).isSameAs(other[0].conversation());
    assertThat(into.mapping().orElseThrow().created()).isFalse();
    assertThat(store.all).hasSize(1);
    assertThat(conversations.all).hasSize(1);
  }

  @Test
  void a_conversation_that_a_stopped_process_did_not_open_is_opened_by_the_next_text() {
    route(ANN, "hello");
    Mapping mapping = store.all.values().iterator().next();
    mapping.opened = false;
    conversations.all.clear();
    Into into = into(route(ANN, "hello"));
    assertThat(into.conversation().conversationId).isEqualTo(mapping.conversationId);
    assertThat(into.mapping().orElseThrow().created()).isFalse();
    assertThat(into.notice()).contains(NEW_CONVERSATION);
    assertThat(store.all.get(mapping.id).opened).isTrue();
  }

  @Test
  void a_mapping_that_an_election_rolls_back_after_it_was_read_opens_no_conversation() {
    route(ANN, "hello");
    store.all.values().iterator().next().opened = false;
    conversations.all.clear();
    store.beforeWrite = store.all::clear;
    Into into = into(route(ANN, "hello"));
    assertThat(into(route(ANN, "hello again")).conversation()).isSameAs(into.conversation());
    assertThat(conversations.all).hasSize(1);
  }

  // Conversations that were deleted, archived or closed

  @Test
  void after_its_conversation_was_deleted_a_persons_own_mapping_leads_to_a_new_one() {
    Into first = into(route(ANN, "hello"));
    conversations.all.clear();
    Into second = into(route(ANN, "hello"));
    assertThat(second.conversation().conversationId)
        .isNotEqualTo(first.conversation().conversationId);
    assertThat(second.notice()).contains(NEW_CONVERSATION);
    assertThat(store.all).hasSize(1);
    assertThat(store.all.get(MappingIds.own(contact(ANN))).conversationId)
        .isEqualTo(second.conversation().conversationId);
    assertThat(meters.counter("switchboard.mappings", "what", "heal").count()).isEqualTo(1);
  }

  @Test
  void a_read_only_conversation_is_left_like_a_deleted_one() {
    Into first = into(route(ANN, "hello"));
    conversations.makeReadOnly(first.conversation().conversationId);
    assertThat(into(route(ANN, "hello")).conversation()).isNotSameAs(first.conversation());
  }

  @Test
  void a_healed_mapping_that_was_removed_meanwhile_is_made_anew() {
    route(ANN, "hello");
    conversations.all.clear();
    store.beforeWrite = store.all::clear;
    Into into = into(route(ANN, "hello"));
    assertThat(into.mapping().orElseThrow().created()).isTrue();
    assertThat(store.all).hasSize(1);
  }

  @Test
  void a_mapping_of_a_code_whose_conversation_was_deleted_is_removed_and_the_own_one_used() {
    Into own = into(route(ANN, "hello"));
    String code = code(ONE);
    route(ANN, code);
    conversations.all.remove(ONE);
    Into into = into(route(ANN, "hello"));
    assertThat(into.conversation()).isSameAs(own.conversation());
    assertThat(store.all).doesNotContainKey(MappingIds.to(ANN, OURS, ONE));
    assertThat(count("heal")).isEqualTo(1);
  }

  @Test
  void the_own_mapping_moves_on_from_an_archived_conversation_where_the_setting_says_so() {
    Into first = into(route(ANN, "hello"));
    String archived = first.conversation().conversationId;
    conversations.archive(archived);
    assertThat(into(route(ANN, "hello")).conversation().conversationId).isEqualTo(archived);
    router = router("switchboard.archived", "new");
    Into second = into(route(ANN, "hello"));
    assertThat(second.conversation().conversationId)
        .isEqualTo(MappingIds.conversationAfter(archived));
    assertThat(second.notice()).contains(NEW_CONVERSATION);
    assertThat(store.all.keySet()).containsExactly(MappingIds.own(contact(ANN)));
  }

  @Test
  void a_mapping_of_a_code_is_replaced_when_it_moves_on_and_keeps_its_label() {
    String archived = ONE;
    make(ANN, archived, Optional.of("Ann"));
    conversations.archive(archived);
    router = router("switchboard.archived", "new");
    Into into = into(route(ANN, "hello"));
    String next = MappingIds.conversationAfter(archived);
    assertThat(into.conversation().conversationId).isEqualTo(next);
    assertThat(into.sender()).contains("Ann");
    assertThat(store.all.keySet()).containsExactly(MappingIds.to(ANN, "", next));
  }

  // Codes

  @Test
  void a_code_alone_links_the_person_and_the_next_text_goes_there() {
    String code = code(ONE);
    assertThat(route(ANN, " " + code + " "))
        .isEqualTo(
            new Linked(
                new Route.MappingUsed(MappingIds.to(ANN, OURS, ONE), ONE, true),
                Optional.of("You are now in: Title of " + ONE)));
    Into into = into(route(ANN, "hello"));
    assertThat(into.conversation().conversationId).isEqualTo(ONE);
    assertThat(into.notice()).isEmpty();
  }

  @Test
  void the_text_behind_a_code_goes_into_the_conversation_of_the_code() {
    String code = code(ONE);
    Into into = into(route(ANN, code.toLowerCase(Locale.ROOT) + ": hello "));
    assertThat(into.text()).contains("hello");
    assertThat(into.notice()).isPresent();
    assertThat(into.conversation().conversationId).isEqualTo(ONE);
  }

  @Test
  void a_code_of_a_conversation_that_the_person_has_makes_no_second_mapping() {
    String code = code(ONE);
    route(ANN, code);
    int before = store.all.size();
    Linked linked = (Linked) route(ANN, code);
    assertThat(linked.mapping().created()).isFalse();
    assertThat(store.all).hasSize(before);
  }

  @Test
  void a_person_with_two_conversations_is_in_the_one_of_the_last_code() {
    String one = code(ONE);
    String two = code(TWO);
    for (String code : List.of(one, two, one)) {
      route(ANN, code);
    }
    assertThat(into(route(ANN, "hello")).conversation().conversationId).isEqualTo(ONE);
  }

  @Test
  void a_typed_code_that_is_wrong_leaves_the_text_whole_and_the_person_is_told() {
    route(ANN, "hello");
    Into into = into(route(ANN, "A7C4KX hello"));
    assertThat(into.text()).as("not cut").isEmpty();
    assertThat(into.notice()).contains(WRONG_CODE);
  }

  @Test
  void a_code_with_gaps_that_is_wrong_is_ordinary_text() {
    route(ANN, "hello");
    assertThat(into(route(ANN, "Apt 237 hello")).notice()).isEmpty();
  }

  @Test
  void after_too_many_wrong_codes_no_code_is_read_and_the_person_is_told_as_often() {
    router = router("switchboard.codes.wrong-per-hour", "2");
    String code = code(ONE);
    route(ANN, "hello");
    for (int i = 0; i < 2; i++) {
      assertThat(into(route(ANN, "A7C4KX")).notice()).contains(WRONG_CODE);
    }
    for (int i = 0; i < 2; i++) {
      assertThat(into(route(ANN, code)).notice()).contains(TOO_MANY_CODES);
    }
    assertThat(into(route(ANN, code)).notice()).as("told often enough").isEmpty();
    assertThat(into(route("+12025550124", code + " hello")).text())
        .as("another person")
        .contains("hello");
  }

  /** Four texts like a code with gaps count as one wrong code. */
  @ParameterizedTest
  @CsvSource({"3, true", "4, false"})
  void a_code_with_gaps_is_read_while_few_texts_look_like_one(int before, boolean read) {
    router = router("switchboard.codes.wrong-per-hour", "1");
    String code = code(ONE);
    route(ANN, "hello");
    for (int i = 0; i < before; i++) {
      assertThat(into(route(ANN, "Apt 237 hello")).notice()).isEmpty();
    }
    assertThat(route(ANN, code.substring(0, 3) + " " + code.substring(3)) instanceof Linked)
        .isEqualTo(read);
  }

  @Test
  void a_code_with_gaps_is_not_read_after_too_many_wrong_codes() {
    router = router("switchboard.codes.wrong-per-hour", "1");
    String code = code(ONE);
    route(ANN, "A7C4KX hello");
    assertThat(route(ANN, code.substring(0, 3) + " " + code.substring(3))).isInstanceOf(Into.class);
  }

  @Test
  void a_code_of_the_persons_own_conversation_uses_the_own_mapping() {
    String own = into(route(ANN, "hello")).conversation().conversationId;
    Linked linked = (Linked) route(ANN, code(own));
    assertThat(linked.mapping().id()).isEqualTo(MappingIds.own(contact(ANN)));
    assertThat(linked.mapping().created()).isFalse();
  }

  @Test
  void the_last_of_several_codes_at_once_is_the_one_that_holds() {
    String one = code(ONE);
    String two = code(TWO);
    store.beforeWrite =
        () -> {
          route(ANN, one);
          route(ANN, two);
        };
    route(ANN, one);
    assertThat(into(route(ANN, "hello")).conversation().conversationId).isEqualTo(ONE);
  }

  @Test
  void each_step_of_a_route_is_counted_and_logged_without_the_number() {
    router = router("switchboard.codes.wrong-per-hour", "1", "switchboard.archived", "new");
    String code = code(ONE);
    double made = count("create");
    try (LogLines lines = LogLines.of(Router.class.getName())) {
      route(ANN, "hello");
      route(ANN, code);
      route(ANN, "A7C4KX");
      route(ANN, "A7C4KX");
      conversations.archive(ONE);
      route(ANN, "hello");
      assertThat(lines.texts())
          .anyMatch(line -> line.startsWith("Created mapping "))
          .anyMatch(line -> line.contains(" is linked by mapping "))
          .anyMatch(line -> line.startsWith("A wrong code came from +"))
          .anyMatch(line -> line.endsWith(" has tried too many wrong codes."))
          .anyMatch(line -> line.contains(" is archived; the text of +"))
          .noneMatch(line -> line.contains(ANN) || line.contains(code));
    }
    assertThat(count("look-up of a stranger")).isEqualTo(1);
    assertThat(count("look-up")).isEqualTo(3);
    assertThat(count("create")).isEqualTo(made + 1);
    assertThat(count("link")).isEqualTo(1);
    assertThat(count("wrong code")).isEqualTo(1);
    assertThat(count("too many codes")).isEqualTo(1);
    assertThat(count("archived")).isEqualTo(1);
  }

  private double count(String what) {
    return meters.counter("switchboard.mappings", "what", what).count();
  }

  @Test
  void a_stranger_with_a_valid_code_is_linked_where_strangers_are_refused() {
    router = router("switchboard.strangers", "reject");
    String code = code(ONE);
    assertThat(route(ANN, code)).isInstanceOf(Linked.class);
  }

  @Test
  void a_program_shows_a_code_beside_the_text_and_is_refused_where_the_code_is_wrong() {
    router = router("switchboard.codes.wrong-per-hour", "1");
    String code = code(ONE);
    Into into = into(route(showing(code), Optional.empty()));
    assertThat(into.conversation().conversationId).isEqualTo(ONE);
    assertThat(route(showing("A7C4KX"), Optional.empty()))
        .isEqualTo(new Refused(Reason.WRONG_CODE));
    assertThat(route(showing(code), Optional.empty()))
        .isEqualTo(new Refused(Reason.TOO_MANY_CODES));
  }

  @ParameterizedTest
  @CsvSource({"deleted", "read-only", "without its owner"})
  void a_code_whose_conversation_takes_no_messages_is_wrong(String state) {
    route(ANN, "hello");
    User other = users.add("other@example.com");
    conversations.add(ONE, other);
    String code = code(ONE);
    switch (state) {
      case "deleted" -> conversations.all.remove(ONE);
      case "read-only" -> conversations.makeReadOnly(ONE);
      default -> users.remove(other);
    }
    assertThat(into(route(ANN, code)).notice()).contains(WRONG_CODE);
  }

  // Groups

  @Test
  void the_members_of_a_group_share_a_conversation() {
    Into first = into(route(member(ANN), Optional.of("hello")));
    Into second = into(route(member("+12025550124"), Optional.of("hello")));
    assertThat(second.conversation()).isSameAs(first.conversation());
    assertThat(first.conversation().conversationId)
        .isEqualTo(MappingIds.conversationOfGroup(GROUP));
    assertThat(second.mapping().orElseThrow().created()).isTrue();
    assertThat(store.all.values())
        .extracting(one -> one.phoneNumber)
        .containsExactlyInAnyOrder(ANN, "+12025550124");
  }

  @Test
  void a_newcomer_of_a_group_whose_conversation_is_archived_moves_the_group_on() {
    Into first = into(route(member(ANN), Optional.of("hello")));
    conversations.archive(first.conversation().conversationId);
    router = router("switchboard.archived", "new");
    Into newcomer = into(route(member("+12025550124"), Optional.of("hello")));
    String next = MappingIds.conversationAfter(first.conversation().conversationId);
    assertThat(newcomer.conversation().conversationId).isEqualTo(next);
    assertThat(store.all.values()).hasSize(2).allMatch(one -> one.conversationId.equals(next));
    assertThat(store.all.values())
        .extracting(one -> one.phoneNumber)
        .containsExactlyInAnyOrder(ANN, "+12025550124");
    assertThat(store.all).containsKey(MappingIds.to("+12025550124", OURS, next));
    assertThat(into(route(member(ANN), Optional.of("hello"))).conversation().conversationId)
        .isEqualTo(next);
  }

  @Test
  void a_newcomer_of_a_group_whose_conversation_was_deleted_opens_another_one() {
    Into first = into(route(member(ANN), Optional.of("hello")));
    conversations.all.clear();
    Into newcomer = into(route(member("+12025550124"), Optional.of("hello")));
    assertThat(newcomer.conversation().conversationId)
        .isNotEqualTo(first.conversation().conversationId);
  }

  @Test
  void a_newcomer_of_a_group_whose_conversation_is_not_opened_yet_opens_the_same_one() {
    Into first = into(route(member(ANN), Optional.of("hello")));
    store.all.values().forEach(one -> one.opened = false);
    conversations.all.clear();
    Into newcomer = into(route(member("+12025550124"), Optional.of("hello")));
    assertThat(newcomer.conversation().conversationId)
        .isEqualTo(first.conversation().conversationId);
  }

  // Mappings of the API

  @Test
  void a_mapping_of_the_api_is_made_once_and_gets_another_code_each_time() {
    String first = make(ANN, ONE, Optional.of("Ann"));
    String second = make(ANN, ONE, Optional.empty());
    assertThat(store.all.values())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.label).as("left as it is").isEqualTo("Ann");
              assertThat(one.opened).isTrue();
              assertThat(one.serviceNumber).isEmpty();
            });
    make(ANN, ONE, Optional.of("Bob"));
    assertThat(store.all.values()).extracting(one -> one.label).containsExactly("Bob");
    second = make(ANN, ONE, Optional.empty());
    assertThat(second).isNotEqualTo(first);
    assertThat(route("+12025550124", first)).as("the old code").isInstanceOf(Into.class);
    assertThat(route("+12025550124", second)).isInstanceOf(Linked.class);
  }

  @Test
  void a_mapping_of_the_api_shows_its_label_unless_the_caller_gives_a_name() {
    make(ANN, ONE, Optional.of("Ann"));
    assertThat(into(route(ANN, "hello")).sender()).contains("Ann");
    Contact named =
        new Contact(ANN, Optional.of(OURS), "sms", Optional.empty(), Optional.empty(), true);
    assertThat(into(route(named, Optional.empty())).sender()).isEmpty();
  }

  @Test
  void both_spellings_of_a_whatsapp_number_have_one_mapping() {
    make("whatsapp:+5541988885555", ONE, Optional.empty());
    make("whatsapp:+554188885555", ONE, Optional.empty());
    assertThat(store.all).hasSize(1);
    Into into =
        into(
            route(
                new Contact("whatsapp:+554188885555", Optional.of("whatsapp:" + OURS), "whatsapp"),
                Optional.of("hello")));
    assertThat(into.conversation().conversationId).isEqualTo(ONE);
    assertThat(store.all.values())
        .extracting(one -> one.phoneNumber)
        .as("texts go to the name that was used last")
        .containsExactly("whatsapp:+554188885555");
  }

  @Test
  void there_is_no_mapping_to_a_conversation_that_is_missing_or_read_only() {
    UUID id = UUID.fromString(ONE);
    assertThat(mappings.make(wanted(ANN, id, Optional.empty())).await().atMost(SOON)).isEmpty();
    conversations.add(id.toString(), owner);
    conversations.makeReadOnly(id.toString());
    assertThatThrownBy(() -> mappings.make(wanted(ANN, id, Optional.empty())).await().atMost(SOON))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("read-only");
    assertThat(store.all).isEmpty();
  }

  @Test
  void the_same_reason_gives_the_same_code() {
    conversations.add(ONE, owner);
    UUID id = UUID.fromString(ONE);
    Mappings.Wanted wanted = wanted(ANN, id, Optional.empty());
    String first = made(mappings.make(wanted, "a reason").await().atMost(SOON));
    route("+12025550124", "hello");
    assertThat(made(mappings.make(wanted, "another reason").await().atMost(SOON)))
        .isNotEqualTo(first);
    assertThat(made(mappings.make(wanted, "a reason").await().atMost(SOON))).isEqualTo(first);
  }

  @Test
  void mappings_are_listed_by_person_and_conversation_and_forgotten_with_their_codes() {
    make(ANN, ONE, Optional.empty());
    make(ANN, TWO, Optional.empty());
    route("+12025550124", "hello");
    assertThat(listed(Optional.of(ANN), Optional.empty())).containsExactly(TWO, ONE);
    assertThat(listed(Optional.empty(), Optional.of(ONE))).hasSize(1);
    assertThat(mappings.count(Optional.empty(), Optional.empty()).await().atMost(SOON))
        .isEqualTo(3);
    assertThat(mappings.forget(List.of(ANN)).await().atMost(SOON))
        .isEqualTo(new Mappings.Removed(2, 2));
    assertThat(count("remove")).isEqualTo(2);
    assertThat(store.all).hasSize(1);
  }

  @Test
  void a_removed_mapping_is_counted_and_an_unknown_one_is_not() {
    make(ANN, ONE, Optional.empty());
    String id = store.all.keySet().iterator().next();
    assertThat(mappings.remove(id).await().atMost(SOON)).isTrue();
    assertThat(count("remove")).isEqualTo(1);
    assertThat(mappings.remove(id).await().atMost(SOON)).isFalse();
    assertThat(mappings.renew(id).await().atMost(SOON)).isEmpty();
    assertThat(meters.counter("switchboard.mappings", "what", "remove").count()).isEqualTo(1);
    assertThat(meters.counter("switchboard.mappings", "what", "create").count()).isEqualTo(1);
  }

  private List<String> listed(Optional<String> phone, Optional<String> conversation) {
    return mappings.list(phone, conversation, 0, 10).await().atMost(SOON).stream()
        .map(one -> one.conversationId)
        .toList();
  }

  /** Returns the code of a mapping of another person to this conversation. */
  private String code(String conversation) {
    return make("+12025550199", conversation, Optional.empty());
  }

  private String make(String person, String conversation, Optional<String> label) {
    if (!conversations.all.containsKey(conversation)) {
      conversations.add(conversation, owner);
    }
    return made(
        mappings.make(wanted(person, UUID.fromString(conversation), label)).await().atMost(SOON));
  }

  private static String made(Optional<Mappings.WithCode> made) {
    return made.orElseThrow().code().code();
  }

  private static Mappings.Wanted wanted(String person, UUID id, Optional<String> label) {
    return new Mappings.Wanted(person, Optional.empty(), id, label, Optional.empty());
  }

  private Route route(String from, String text) {
    return route(contact(from), Optional.of(text));
  }

  private Route route(Contact contact, Optional<String> text) {
    return router.route(contact, text).await().atMost(SOON);
  }

  private static Contact contact(String from) {
    return new Contact(from, Optional.of(OURS), "sms");
  }

  private static Contact member(String from) {
    return new Contact(from, Optional.of(OURS), "sms", Optional.empty(), Optional.of(GROUP), false);
  }

  private static Contact showing(String code) {
    return new Contact(ANN, Optional.of(OURS), "sms", Optional.of(code), Optional.empty(), false);
  }

  private static Into into(Route route) {
    assertThat(route).isInstanceOf(Into.class);
    return (Into) route;
  }
}
