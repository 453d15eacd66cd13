package dev.siltstone.rangestore;

import java.io.IOException;

/// What an [Uploader] is doing.
///
/// ```
///   Ready --> Waiting (a put failed) --> Ready
///     \----------\--> Stopped (final)
/// ```
public sealed interface UploadState {
    /// It uploads, or there is nothing to upload.
    record Ready() implements UploadState {}

    /// The store did not take a file; it is tried again after a while, for as long as it takes.
    ///
    /// @param failures how often in a row
    /// @param cause of the last one
    record Waiting(RangeFile file, int failures, IOException cause) implements UploadState {}

    /// It ended, and does not begin again.
    ///
    /// @param cause [RangeTakenException], or one that says that it was closed
    record Stopped(IOException cause) implements UploadState {}
}
