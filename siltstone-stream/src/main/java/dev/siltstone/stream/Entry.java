package dev.siltstone.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One change of the log's state, as the journal keeps it. Everything that belongs to one request lies in
/// one entry, so that it happens whole or not at all. Bytes: [EntryFormat].
///
/// The constructors check what decoding promises and encoding relies on.
sealed interface Entry {
    /// Milliseconds since 1970; never less than that of the entry before.
    long time();

    /// A process took the log over. Appended at every start.
    ///
    /// @param writerEpoch one more than the last
    record Opened(long time, long writerEpoch) implements Entry {}

    /// A stream came to be; its id is the position of this entry.
    record Created(
            long time,
            String path,
            String contentType,
            Lifetime lifetime,
            boolean closed,
            @Nullable Fork fork,
            Content content)
            implements Entry {}

    /// How a stream came from another.
    ///
    /// @param sourceId the stream forked from
    /// @param forkByte wire bytes inherited
    /// @param request what the client asked for, to recognise the same request again
    /// @param lifetimeInherited whether the client asked for no lifetime
    record Fork(long sourceId, long forkByte, ForkPoint request, boolean lifetimeInherited) {}

    /// A stream grew, was closed, or both.
    ///
    /// @param wireByte where in the stream the content begins: its tail before
    /// @param streamSeq the writer's sequence text, or `null`
    record Appended(
            long time,
            long streamId,
            long wireByte,
            boolean close,
            @Nullable Producer producer,
            @Nullable String streamSeq,
            Content content)
            implements Entry {}

    /// A stream was deleted.
    record Deleted(long time, long streamId) implements Entry {}

    /// A stream outlived its lifetime.
    record Expired(long time, long streamId) implements Entry {}

    /// A stream with a TTL was read; persisted now and then only.
    record Touched(long time, long streamId) implements Entry {}

    /// Stream bytes within an entry.
    ///
    /// @param payload messages and bytes
    /// @param dataOffset where the bytes begin within the journal entry's payload; -1 before encoding
    record Content(Payload payload, int dataOffset) {
        static Content of(Payload payload) {
            return new Content(payload, -1);
        }

        int length() {
            return payload.length();
        }

        int messages() {
            return payload.messageLengths().length;
        }

        ByteBuffer bytes() {
            return payload.bytes();
        }
    }
}
