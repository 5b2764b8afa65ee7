package chat.switchboard.mcp;

import chat.switchboard.address.Channel;

/** The names of channels in results. */
final class ChannelName {

  private ChannelName() {}

  static String of(Channel channel) {
    return switch (channel) {
      case SMS -> "SMS";
      case WHATSAPP -> "WhatsApp";
      case RCS -> "RCS";
      case MESSENGER -> "Messenger";
      case SIP -> "SIP";
      case CLIENT -> "a program";
      case HOOK -> "a webhook";
    };
  }
}
