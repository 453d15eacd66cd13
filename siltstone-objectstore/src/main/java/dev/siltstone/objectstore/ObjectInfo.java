package dev.siltstone.objectstore;

import java.time.Instant;
import java.util.Map;

/// What a store tells about an object.
///
/// @param bytes size of the whole object
/// @param etag changes whenever the content does; opaque, and no checksum; empty where a store has none
/// @param modified when it was put, by the store's clock and often to the second; where times can be set
///     ([ObjectStore#setsModified()]) it is the time that was asked for
/// @param metadata user metadata as put, names in lower case
public record ObjectInfo(
        ObjectKey key, long bytes, String etag, Instant modified, Map<String, String> metadata) {

    public ObjectInfo {
        metadata = Map.copyOf(metadata);
    }
}
