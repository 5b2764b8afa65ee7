package chat.switchboard.api;

import chat.switchboard.ops.Refusal;

/**
 * Which part of a list is wanted.
 *
 * @param offset how many to pass over
 * @param limit how many to return at the most
 */
record Page(int offset, int limit) {

  private static final int LARGEST = 200;

  static Page of(String offset, String limit) {
    return new Page(
        number("offset", offset, Integer.MAX_VALUE - LARGEST),
        Math.max(1, number("limit", limit, LARGEST)));
  }

  private static int number(String name, String text, int largest) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= largest) {
        return number;
      }
    } catch (NumberFormatException malformed) {
      // answered below
    }
    throw Refusal.of(400, name + " must be a number from 0 to " + largest);
  }
}
