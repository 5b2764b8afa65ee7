package chat.switchboard.events;

import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** A receiver of Switchboard's events. */
public interface EventConfig {

  /**
   * The address that gets the events by POST: https, with a host that has public addresses only;
   * see {@code allow-private}. Required.
   */
  Optional<String> url();

  /**
   * The secret that signs the events, as Standard Webhooks writes it: {@code whsec_} and at least
   * 24 bytes in base64 ({@code echo whsec_$(openssl rand -base64 32)}); by reference to a variable,
   * such as {@code ${CRM_SECRET}}. With two secrets, separated by a comma, each event has a
   * signature of each, for a rotation. Required.
   */
  Optional<List<String>> secret();

  /**
   * The events, separated by commas: {@code message.received}, {@code message.answered}, {@code
   * text.delivered}, {@code text.failed}, {@code person.opted_out}. Default: all.
   */
  Optional<List<String>> events();

  /**
   * The LibreChat user (e-mail address or hexadecimal id) whose conversations the events are about.
   * Default: all users. An opt-out belongs to no conversation: a receiver with an owner gets none.
   */
  Optional<String> owner();

  /** Whether an event contains the text of the message; a text with a code is never included. */
  @WithDefault("false")
  boolean includeText();

  /**
   * Whether the address may be http, or have a private address: for a receiver in the same network,
   * such as n8n in the same cluster.
   */
  @WithDefault("false")
  boolean allowPrivate();
}
