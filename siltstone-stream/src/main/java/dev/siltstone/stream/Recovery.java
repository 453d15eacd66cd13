package dev.siltstone.stream;

import dev.siltstone.journal.JournalReplay;
import dev.siltstone.stream.segment.RunEntry;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Replays the journal from the recovery point on into the state, and finds out where the bytes of each
/// stream lie. Streams that entries name come from the catalog.
final class Recovery implements JournalReplay {
    private final LogState state;
    private final Streams streams;
    private final Residents residents;
    private final StreamLookUp lookUp;
    private final long recoveryPoint;
    private long fileStart;

    Recovery(
            LogState state,
            Streams streams,
            Residents residents,
            StreamLookUp lookUp,
            long recoveryPoint) {
        this.state = state;
        this.streams = streams;
        this.residents = residents;
        this.lookUp = lookUp;
        this.recoveryPoint = recoveryPoint;
    }

    @Override
    public long neededFrom() {
        return recoveryPoint;
    }

    @Override
    public void file(long start) {
        fileStart = start;
    }

    @Override
    public void entry(long position, ByteBuffer payload) throws IOException {
        if (position < recoveryPoint) {
            return;
        }
        Entry entry;
        try {
            entry = EntryFormat.decode(payload);
            hold(entry);
            for (StreamState changed : state.apply(position, entry)) {
                residents.changed(streams.live(changed));
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

    /// Sees to it that the state holds the stream that an entry names, if there is one.
    private void hold(Entry entry) throws IOException {
        switch (entry) {
            case Entry.Opened _ -> {}
            case Entry.Created created -> {
                Entry.Fork fork = created.fork();
                if (fork != null) {
                    hold(fork.sourceId());
                }
            }
            case Entry.Appended appended -> hold(appended.streamId());
            case Entry.Deleted deleted -> hold(deleted.streamId());
            case Entry.Expired expired -> hold(expired.streamId());
            case Entry.Touched touched -> hold(touched.streamId());
        }
    }

    private void hold(long streamId) throws IOException {
        if (state.find(streamId) != null) {
            return;
        }
        LiveStream live = lookUp.find(streamId);
        if (live != null) {
            residents.adopt(live);
            residents.takeArrivals();
        }
    }

    /// @throws IOException if the journal ends before the recovery point
    @Override
    public void end(long position) throws IOException {
        if (position < recoveryPoint) {
            throw new IOException(
                    "the journal ends at position "
                            + position
                            + ", but the catalog has the log up to position "
                            + recoveryPoint
                            + ": the newest journal file is missing, or catalog and journal are of"
                            + " different logs; nothing was changed");
        }
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
