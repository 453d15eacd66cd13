package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EarlyForceTest {
    private final BlockingQueue<Thread> forces = new LinkedBlockingQueue<>();
    private volatile boolean fails;

    /// A file of which nothing but its force is called.
    private final DiskFile file =
            (DiskFile)
                    Proxy.newProxyInstance(
                            DiskFile.class.getClassLoader(),
                            new Class<?>[] {DiskFile.class},
                            (proxy, method, arguments) -> {
                                assertThat(method.getName()).isEqualTo("force");
                                boolean failing = fails;
                                forces.add(Thread.currentThread());
                                if (failing) {
                                    throw new IOException("the disk is gone");
                                }
                                return null;
                            });

    @Test
    void forcesOnAnotherThreadOnceEnoughIsWritten() throws Exception {
        try (EarlyForce force = EarlyForce.start(file, 100)) {
            force.written(60);
            assertThat(forces).isEmpty();
            force.written(60);
            Thread forcing = forces.poll(30, TimeUnit.SECONDS);
            assertThat(forcing).isNotNull().isNotSameAs(Thread.currentThread());
            assertThat(forcing.isVirtual()).isFalse();
            force.end();
            assertThat(forces.poll()).isSameAs(Thread.currentThread());
        }
    }

    @Test
    void aForceThatFailedIsFinal() throws Exception {
        fails = true;
        try (EarlyForce force = EarlyForce.start(file, 100)) {
            force.written(100);
            assertThat(forces.poll(30, TimeUnit.SECONDS)).isNotNull();
            fails = false;
            assertThatThrownBy(force::end).hasMessage("the disk is gone");
            assertThatThrownBy(force::check).hasMessage("the disk is gone");
        }
        assertThat(forces).isEmpty();
    }
}
