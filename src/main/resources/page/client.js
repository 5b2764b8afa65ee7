// The client of Switchboard's stream for your own front end; see live.js.
import './live.js';

export const SwitchboardStream = globalThis.SwitchboardStream;
