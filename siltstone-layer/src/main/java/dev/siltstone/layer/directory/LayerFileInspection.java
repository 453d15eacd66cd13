package dev.siltstone.layer.directory;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.layer.LayerFact;
import dev.siltstone.layer.LayerInspection;
import dev.siltstone.layer.tree.ChangeCacheInspection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Tells what is in any file of layers: packs and records of a store in a directory, change caches and known frames of
/// a memory.
public final class LayerFileInspection {
    private LayerFileInspection() {}

    /// Says whether a file is one of these.
    public static boolean isLayerFile(Disk disk, Path path) throws IOException {
        return LayerInspection.isLayerFile(disk, path)
                || ChangeCacheInspection.isChangeCache(disk, path)
                || isKnownFrames(disk, path);
    }

    /// Tells all of a file.
    ///
    /// @throws IOException if it cannot be read; damage is a fact, not an exception
    public static void inspect(Disk disk, Path path, Consumer<LayerFact> facts) throws IOException {
        if (ChangeCacheInspection.isChangeCache(disk, path)) {
            ChangeCacheInspection.inspect(
                    disk, path, (kind, found) -> facts.accept(new LayerFact(kind, found)));
        } else if (isKnownFrames(disk, path)) {
            knownFrames(disk, path, facts);
        } else {
            LayerInspection.inspect(disk, path, facts);
        }
    }

    private static boolean isKnownFrames(Disk disk, Path path) throws IOException {
        ByteBuffer magic = ByteBuffer.allocate(Long.BYTES);
        try (DiskFile file = disk.openForReading(path)) {
            file.read(magic, 0);
        }
        return magic.position() == Long.BYTES && magic.getLong(0) == KnownFramesFormat.MAGIC;
    }

    private static void knownFrames(Disk disk, Path path, Consumer<LayerFact> facts)
            throws IOException {
        String file = path.toString();
        try (KnownFramesReader frames = KnownFramesReader.open(disk, path)) {
            if (frames == null) {
                facts.accept(LayerFact.damaged(file, 0, "header", "one of version 1", "another"));
                return;
            }
            facts.accept(
                    LayerFact.of("frames")
                            .and("file", file)
                            .and("rows", frames.rows())
                            .and("identity", frames.identity().toString()));
            long row = 0;
            while (row < frames.rows()) {
                KnownFrame frame = frames.row(row);
                if (frame != null) {
                    facts.accept(fact(row, frame));
                    row++;
                    continue;
                }
                facts.accept(
                        LayerFact.damaged(
                                file,
                                KnownFramesFormat.blockPosition(row),
                                "row " + row,
                                "a block with its checksum",
                                "another"));
                row = (row / KnownFramesFormat.BLOCK_ROWS + 1) * KnownFramesFormat.BLOCK_ROWS;
            }
        }
    }

    private static LayerFact fact(long row, KnownFrame frame) {
        return LayerFact.of("known frame")
                .and("row", row)
                .and("rawBytes", frame.rawBytes())
                .and("entries", frame.entries())
                .and("repeat", frame.repeat())
                .and("dataFrames", frame.dataFrames())
                .and("digest", frame.digest().toString());
    }
}
