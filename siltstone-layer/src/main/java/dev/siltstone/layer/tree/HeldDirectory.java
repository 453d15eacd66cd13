package dev.siltstone.layer.tree;

import dev.siltstone.io.posix.Descriptor;
import java.util.concurrent.atomic.AtomicInteger;

/// An open directory, closed when the last of those who hold it lets it go.
///
/// Thread-safe.
final class HeldDirectory {
    private final Descriptor descriptor;
    private final AtomicInteger holders = new AtomicInteger(1);

    /// Whoever makes it holds it.
    HeldDirectory(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    Descriptor descriptor() {
        return descriptor;
    }

    void hold() {
        if (holders.getAndIncrement() <= 0) {
            throw new IllegalStateException("a walked name is used after the walk went on");
        }
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            descriptor.close();
        }
    }
}
