package dev.siltstone.stream;

import org.jspecify.annotations.Nullable;

/// Streams in an order, each in one list at most. Adding, moving and taking out cost the same however many
/// there are, and no memory but what the streams have for it.
///
/// Not thread-safe; owned by the leader.
final class StreamList {
    private @Nullable LiveStream first;
    private @Nullable LiveStream last;
    private int size;

    @Nullable LiveStream first() {
        return first;
    }

    int size() {
        return size;
    }

    /// Puts a stream behind all others, out of whatever list it was in.
    void addLast(LiveStream stream) {
        remove(stream);
        LiveStream end = last;
        stream.list = this;
        stream.before = end;
        if (end == null) {
            first = stream;
        } else {
            end.after = stream;
        }
        last = stream;
        size++;
    }

    /// Takes a stream out of the list that it is in, if any.
    static void remove(LiveStream stream) {
        StreamList list = stream.list;
        if (list != null) {
            list.unlink(stream);
        }
    }

    private void unlink(LiveStream stream) {
        LiveStream before = stream.before;
        LiveStream after = stream.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        stream.list = null;
        stream.before = null;
        stream.after = null;
        size--;
    }
}
