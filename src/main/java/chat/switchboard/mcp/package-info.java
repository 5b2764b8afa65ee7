/** The MCP server: tools for agents in LibreChat. */
package chat.switchboard.mcp;
