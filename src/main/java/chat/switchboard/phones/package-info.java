/**
 * People's own phones: LibreChat users prove that a number is theirs, and the number's texts then
 * belong to their conversations.
 */
package chat.switchboard.phones;
