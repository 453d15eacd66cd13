package dev.siltstone.stream;

import dev.siltstone.stream.segment.RunEntry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/// The streams of the running server: those that the leader works on, and those that readers find.
///
/// The methods under "the leader" belong to it; the others may be called by any thread.
final class Streams {
    /// When to look whether a stream's time is over; one for each stream that ends by itself.
    private record Deadline(long time, LiveStream stream) implements Comparable<Deadline> {
        @Override
        public int compareTo(Deadline other) {
            int byTime = Long.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(stream.id(), other.stream.id());
        }
    }

    private final Map<Long, LiveStream> byId = new HashMap<>();
    private final ConcurrentSkipListMap<String, LiveStream> published =
            new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListSet<Deadline> deadlines = new ConcurrentSkipListSet<>();
    private final Reads reads;
    private final InstantSource clock;
    private final LastUse.Listener touches;

    Streams(Reads reads, InstantSource clock, LastUse.Listener touches) {
        this.reads = reads;
        this.clock = clock;
        this.touches = touches;
    }

    // --- the leader ---

    /// Returns the running side of a stream, which begins with the first question for it.
    LiveStream live(StreamState stream) {
        LiveStream live = byId.get(stream.id);
        if (live == null) {
            StreamState source = stream.source;
            live =
                    new LiveStream(
                            stream,
                            source == null ? null : live(source),
                            reads,
                            new LastUse(stream.id, stream.lifetime, clock, touches));
            byId.put(stream.id, live);
        }
        return live;
    }

    /// Returns where the stream bytes of an entry lie; `null` if it has none.
    ///
    /// @param dataOffset where the bytes begin within the payload
    @Nullable RunEntry bytesOf(long position, int dataOffset, Entry entry) {
        return switch (entry) {
            case Entry.Created created -> {
                Entry.Fork fork = created.fork();
                yield bytes(
                        fork == null ? 0 : fork.forkByte(),
                        position,
                        dataOffset,
                        created.content(),
                        created.time());
            }
            case Entry.Appended appended ->
                    bytes(
                            appended.wireByte(),
                            position,
                            dataOffset,
                            appended.content(),
                            appended.time());
            case Entry.Opened _, Entry.Deleted _, Entry.Expired _, Entry.Touched _ -> null;
        };
    }

    private static @Nullable RunEntry bytes(
            long wireByte, long position, int dataOffset, Entry.Content content, long time) {
        return content.length() == 0
                ? null
                : new RunEntry(
                        wireByte, position, content.length(), dataOffset, content.messages(), time);
    }

    /// Shows readers a stream as it is now, which must be durable.
    void publish(StreamState stream) {
        LiveStream live = live(stream);
        live.publish();
        if (stream.status() == StreamState.Status.REMOVED) {
            published.remove(stream.path, live);
            deadlines.remove(new Deadline(live.nextLook(), live));
            return;
        }
        boolean appeared = published.put(stream.path, live) != live;
        if (appeared && !(stream.lifetime instanceof Lifetime.Forever)) {
            lookAt(live.lastUse().deadline(), live);
        }
    }

    void wakeWatchers(StreamState stream) {
        live(stream).wakeWatchers();
    }

    void forgetIfRemoved(StreamState stream) {
        if (stream.status() == StreamState.Status.REMOVED) {
            byId.remove(stream.id);
        }
    }

    /// Returns how many streams are kept: those that are not removed.
    int count() {
        return byId.size();
    }

    // --- any thread ---

    @Nullable LiveStream find(String path) {
        return published.get(path);
    }

    Listing list(String prefix, @Nullable String after, int limit) {
        List<StreamInfo> page = new ArrayList<>();
        boolean fromAfter = after != null && after.compareTo(prefix) >= 0;
        String from = fromAfter ? Objects.requireNonNull(after) : prefix;
        for (Map.Entry<String, LiveStream> entry : published.tailMap(from, !fromAfter).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            if (entry.getValue().state() != StreamReader.State.LIVE) {
                continue;
            }
            if (page.size() == limit) {
                return new Listing(page, page.getLast().path());
            }
            page.add(entry.getValue().info());
        }
        return new Listing(page, null);
    }

    /// Returns the streams whose time is over and that still are there. For one thread at a time.
    List<LiveStream> over() {
        long now = clock.millis();
        List<LiveStream> over = new ArrayList<>();
        while (!deadlines.isEmpty() && deadlines.first().time <= now) {
            Deadline next = deadlines.pollFirst();
            if (next == null || published.get(next.stream.path()) != next.stream) {
                continue;
            }
            if (next.stream.lastUse().isOver()) {
                over.add(next.stream);
            } else {
                lookAt(next.stream.lastUse().deadline(), next.stream);
            }
        }
        return over;
    }

    /// Has [#over] return a stream again the next time it is asked.
    void lookAgain(LiveStream stream) {
        lookAt(clock.millis(), stream);
    }

    private void lookAt(long time, LiveStream stream) {
        stream.lookNextAt(time);
        deadlines.add(new Deadline(time, stream));
    }
}
