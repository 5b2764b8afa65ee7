package chat.switchboard.simulation;

import java.util.List;

/** Faults in the outbound classes that {@link OutboundSimulation} finds. */
final class OutboundMutants {

  static final List<Mutant> ALL =
      List.of(
          Mutant.of(
              "A text that Twilio reports as undelivered with 30008 is sent again",
              "outbound/DeliveryReports.java",
              "NewsState news = NewsState.of(report.news());",
              """
              NewsState news = NewsState.of(report.news());
              if (Integer.valueOf(30008).equals(news.code())) {
                return transitions.take(
                    OutboxCondition.reportedBelow(entry, report.sid(), news.state()),
                    OutboxState.QUEUED,
                    null,
                    Optional.of(transitions.now()),
                    entry.sender,
                    List.of(OutboxChange.retireSid(report.sid())));
              }\
              """),
          Mutant.of(
              "A late report moves the state of a text back",
              "outbound/OutboxCondition.java",
              "ne(\"pastSids\", sid),\n            in(\"state\", state.below())));",
              "ne(\"pastSids\", sid)));"),
          Mutant.of(
              "A request without a response is sent again",
              "twilio/TwilioCarrier.java",
              "return OneTryClient.hasLeft()",
              "return false"),
          Mutant.of(
              "A text is sent again after the error of a gateway",
              "twilio/TwilioCarrier.java",
              "return code == 0 || code == TwilioErrors.INTERNAL",
              "return false"),
          Mutant.of(
              "A text that a dead process was sending is sent again",
              "outbound/SendAttempts.java",
              "return ambiguous(\n        entry,",
              "return later(entry, Optional.empty(),"),
          Mutant.of(
              "A replica claims a text that another replica has claimed",
              "outbound/OutboxCondition.java",
              "return new OutboxCondition(and(eq(\"_id\", entry.id), eq(\"state\","
                  + " state.name())));",
              "return new OutboxCondition(eq(\"_id\", entry.id));"),
          Mutant.of(
              "A text that was queued before a STOP is sent",
              "outbound/TextSender.java",
              "return found.getItem2()",
              "return false"),
          Mutant.of(
              "A held text is sent after a STOP",
              "outbound/TextSender.java",
              "return found.getItem2()",
              "return found.getItem2() && entry.sendAt == null",
              "outbound/HeldTexts.java",
              "optedOut\n                    ?",
              "false ?"),
          Mutant.of(
              "A process that was suspended sends a text without another look",
              "outbound/TextSender.java",
              "if (timers.nanoTime() - turn.begunAt() > FRESH.toNanos()) {",
              "if (false) {"),
          Mutant.of(
              "A text does not wait for the text before it to the same person",
              "outbound/SendCandidates.java",
              "if (!waiting.add(entry.phoneNumber)) {",
              "if (!waiting.add(entry.id)) {"),
          Mutant.of(
              "Each replica sends without a lease",
              "mongo/Leases.java",
              ".recoverWithUni(() -> watch(key, record.token, askedAt));",
              ".recoverWithItem(() -> lease(key, record.token, askedAt));"),
          Mutant.of(
              "A text whose end is unknown waits for a report for ever",
              "outbound/Dispatcher.java",
              ".unsettled(now(), AT_ONCE)",
              ".unsettled(new Date(0), AT_ONCE)"),
          Mutant.of(
              "A repeated request with a key is another text",
              "api/SmsOrderRequest.java",
              "return key.map(given -> DeterministicIds.uuid(\"sms\", given))",
              "return key.map(given -> UUID.randomUUID())"),
          Mutant.of(
              "The outbox keeps a text for ever",
              "outbound/Transitions.java",
              "state.isForgotten() ? Updates.set(\"forgetAt\", forgetAt())"
                  + " : Updates.unset(\"forgetAt\"));",
              "Updates.unset(\"forgetAt\"));"),
          Mutant.of(
              "An answer is requested for a person who has opted out",
              "replies/ReplyPolicy.java",
              ": consent.mayReceive(phone.to(), phone.from()));",
              ": Uni.createFrom().item(true));"),
          Mutant.of(
              "An answer that is sent again is another text",
              "replies/ReplySender.java",
              "DeterministicIds.uuid(what, messageId, phone.account()).toString(),",
              "java.util.UUID.randomUUID().toString(),"),
          Mutant.of(
              "A partly stored answer counts as the answer",
              "librechat/AnswerReader.java",
              "return !Boolean.TRUE.equals(message.unfinished) && !",
              "return !"),
          Mutant.of(
              "Nobody takes up a request of a dead process",
              "replies/Replies.java",
              "return or(\n        eq(\"state\", State.ASKING.name()),",
              "return or(\n        eq(\"state\", \"NONE\"),"),
          Mutant.of(
              "An answer is requested beside one that LibreChat generates",
              "librechat/Generations.java",
              "return status.generating(conversation.conversationId, conversation.user);",
              "return Uni.createFrom().item(false);"),
          Mutant.of(
              "The consent is read before the wait for the lease",
              "replies/ReplyPreparer.java",
              "return exclusive.inTurn(",
              "return policy.mayBeAnswered(Recipient.ofEach(open))"
                  + ".flatMap(before -> exclusive.inTurn(",
              "replies/ReplyPreparer.java",
              "lease -> prepare(conversation, open, lease));",
              "lease -> prepare(conversation, open, before, lease)));",
              "replies/ReplyPreparer.java",
              "List<Reply> open, Lease lease) {",
              "List<Reply> open, List<Recipient> before, Lease lease) {",
              "replies/ReplyPreparer.java",
              "return policy\n        .mayBeAnswered(Recipient.ofEach(open))\n",
              "return Uni.createFrom().item(before)\n"),
          Mutant.of(
              "A request for an answer without a response counts as refused",
              "replies/AgentCall.java",
              "return replies\n                    .begun(question.reply(), false)\n"
                  + "                    .replaceWith(new AgentCallResult.Again(lost.cause()));",
              "return item(new AgentCallResult.Again(lost.cause()));"));

  private OutboundMutants() {}
}
