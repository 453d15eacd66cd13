package dev.siltstone.stream;

/// Is told that a stream changed: its tail moved, it was closed, deleted or expired. Called by the thread
/// that leads the log, after the change became durable and visible, once per batch and stream. Must return
/// at once and not throw. May be called once more after it was removed.
@FunctionalInterface
public interface Watcher {
    void changed();
}
