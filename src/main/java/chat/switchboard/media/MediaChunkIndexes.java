package chat.switchboard.media;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The index that the GridFS Specification requires for the chunks of files. */
@ApplicationScoped
class MediaChunkIndexes implements IndexPlan {

  @Override
  public String collection() {
    return MediaBytes.CHUNKS;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(Indexes.ascending("files_id", "n"), new IndexOptions().unique(true)));
  }
}
