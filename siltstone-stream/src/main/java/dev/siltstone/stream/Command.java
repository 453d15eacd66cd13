package dev.siltstone.stream;

import org.jspecify.annotations.Nullable;

/// What a client asks the log to do. The paths name streams relative to the server's root, without a
/// leading slash: 1 to [#PATH_BYTES_MAX] bytes of UTF-8.
public sealed interface Command {
    /// Bound of a path.
    int PATH_BYTES_MAX = 1024;

    /// Bound of a content type and of a `Stream-Seq`.
    int TEXT_BYTES_MAX = 1024;

    String path();

    /// Creates a stream, or confirms that it is there as asked for.
    ///
    /// @param contentType as the client wrote it; `null` for the default (`application/octet-stream`, or
    ///     the source's for a fork)
    /// @param lifetime what the client asked for; a fork that asks for none inherits its source's
    /// @param closed whether the stream is complete with `data`
    /// @param fork where to fork from, or `null`
    /// @param data first content; may be empty. Must have been made for the same content type
    record Create(
            String path,
            @Nullable String contentType,
            Lifetime lifetime,
            boolean closed,
            @Nullable ForkPoint fork,
            Payload data)
            implements Command {}

    /// Appends to a stream, closes it, or both at once.
    ///
    /// @param contentType of `data`; `null` only if there is none
    /// @param data may be empty only when `close` is set
    /// @param close whether the stream is complete with this
    /// @param producer who sends this, or `null`
    /// @param streamSeq the writer's own order, compared byte by byte, scoped to the stream; or `null`
    record Append(
            String path,
            @Nullable String contentType,
            Payload data,
            boolean close,
            @Nullable Producer producer,
            @Nullable String streamSeq)
            implements Command {}

    /// Deletes a stream; softly, if forks still need its bytes.
    record Delete(String path) implements Command {}
}
