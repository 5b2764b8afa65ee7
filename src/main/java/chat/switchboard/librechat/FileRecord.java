package chat.switchboard.librechat;

/**
 * A file of a user in LibreChat's {@code files}.
 *
 * @param fileId LibreChat's {@code file_id}
 * @param path LibreChat's {@code filepath}, which Markdown uses for pictures
 * @param type the media type that LibreChat stored; may be empty
 * @param bytes the length that LibreChat stored; 0 if unknown
 */
public record FileRecord(String fileId, String path, String fileName, String type, long bytes) {}
