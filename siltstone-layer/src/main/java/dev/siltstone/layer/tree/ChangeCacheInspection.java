package dev.siltstone.layer.tree;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.posix.RawName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/// Tells what a change cache remembers, name by name, and where it is damaged. Changes nothing; needs the memory of one
/// block.
public final class ChangeCacheInspection {
    private ChangeCacheInspection() {}

    /// Says whether a file begins as a change cache does.
    public static boolean isChangeCache(Disk disk, Path path) throws IOException {
        ByteBuffer header = header(disk, path);
        return header.remaining() >= Long.BYTES && header.getLong(0) == ChangeCacheFormat.MAGIC;
    }

    private static ByteBuffer header(Disk disk, Path path) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(ChangeCacheFormat.HEADER_BYTES);
        try (DiskFile file = disk.openForReading(path)) {
            file.read(header, 0);
        }
        return header.flip();
    }

    /// Tells all of a change cache: `changes` once, `name` of each, `damaged` if it is, each with facts by name.
    ///
    /// @throws IOException if it cannot be read; damage is a fact, not an exception
    public static void inspect(Disk disk, Path path, BiConsumer<String, Map<String, Object>> facts)
            throws IOException {
        ByteBuffer header = header(disk, path);
        byte[] basis = ChangeCacheFormat.basis(header);
        if (basis == null) {
            facts.accept("damaged", damaged(path, 0, "header", "one of version 1", "another"));
            return;
        }
        long told = ChangeCacheFormat.entries(header);
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("file", path.toString());
        head.put("names", told);
        head.put("basis", HexFormat.of().formatHex(basis));
        facts.accept("changes", head);
        long found = 0;
        try (ChangeCache cache = ChangeCache.open(disk, path, warning -> {})) {
            for (CachedEntry entry = cache.take(); entry != null; entry = cache.take()) {
                facts.accept("name", of(entry));
                found++;
            }
            if (found != told) {
                facts.accept(
                        "damaged",
                        damaged(
                                path,
                                cache.end(),
                                "names that can be read",
                                "" + told,
                                "" + found));
            }
        }
    }

    private static Map<String, Object> damaged(
            Path path, long filePosition, String reason, String expected, String actual) {
        Map<String, Object> fact = new LinkedHashMap<>();
        fact.put("file", path.toString());
        fact.put("filePosition", filePosition);
        fact.put("reason", reason);
        fact.put("expected", expected);
        fact.put("actual", actual);
        return fact;
    }

    private static Map<String, Object> of(CachedEntry entry) {
        Map<String, Object> fact = new LinkedHashMap<>();
        fact.put("path", RawName.show(entry.path()));
        fact.put("type", entry.type().toString());
        fact.put("mode", "%04o".formatted(entry.mode()));
        fact.put("user", entry.user());
        fact.put("group", entry.group());
        fact.put("inode", entry.inode());
        fact.put("bytes", entry.bytes());
        fact.put("modified", time(entry.modifiedSeconds(), entry.modifiedNanos()));
        fact.put("changed", time(entry.changedSeconds(), entry.changedNanos()));
        fact.put("settled", entry.settled());
        fact.put("note", entry.note());
        if (entry.hardLinkTarget().length > 0) {
            fact.put("linkTo", RawName.show(entry.hardLinkTarget()));
        }
        return fact;
    }

    private static String time(long seconds, int nanos) {
        return "%d.%09d".formatted(seconds, nanos);
    }
}
