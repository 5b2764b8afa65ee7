package chat.switchboard.media;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.Indexes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The index by which {@link OrphanedBytes} finds old bytes. */
@ApplicationScoped
class StoredBytesIndexes implements IndexPlan {

  @Override
  public String collection() {
    return MediaItem.COLLECTION + ".files";
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(new IndexModel(Indexes.ascending("uploadDate")));
  }
}
