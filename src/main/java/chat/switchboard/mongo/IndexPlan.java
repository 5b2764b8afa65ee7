package chat.switchboard.mongo;

import com.mongodb.client.model.IndexModel;
import java.util.List;

/** The indexes that one of our own collections needs. LibreChat's collections keep its own. */
public interface IndexPlan {

  /** The collection's name. */
  String collection();

  /** Its indexes; making one that is there already changes nothing. */
  List<IndexModel> indexes();
}
