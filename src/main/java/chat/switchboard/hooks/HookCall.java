package chat.switchboard.hooks;

import java.util.Map;

/**
 * A webhook as it arrived.
 *
 * @param headers each header as it arrived, repeated ones included
 * @param body the raw bytes
 * @param url the public address that was called, which some schemes sign
 * @param client the address of the client; null if unknown
 */
public record HookCall(
    Iterable<Map.Entry<String, String>> headers, byte[] body, String url, String client) {}
