package dev.siltstone.objectstore;

/// An upload in parts that was started and is neither completed nor aborted. May be written down, to go on
/// after a restart.
///
/// @param key of the object it will become
/// @param id of the upload, as the store names it; opaque
/// @param token what the object will be marked with ([PutOptions#WRITER_TOKEN]), empty if it will not be
public record UploadId(ObjectKey key, String id, String token) {
    @Override
    public String toString() {
        return "upload " + id + " of " + key;
    }
}
