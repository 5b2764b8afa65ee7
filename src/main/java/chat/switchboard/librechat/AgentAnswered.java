package chat.switchboard.librechat;

/**
 * LibreChat's agent has answered a message from outside, because we had asked for it: the answer
 * stands in the conversation. Fired as an event; again, should the process die in between.
 */
public record AgentAnswered(Message question, Message answer) {}
