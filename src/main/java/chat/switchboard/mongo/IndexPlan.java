package chat.switchboard.mongo;

import com.mongodb.client.model.IndexModel;
import java.util.List;

/**
 * The indexes of one of Switchboard's own collections. Switchboard creates no indexes in
 * LibreChat's collections.
 */
public interface IndexPlan {

  /** The collection's name. */
  String collection();

  /** The indexes of the collection; to create an existing index changes nothing. */
  List<IndexModel> indexes();
}
