package dev.siltstone.objectstore.url;

import dev.siltstone.io.Disk;
import dev.siltstone.objectstore.DirectoryStore;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.s3.S3Store;
import java.io.IOException;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// Makes stores of URLs. They are as they come: without retries, without a meter.
///
/// Thread-safe if what it was given is.
public final class StoreFactory {
    private final Disk disk;
    private final InstantSource clock;
    private final RandomGenerator random;

    /// @param clock tells leftovers in directories from what somebody is writing at this moment, and signs requests
    /// @param random for names that no other process has; not seeded alike in two
    public StoreFactory(Disk disk, InstantSource clock, RandomGenerator random) {
        this.disk = disk;
        this.clock = clock;
        this.random = random;
    }

    /// Opens a store to write to, and proves that it keeps what is promised; creates a missing directory.
    public ObjectStore open(StoreUrl url) throws IOException {
        return switch (url) {
            case StoreUrl.Directory directory ->
                    DirectoryStore.open(disk, directory.path(), clock, random);
            case StoreUrl.S3 s3 -> S3Store.open(s3.settings(), clock, random);
        };
    }

    /// Opens a store to write to, perhaps: one that is asked by requests proves what it promises before the first write.
    public ObjectStore openProvingLater(StoreUrl url) throws IOException {
        return switch (url) {
            case StoreUrl.Directory _ -> open(url);
            case StoreUrl.S3 s3 -> S3Store.openProvingLater(s3.settings(), clock, random);
        };
    }

    /// Opens a store to read from: changes nothing and needs no right to write.
    ///
    /// @throws java.nio.file.NoSuchFileException if it is a directory that is not there
    public ObjectStore openForReading(StoreUrl url) throws IOException {
        return switch (url) {
            case StoreUrl.Directory directory ->
                    DirectoryStore.openForReading(disk, directory.path(), clock, random);
            case StoreUrl.S3 s3 -> S3Store.openForReading(s3.settings(), clock);
        };
    }
}
