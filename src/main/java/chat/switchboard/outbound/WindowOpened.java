package chat.switchboard.outbound;

/** Event: texts that waited for WhatsApp's window are due. */
record WindowOpened() {}
