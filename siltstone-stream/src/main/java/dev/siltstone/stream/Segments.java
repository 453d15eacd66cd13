package dev.siltstone.stream;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The segments that are open: those that somebody reads, and the latest of the others up to a bound.
///
/// A segment that was replaced can be read to the end by whoever has it, and by nobody who comes later.
///
/// Thread-safe.
final class Segments implements Closeable {
    private final SegmentFiles files;
    private final int openMax;

    /// Least recently used first.
    private final Map<Long, Shared> open = new LinkedHashMap<>(16, 0.75f, true);

    /// @param openMax bound of segments that are kept open though nobody reads them
    Segments(SegmentFiles files, int openMax) {
        this.files = files;
        this.openMax = openMax;
    }

    /// One open segment and how many read it.
    private static final class Shared {
        private final OpenSegment segment;
        private int users;
        private boolean removed;

        private Shared(OpenSegment segment) {
            this.segment = segment;
        }
    }

    /// A segment that stays open until this is closed.
    final class Lease implements Closeable {
        private final Shared shared;

        private Lease(Shared shared) {
            this.shared = shared;
        }

        OpenSegment segment() {
            return shared.segment;
        }

        @Override
        public void close() throws IOException {
            release(shared);
        }
    }

    /// Opens a segment, or shares it with those who have it open.
    ///
    /// @throws PlaceGoneException if it is not there any more
    Lease lease(SegmentRow row) throws IOException {
        Shared shared = share(row.id());
        if (shared == null) {
            OpenSegment opened;
            try {
                opened = OpenSegment.open(files, row);
            } catch (NoSuchFileException e) {
                throw new PlaceGoneException(files.path(row) + " is not there any more", e);
            }
            shared = add(row.id(), opened);
        }
        return new Lease(shared);
    }

    private synchronized @Nullable Shared share(long id) {
        Shared shared = open.get(id);
        if (shared != null) {
            shared.users++;
        }
        return shared;
    }

    private Shared add(long id, OpenSegment opened) throws IOException {
        Shared shared;
        List<OpenSegment> unused = new ArrayList<>();
        synchronized (this) {
            shared = open.get(id);
            if (shared == null) {
                shared = new Shared(opened);
                open.put(id, shared);
            } else {
                unused.add(opened);
            }
            shared.users++;
            takeUnused(unused);
        }
        closeAll(unused);
        return shared;
    }

    private void takeUnused(List<OpenSegment> unused) {
        int tooMany = open.size() - openMax;
        var oldestFirst = open.values().iterator();
        while (tooMany > 0 && oldestFirst.hasNext()) {
            Shared shared = oldestFirst.next();
            if (shared.users == 0) {
                oldestFirst.remove();
                unused.add(shared.segment);
                tooMany--;
            }
        }
    }

    private void release(Shared shared) throws IOException {
        List<OpenSegment> unused = new ArrayList<>();
        synchronized (this) {
            shared.users--;
            if (shared.removed && shared.users == 0) {
                unused.add(shared.segment);
            }
            takeUnused(unused);
        }
        closeAll(unused);
    }

    /// Deletes the files of segments that the catalog has just lost.
    void remove(Collection<SegmentRow> rows) throws IOException {
        List<OpenSegment> unused = new ArrayList<>();
        synchronized (this) {
            for (SegmentRow row : rows) {
                Shared shared = open.remove(row.id());
                if (shared != null) {
                    shared.removed = true;
                    if (shared.users == 0) {
                        unused.add(shared.segment);
                    }
                }
            }
        }
        closeAll(unused);
        files.delete(rows);
    }

    /// Returns how many are open.
    synchronized int count() {
        return open.size();
    }

    private static void closeAll(List<OpenSegment> segments) throws IOException {
        IOException failure = null;
        for (OpenSegment segment : segments) {
            try {
                segment.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /// Closes what nobody reads; the rest when it is read to its end.
    @Override
    public void close() throws IOException {
        List<OpenSegment> unused = new ArrayList<>();
        synchronized (this) {
            for (Shared shared : open.values()) {
                shared.removed = true;
                if (shared.users == 0) {
                    unused.add(shared.segment);
                }
            }
            open.clear();
        }
        closeAll(unused);
    }
}
