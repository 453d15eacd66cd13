package dev.siltstone.layer.directory;

import dev.siltstone.io.Disk;
import dev.siltstone.io.posix.PosixException;
import dev.siltstone.layer.Layer;
import dev.siltstone.layer.PullSettings;
import dev.siltstone.layer.TarStream;
import dev.siltstone.layer.tar.TarEntry;
import dev.siltstone.layer.tar.TarException;
import dev.siltstone.layer.tar.TarReader;
import dev.siltstone.layer.tree.ExtractionSettings;
import dev.siltstone.layer.tree.TreeExtraction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// Makes a directory of a layer. It appears in one step when all of it is proven and durable; a pull that was broken
/// off goes on when it is asked for again.
///
/// Not thread-safe; to be run on a platform thread.
public final class TreePull {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final long CHECKPOINT_BYTES = 256L << 20;
    private static final int TAR_BLOCK = 512;

    private final Layer layer;
    private final Disk disk;
    private final PullSettings settings;
    private long checkpointed;

    public TreePull(Layer layer, Disk disk, PullSettings settings) {
        this.layer = layer;
        this.disk = disk;
        this.settings = settings;
    }

    /// What a pull did.
    ///
    /// @param entries of the directory
    /// @param resumedAt byte of the layer's tar from which on it was fetched; 0 unless an earlier pull was broken off
    public record Pulled(long entries, long resumedAt) {}

    /// Pulls.
    ///
    /// @param destination in a directory that exists; must not be there itself unless it is to be replaced
    /// @param progress told how many bytes of the tar were taken, resumed ones included
    /// @param warnings told of what was lost by choice
    /// @throws IOException if it fails: the destination is as it was. If the store failed what was made stays hidden
    ///     beside it for the next pull of the same layer, else it is removed
    public Pulled pull(
            Path destination,
            ExtractionSettings how,
            LongConsumer progress,
            Consumer<String> warnings)
            throws IOException {
        ExtractionSettings fitting = layer.isSorted() ? how : how.inAnyOrder();
        try (TreeExtraction extraction =
                TreeExtraction.open(disk, destination, identity(fitting), fitting, warnings)) {
            try {
                fill(extraction, fitting, progress);
                extraction.publish();
                return new Pulled(extraction.entries(), extraction.resumeAt());
            } catch (TarException e) {
                extraction.abandon();
                throw e;
            } catch (PosixException e) {
                if (e.isFull() || e.isDenied()) {
                    extraction.abandon();
                }
                throw e;
            }
        }
    }

    /// Names all that the entries depend on.
    private byte[] identity(ExtractionSettings how) {
        return "%s %s %s"
                .formatted(layer.info().identity(), how.ownership(), how.whiteouts())
                .getBytes(StandardCharsets.UTF_8);
    }

    private void fill(TreeExtraction extraction, ExtractionSettings how, LongConsumer progress)
            throws IOException {
        long base = extraction.resumeAt();
        checkpointed = base;
        byte[] buffer = new byte[BUFFER_BYTES];
        try (TarStream tar = layer.tarAt(base, settings)) {
            TarReader reader =
                    new TarReader(tar, tar::zerosAhead, layer.info().name(), how.limits());
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                extraction.begin(entry);
                fill(extraction, reader, buffer, () -> progress.accept(base + tar.position()));
                long end = base + (tar.position() + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
                progress.accept(end);
                if (how.canonical() && end - checkpointed >= CHECKPOINT_BYTES) {
                    extraction.checkpoint(end);
                    checkpointed = end;
                }
            }
        }
    }

    private static void fill(
            TreeExtraction extraction, TarReader reader, byte[] buffer, Runnable step)
            throws IOException {
        while (reader.left() > 0) {
            long hole = reader.hole();
            if (hole > 0) {
                reader.skipHole(hole);
                extraction.writeZeros(hole);
            } else {
                extraction.write(buffer, 0, reader.read(buffer, 0, buffer.length));
            }
            step.run();
        }
    }
}
