package dev.siltstone.bench;

import java.io.IOException;
import java.util.List;

/// Several works on the same sockets, until the last is over.
record Together(List<Sockets.Work> works) implements Sockets.Work {
    @Override
    public long nextDue() {
        long next = Long.MAX_VALUE;
        for (Sockets.Work work : works) {
            next = Math.min(next, work.nextDue());
        }
        return next;
    }

    @Override
    public void due(long now) throws IOException {
        for (Sockets.Work work : works) {
            work.due(now);
        }
    }

    @Override
    public boolean isOver(long now) {
        for (Sockets.Work work : works) {
            if (!work.isOver(now)) {
                return false;
            }
        }
        return true;
    }
}
