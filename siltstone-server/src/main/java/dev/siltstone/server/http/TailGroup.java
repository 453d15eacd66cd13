package dev.siltstone.server.http;

import dev.siltstone.stream.InvalidOffsetException;
import dev.siltstone.stream.Offset;
import dev.siltstone.stream.StreamInfo;
import dev.siltstone.stream.StreamReader;
import dev.siltstone.stream.Watcher;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/// Readers of one loop that wait at the same place of a stream. There is one watcher and one read for all
/// of them.
///
/// ```
/// reader has everything up to `position` ──join──> member ──┬─ data: gets it, stays or is done
///                      ^                                    ├─ cannot take it: leaves, catches up alone
///                      └──────────── catches up ────────────┘  stream ended: told, leaves
/// ```
///
/// Owned by its event loop, but for [#changed], which the leader of the log calls.
final class TailGroup implements Watcher {
    /// Who waits.
    interface Member {
        /// The member waits in `group` from now on.
        void joined(TailGroup group);

        /// There is data, or the end of the stream. Must not join or leave groups.
        ///
        /// @return whether the member took it and waits for more
        boolean take(SharedChunk chunk);

        /// There is something that this member must get by itself, from where it was.
        void fallBehind();

        /// The stream was deleted or has expired.
        void ended(StreamReader.State state);

        /// The stream cannot be read.
        void failed(Exception cause);
    }

    private final Loop loop;
    private final StreamReader reader;
    private final long streamId;
    private final SseFrames.Encoding encoding;
    private final TailFeeds.Feed feed;
    private final Set<Member> members = new LinkedHashSet<>();
    private final AtomicBoolean queued = new AtomicBoolean();
    private Offset position;
    private boolean watching;
    private boolean over;

    TailGroup(Loop loop, StreamReader reader, long streamId, Offset position) {
        this.loop = loop;
        this.reader = reader;
        this.streamId = streamId;
        this.position = position;
        this.encoding = SseFrames.Encoding.of(reader.info().contentType());
        this.feed = loop.shared().feeds().join(streamId);
    }

    long streamId() {
        return streamId;
    }

    /// Returns what all members have.
    Offset position() {
        return position;
    }

    /// Adds a member. It may be given data, and even be gone again, before this returns.
    void join(Member member) {
        members.add(member);
        member.joined(this);
        if (!watching) {
            watching = true;
            reader.watch(this);
            advance(); // what came before the watcher was there
        }
    }

    void leave(Member member) {
        members.remove(member);
        endIfEmpty();
    }

    /// Called by the leader, once per batch.
    @Override
    public void changed() {
        if (queued.compareAndSet(false, true)) {
            loop.changed(this);
        }
    }

    /// Gives the members what is new.
    void advance() {
        queued.set(false);
        if (over) {
            return;
        }
        StreamReader.State state = reader.state();
        if (state != StreamReader.State.LIVE) {
            dissolve().forEach(member -> member.ended(state));
            return;
        }
        try {
            readOn();
        } catch (InvalidOffsetException | IOException e) {
            dissolve().forEach(member -> member.failed(e));
            return;
        }
        endIfEmpty();
        if (!over) {
            loop.twin(this).ifPresent(this::moveTo);
        }
    }

    private void readOn() throws InvalidOffsetException, IOException {
        while (!members.isEmpty() && hasNews()) {
            if (!reader.isHot(position)) {
                dissolve().forEach(Member::fallBehind);
                return;
            }
            SharedChunk chunk =
                    feed.read(reader, position, read -> new SharedChunk(read, encoding));
            try {
                if (!hand(chunk)) {
                    return;
                }
            } finally {
                chunk.release();
            }
        }
    }

    private boolean hasNews() {
        StreamInfo now = reader.info();
        return now.closed() || now.tail().compareTo(position) > 0;
    }

    /// @return whether there may be more
    private boolean hand(SharedChunk chunk) {
        List<Member> all = List.copyOf(members);
        if (chunk.chunk().length() == 0 && !chunk.isEnd()) {
            return false;
        }
        for (Member member : all) {
            if (members.contains(member) && !member.take(chunk)) {
                members.remove(member);
            }
        }
        boolean moved = !position.equals(chunk.eventEnd());
        position = chunk.eventEnd();
        return moved && !chunk.isEnd();
    }

    private void moveTo(TailGroup other) {
        for (Member member : dissolve()) {
            other.members.add(member);
            member.joined(other);
        }
    }

    private List<Member> dissolve() {
        List<Member> all = List.copyOf(members);
        members.clear();
        endIfEmpty();
        return all;
    }

    private void endIfEmpty() {
        if (members.isEmpty() && !over) {
            over = true;
            if (watching) {
                reader.unwatch(this);
            }
            loop.forget(this);
            loop.shared().feeds().leave(feed);
        }
    }
}
