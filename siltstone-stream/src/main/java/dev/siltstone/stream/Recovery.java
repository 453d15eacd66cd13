package dev.siltstone.stream;

import dev.siltstone.journal.JournalReplay;
import dev.siltstone.stream.segment.RunEntry;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Replays the journal into the state and finds out where the bytes of each stream lie.
final class Recovery implements JournalReplay {
    private final LogState state;
    private final Streams streams;
    private long fileStart;

    Recovery(LogState state, Streams streams) {
        this.state = state;
        this.streams = streams;
    }

    @Override
    public void file(long start) {
        fileStart = start;
    }

    @Override
    public void entry(long position, ByteBuffer payload) throws IOException {
        Entry entry;
        try {
            entry = EntryFormat.decode(payload);
            for (StreamState changed : state.apply(position, entry)) {
                streams.live(changed);
                streams.forgetIfRemoved(changed);
            }
        } catch (EntryException e) {
            throw new IOException(
                    "the journal entry at position "
                            + position
                            + " cannot be read: "
                            + e.getMessage(),
                    e);
        }
        index(position, entry);
    }

    private void index(long position, Entry entry) {
        switch (entry) {
            case Entry.Created created -> index(position, position, created.content(), entry);
            case Entry.Appended appended ->
                    index(appended.streamId(), position, appended.content(), entry);
            case Entry.Opened _, Entry.Deleted _, Entry.Expired _, Entry.Touched _ -> {}
        }
    }

    private void index(long streamId, long position, Entry.Content content, Entry entry) {
        StreamState stream = state.find(streamId);
        RunEntry bytes = streams.bytesOf(position, content.dataOffset(), entry);
        if (stream == null || bytes == null) {
            return;
        }
        streams.live(stream).add(fileStart, bytes);
    }
}
