package dev.siltstone.layer.directory;

import dev.siltstone.io.Disk;
import dev.siltstone.io.posix.Errno;
import dev.siltstone.io.posix.PosixException;
import dev.siltstone.layer.LayerStore;
import dev.siltstone.layer.PushProgress;
import dev.siltstone.layer.PushSettings;
import dev.siltstone.layer.Pushed;
import dev.siltstone.layer.tree.FileChangedException;
import dev.siltstone.layer.tree.MountedUpper;
import dev.siltstone.layer.tree.WalkSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.function.Consumer;

/// Pushes directories as layers. Of a directory that was pushed before from this machine only what changed is read.
///
/// Thread-safe. Two pushes of the same directory under the same name do not run at once on one machine.
public final class TreePush {
    private static final int ATTEMPTS = 4;
    private static final int KEY_BYTES = 16;

    private final LayerStore layers;
    private final String storeName;
    private final Disk disk;
    private final Path memory;
    private final InstantSource clock;

    /// @param storeName by which the store is known again: its URL
    /// @param memory directory for what is remembered of pushes; made if it is not there, may be deleted at any time
    /// @param clock of the machine whose file system it is: a file that changed 2 s before a walk is read again
    public TreePush(
            LayerStore layers, String storeName, Disk disk, Path memory, InstantSource clock) {
        this.layers = layers;
        this.storeName = storeName;
        this.disk = disk;
        this.memory = memory;
        this.clock = clock;
    }

    /// Pushes a directory. What changes while it is read is read again, up to three times.
    ///
    /// @param warnings told of what is left out, and of a memory that is damaged
    /// @throws FileChangedException if something changed each time
    /// @throws dev.siltstone.io.DiskLockedException if it is being pushed under this name
    /// @throws IOException if it cannot be read, holds what no layer can keep, or the store failed; the name stands
    ///     for what it stood for, unless the exception says that the effect is unknown. Again is safe
    public Pushed push(
            Path directory,
            String name,
            WalkSettings walk,
            PushSettings settings,
            PushProgress progress,
            Consumer<String> warnings)
            throws IOException {
        Path real = directory.toRealPath();
        if (MountedUpper.is(real)) {
            warnings.accept(
                    real
                            + " is the upper tree of an overlay that is mounted now; what is written"
                            + " meanwhile may be half there");
        }
        disk.createDirectories(memory);
        Path place = memory.resolve(key(real, name, walk, settings));
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt(real, place, name, walk, settings, progress, warnings);
            } catch (FileChangedException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            } catch (PosixException e) {
                if (e.errno() != Errno.ENOENT || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private Pushed attempt(
            Path directory,
            Path place,
            String name,
            WalkSettings walk,
            PushSettings settings,
            PushProgress progress,
            Consumer<String> warnings)
            throws IOException {
        try (TreeMemory remembered = new TreeMemory(disk, place, clock, warnings);
                TreeSource source = new TreeSource(directory, walk, remembered, warnings)) {
            Pushed pushed = layers.push(name, source, remembered, settings, progress);
            remembered.commit(pushed.identity());
            return pushed;
        }
    }

    /// Tells apart all that decides how a tree is read and cut.
    private String key(Path directory, String name, WalkSettings walk, PushSettings settings) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (Object part :
                    new Object[] {storeName, name, directory.toUri(), walk, settings.runBytes()}) {
                sha.update((part + "\0").getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(sha.digest(), 0, KEY_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
