package dev.siltstone.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealDiskTest extends DiskContract {
    @TempDir Path temporary;

    @Override
    Disk disk() {
        return new RealDisk();
    }

    @Override
    Path directory() {
        return temporary.resolve("data");
    }

    @Override
    void removeBehindItsBack(Path path) throws IOException {
        Files.delete(path);
    }

    @Test
    void readsAFileThatSomebodyCutAsShorter() throws IOException {
        Path path = temporary.resolve("a");
        try (DiskFile file = disk().create(path)) {
            file.write(ByteBuffer.allocate(100_000), 0);
            Files.write(path, new byte[10]);

            assertThat(file.read(ByteBuffer.allocate(100), 0)).isEqualTo(10);
        }
    }

    @Test
    void locksAgainstAnotherProcess() throws IOException, InterruptedException {
        Path path = temporary.resolve("lock");
        Process other =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                LockHolder.class.getName(),
                                path.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("locked");
            assertThatThrownBy(() -> disk().lock(path)).isInstanceOf(DiskLockedException.class);
        } finally {
            other.destroyForcibly();
            other.waitFor();
        }
        disk().lock(path).close();
    }

    /// Another process that holds a lock until it is killed.
    static final class LockHolder {
        private LockHolder() {}

        public static void main(String[] arguments) throws IOException {
            try (DiskLock lock = new RealDisk().lock(Path.of(arguments[0]))) {
                System.out.println(lock == null ? "" : "locked");
                System.in.read();
            }
        }
    }
}
