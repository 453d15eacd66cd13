package dev.siltstone.rangestore;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.DiskLock;
import dev.siltstone.io.PathFacts;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A disk as if every directory were another file system.
final class NoLinks implements Disk {
    private final Disk disk;

    NoLinks(Disk disk) {
        this.disk = disk;
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
        throw new FileSystemException(
                link.toString(), existing.toString(), "Invalid cross-device link");
    }

    @Override
    public DiskFile create(Path path) throws IOException {
        return disk.create(path);
    }

    @Override
    public DiskFile open(Path path) throws IOException {
        return disk.open(path);
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
        disk.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        disk.forceDirectory(directory);
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
}
