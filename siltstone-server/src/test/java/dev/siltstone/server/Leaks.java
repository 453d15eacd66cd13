package dev.siltstone.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Follows every buffer and tells which were forgotten.
final class Leaks {
    private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();

    static {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
    }

    private Leaks() {}

    /// Begins to follow buffers; must come before the first one.
    static void watch() {
        // the static initializer has done it
    }

    /// Fails if a buffer was collected that had not been released.
    static void assertNone() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            // The detector looks at what was collected whenever a buffer is made.
            ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(16);
            buffer.release();
        }
        assertThat(FOUND).isEmpty();
    }

    private static final class Factory extends ResourceLeakDetectorFactory {
        @Override
        @SuppressWarnings("deprecation") // the way that is left does not ask this factory
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            return newResourceLeakDetector(resource, samplingInterval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval) {
            return new ResourceLeakDetector<T>(resource, samplingInterval) {
                @Override
                protected void reportTracedLeak(String resourceType, String records) {
                    FOUND.add(resourceType + records);
                }

                @Override
                protected void reportUntracedLeak(String resourceType) {
                    FOUND.add(resourceType);
                }
            };
        }
    }
}
