package dev.siltstone.layer.tree;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.siltstone.io.RealDisk;
import dev.siltstone.layer.tar.TarLimits;
import dev.siltstone.layer.tar.TarReader;
import dev.siltstone.layer.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A tree as one tar and back, without a store between.
public final class TreeArchive {
    static final byte[] IDENTITY = {1, 2, 3};

    private TreeArchive() {}

    static List<String> write(Path tree, WalkSettings settings, OutputStream out)
            throws IOException {
        List<String> warnings = new ArrayList<>();
        byte[] bytes = new byte[1 << 18];
        try (Arena arena = Arena.ofConfined();
                TarWriter tar = new TarWriter(out);
                TreeWalk walk = new TreeWalk(tree, settings, warnings::add)) {
            MemorySegment buffer = arena.allocate(bytes.length);
            for (WalkedEntry next = walk.next(); next != null; next = walk.next()) {
                if (next.hasContent()) {
                    write(next, tar, buffer, bytes);
                } else {
                    tar.begin(next.entry());
                }
            }
        }
        return warnings;
    }

    private static void write(WalkedEntry next, TarWriter tar, MemorySegment buffer, byte[] bytes)
            throws IOException {
        try (FileContent content = next.open()) {
            tar.begin(content.entry());
            while (content.entry().bytes() > 0 && content.left() > 0) {
                long hole = content.hole();
                if (hole > 0) {
                    content.skipHole(hole);
                    tar.writeZeros(hole);
                } else {
                    int read = (int) content.read(buffer);
                    MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, 0, read);
                    tar.write(bytes, 0, read);
                }
            }
            content.finish();
        }
    }

    public static byte[] bytes(Path tree) throws IOException {
        var out = new ByteArrayOutputStream();
        write(tree, WalkSettings.DEFAULT, out);
        return out.toByteArray();
    }

    static List<String> extract(byte[] tar, Path destination, ExtractionSettings settings)
            throws IOException {
        return extract(new ByteArrayInputStream(tar), destination, settings);
    }

    static List<String> extract(InputStream tar, Path destination, ExtractionSettings settings)
            throws IOException {
        List<String> warnings = new ArrayList<>();
        try (TreeExtraction extraction =
                TreeExtraction.open(
                        new RealDisk(), destination, IDENTITY, settings, warnings::add)) {
            try {
                extraction.extractAll(new TarReader(tar, "test.tar", TarLimits.DEFAULT));
                extraction.publish();
            } catch (IOException | RuntimeException e) {
                extraction.abandon();
                throw e;
            }
        }
        return warnings;
    }
}
