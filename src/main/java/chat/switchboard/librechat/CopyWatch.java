package chat.switchboard.librechat;

/** Whether this process or another one reads each new message, and restores the roles of copies. */
public interface CopyWatch {

  /** Whether the scan of new conversations is only a second check. */
  boolean isWatched();
}
