package dev.siltstone.stream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Requests that wait until the settler has caught up: a wait of a second is kinder to a client than to be told to
/// come back in one. First in, first out; so many at most, and so long at most.
///
/// Not thread-safe; owned by the leader.
final class HeldRequests {
    private record Held(Request.Client client, long since) {}

    private final Queue<Held> held = new ArrayDeque<>();
    private final int max;
    private final long millisMax;

    /// @param max 0 holds none: for logs whose settling is for the caller to start
    /// @param millisMax a request that waited so long is given back by [#over]
    HeldRequests(int max, long millisMax) {
        this.max = max;
        this.millisMax = millisMax;
    }

    /// @param now milliseconds since 1970
    /// @return false if it is one too many
    boolean add(Request.Client client, long now) {
        return held.size() < max && held.add(new Held(client, now));
    }

    /// Takes out the one that waited longest; `null` if none waits.
    Request.@Nullable Client poll() {
        Held next = held.poll();
        return next == null ? null : next.client();
    }

    /// Takes out those that waited for too long, and those that came before the clock was set back: how long they
    /// waited is not known.
    List<Request.Client> over(long now) {
        List<Request.Client> over = new ArrayList<>(0);
        for (Held next = held.peek(); next != null && isOver(next, now); next = held.peek()) {
            over.add(next.client());
            held.remove();
        }
        return over;
    }

    private boolean isOver(Held request, long now) {
        return now < request.since() || now - request.since() >= millisMax;
    }
}
