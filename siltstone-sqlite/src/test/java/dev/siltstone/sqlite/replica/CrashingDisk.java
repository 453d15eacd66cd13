package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.DiskLock;
import dev.siltstone.io.PathFacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A disk whose process can die before and after each change.
record CrashingDisk(Disk disk, CrashSwitch crash) implements Disk {
    private interface Change<T> {
        T make() throws IOException;
    }

    private <T> T change(Change<T> change) throws IOException {
        crash.point();
        T made = change.make();
        crash.point();
        return made;
    }

    @Override
    public DiskFile create(Path path) throws IOException {
        return new CrashingFile(change(() -> disk.create(path)));
    }

    @Override
    public DiskFile open(Path path) throws IOException {
        return new CrashingFile(disk.open(path));
    }

    @Override
    public DiskFile openForReading(Path path) throws IOException {
        return disk.openForReading(path);
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        change(() -> {
            disk.createDirectories(directory);
            return true;
        });
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change(() -> {
            disk.rename(from, to);
            return true;
        });
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
        change(() -> {
            disk.link(existing, link);
            return true;
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        change(() -> {
            disk.delete(path);
            return true;
        });
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        change(() -> {
            disk.forceDirectory(directory);
            return true;
        });
    }

    @Override
    public PathFacts facts(Path path) throws IOException {
        return disk.facts(path);
    }

    @Override
    public void setModified(Path path, Instant modified) throws IOException {
        disk.setModified(path, modified);
    }

    @Override
    public boolean keepsAttributes(Path directory) throws IOException {
        return disk.keepsAttributes(directory);
    }

    @Override
    public void setAttribute(Path path, String name, String value) throws IOException {
        disk.setAttribute(path, name, value);
    }

    @Override
    public Map<String, String> attributes(Path path, String prefix) throws IOException {
        return disk.attributes(path, prefix);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return disk.usableBytes(directory);
    }

    @Override
    public DiskLock lock(Path path) throws IOException {
        return disk.lock(path);
    }

    private final class CrashingFile implements DiskFile {
        private final DiskFile file;

        CrashingFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void write(ByteBuffer source, long filePosition) throws IOException {
            change(() -> {
                file.write(source, filePosition);
                return true;
            });
        }

        @Override
        public int read(ByteBuffer target, long filePosition) throws IOException {
            return file.read(target, filePosition);
        }

        @Override
        public void force() throws IOException {
            change(() -> {
                file.force();
                return true;
            });
        }

        @Override
        public void forceWithMetadata() throws IOException {
            change(() -> {
                file.forceWithMetadata();
                return true;
            });
        }

        @Override
        public boolean isLinkedAt(Path renamed) throws IOException {
            return file.isLinkedAt(renamed);
        }

        @Override
        public void truncate(long bytes) throws IOException {
            change(() -> {
                file.truncate(bytes);
                return true;
            });
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
