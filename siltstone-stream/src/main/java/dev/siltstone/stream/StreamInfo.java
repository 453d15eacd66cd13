package dev.siltstone.stream;

/// Facts about a stream, all durable, as of one moment.
///
/// @param path relative to the server's root
/// @param streamId identity of this incarnation: the position of its create entry, never used again
/// @param contentType as given at creation
/// @param tail offset after the last byte that readers may see
/// @param closed whether no more will come
/// @param lifetime effective: inherited, for a fork that asked for none
public record StreamInfo(
        String path,
        long streamId,
        String contentType,
        Offset tail,
        boolean closed,
        Lifetime lifetime) {}
