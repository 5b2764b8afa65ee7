// The client of Switchboard's stream, for those who build their own front end; see live.js.
import './live.js';

export const SwitchboardStream = globalThis.SwitchboardStream;
