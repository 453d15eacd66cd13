package dev.siltstone.rangestore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Small files for tests.
final class TextFiles {
    static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");

    private TextFiles() {}

    static RangeId id(int level, long first, long last) {
        return new RangeId(level, first, last);
    }

    static RangeFile put(LocalRanges ranges, RangeId id, String text) throws IOException {
        return put(ranges, id, text, TIME, Map.of());
    }

    static RangeFile put(
            LocalRanges ranges,
            RangeId id,
            String text,
            Instant created,
            Map<String, String> attributes)
            throws IOException {
        try (StagedRange staged = ranges.stage(id.level())) {
            staged.file().write(ByteBuffer.wrap(text.getBytes(UTF_8)), 0);
            return staged.finish(id.first(), id.last(), created, attributes);
        }
    }

    static String read(LocalRanges ranges, RangeId id) throws IOException {
        try (DiskFile file = ranges.open(id)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return UTF_8.decode(bytes.flip()).toString();
        }
    }

    static List<RangeId> ids(List<RangeFile> files) {
        return files.stream().map(RangeFile::id).toList();
    }
}
