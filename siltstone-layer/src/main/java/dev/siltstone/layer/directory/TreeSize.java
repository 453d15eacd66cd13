package dev.siltstone.layer.directory;

import dev.siltstone.io.posix.FileType;
import dev.siltstone.layer.tree.TreeWalk;
import dev.siltstone.layer.tree.WalkSettings;
import dev.siltstone.layer.tree.WalkedEntry;
import java.io.IOException;
import java.nio.file.Path;

/// How large the tar of a directory will be, about: for those who want to say how long it takes.
public final class TreeSize {
    private static final int HEADER_BYTES = 1024; // most have an extended one, for nanoseconds

    private TreeSize() {}

    /// Returns the bytes, or 0 if the directory cannot be walked.
    public static long of(Path directory, WalkSettings settings) {
        long bytes = 0;
        try (TreeWalk walk = new TreeWalk(directory, settings, warning -> {})) {
            for (WalkedEntry next = walk.next(); next != null; next = walk.next()) {
                boolean padded = next.hasContent() && next.status().type() == FileType.FILE;
                bytes += HEADER_BYTES + (padded ? (next.status().bytes() + 511) / 512 * 512 : 0);
            }
            return bytes;
        } catch (IOException e) {
            return 0;
        }
    }
}
