package chat.switchboard.routing;

import chat.switchboard.routing.CodeState.Form;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Reads the code that comes with a message, and counts wrong codes. */
@Singleton
class CodeAttempts {

  /**
   * A code as it came.
   *
   * @param code the code in its stored form; empty where no code has this form
   * @param rest the text behind the code; empty where the code is not in the text
   */
  record Attempt(Form form, Optional<String> code, Optional<String> rest) {

    static final Attempt NONE = new Attempt(Form.NONE, Optional.empty(), Optional.empty());

    /** Returns the code of a program, or else the code in front of a person's text. */
    static Attempt of(Contact contact, Optional<String> text) {
      if (contact.code().isPresent()) {
        return new Attempt(Form.SHOWN, contact.code().flatMap(Code::read), Optional.empty());
      }
      return text.flatMap(Code::leading)
          .map(
              typed ->
                  new Attempt(
                      typed.certain() ? Form.TYPED : Form.TYPED_WITH_GAPS,
                      Optional.of(typed.code()),
                      Optional.of(typed.rest())))
          .orElse(NONE);
    }
  }

  private final Codes codes;
  private final RoutingLog log;

  CodeAttempts(Codes codes, RoutingLog log) {
    this.codes = codes;
    this.log = log;
  }

  /** Returns the state before the look-up; the look-up of a code with gaps is counted. */
  CodeState before(Contact contact, Attempt attempt) {
    String sender = contact.account();
    boolean mayTry =
        switch (attempt.form()) {
          case NONE -> true;
          case SHOWN, TYPED -> codes.mayTry(sender);
          case TYPED_WITH_GAPS -> codes.mayTryGapped(sender);
        };
    CodeState state = CodeState.before(attempt.form(), mayTry);
    if (state == CodeState.TYPED_TOO_OFTEN) {
      log.tooManyCodes(contact);
    }
    return state;
  }

  /** Returns the state after the look-up; a wrong code is counted. */
  CodeState after(Contact contact, Attempt attempt, boolean live) {
    CodeState state = CodeState.after(attempt.form(), live);
    if (state == CodeState.SHOWN_WRONG || state == CodeState.TYPED_WRONG) {
      codes.wasWrong(contact.account());
    }
    if (state == CodeState.TYPED_WRONG) {
      log.wrongCode(contact);
    }
    return state;
  }

  /** Whether a person above the limit gets a further notice; counts the notice. */
  boolean mayBeTold(Contact contact) {
    return codes.mayBeTold(contact.account());
  }
}
