package dev.siltstone.journal;

import java.util.ArrayDeque;
import java.util.List;

/// A bounded queue that can be closed. What it accepted stays until it is drained.
///
/// Thread-safe.
final class CommandQueue<C> {
    private final ArrayDeque<C> commands = new ArrayDeque<>();
    private final int capacity;
    private boolean closed;

    CommandQueue(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity " + capacity);
        }
        this.capacity = capacity;
    }

    synchronized boolean offer(C command) {
        if (closed || commands.size() == capacity) {
            return false;
        }
        commands.add(command);
        return true;
    }

    synchronized void drainTo(List<C> target) {
        target.addAll(commands);
        commands.clear();
    }

    synchronized boolean isEmpty() {
        return commands.isEmpty();
    }

    synchronized void close() {
        closed = true;
    }

    synchronized boolean isClosed() {
        return closed;
    }
}
