package dev.siltstone.sqlite.replica;

/// How far it is with a database of which all is read, or uploaded.
///
/// @param step what is being done
/// @param bytes of it that are done
/// @param total all of them
public record CopyProgress(Step step, long bytes, long total) {
    public enum Step {
        /// Pages are read and compressed.
        READING,
        /// The snapshot goes to the destination.
        UPLOADING
    }
}
