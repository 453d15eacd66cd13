package dev.siltstone.cli;

import dev.siltstone.rangestore.KnownRanges;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a store says of a replica.
///
/// @param newest the file that ends last; of those the one of the lowest level
/// @param listed its time in the store's listing: S3 says when it was uploaded, a directory when its last
///     transaction was seen
/// @param time when its last transaction was seen
/// @param levels what each level that is not empty has
record ReplicaFacts(
        Optional<RangeFile> newest,
        @Nullable Instant listed,
        @Nullable Instant time,
        long bytes,
        List<Map<String, @Nullable Object>> levels) {

    /// Takes what is known of a replica; one request for the newest file's time, where a listing does not have it.
    static ReplicaFacts of(RemoteRanges remote) throws IOException {
        KnownRanges known = remote.known();
        Optional<RangeFile> newest = Optional.empty();
        List<Map<String, @Nullable Object>> levels = new ArrayList<>();
        for (int level = 0; level < known.levels(); level++) {
            Optional<RangeFile> last = known.newest(level);
            if (last.isPresent()) {
                levels.add(level(known, level));
                if (newest.isEmpty() || end(last.get()).isAfter(end(newest.get()))) {
                    newest = last;
                }
            }
        }
        Instant time = newest.isEmpty() ? null : remote.exact(newest.get().id()).created();
        return new ReplicaFacts(
                newest, newest.map(RangeFile::created).orElse(null), time, known.bytes(), levels);
    }

    private static Map<String, @Nullable Object> level(KnownRanges known, int level) {
        List<RangeFile> files = known.list(level);
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("level", level);
        facts.put("files", files.size());
        facts.put("bytes", files.stream().mapToLong(RangeFile::bytes).sum());
        facts.put("first", new Txid(files.getFirst().id().first()).toString());
        facts.put("last", end(files.getLast()).toString());
        return facts;
    }

    private static Txid end(RangeFile file) {
        return new Txid(file.id().last());
    }

    boolean isEmpty() {
        return newest.isEmpty();
    }

    /// Returns the last transaction that can be there; zero if there is none.
    Txid txid() {
        return newest.map(ReplicaFacts::end).orElse(Txid.ZERO);
    }

    Map<String, @Nullable Object> facts() {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("txid", txid().toString());
        facts.put("time", time == null ? null : time.toString());
        facts.put("bytes", bytes);
        return facts;
    }

    String levelLines() {
        StringBuilder lines = new StringBuilder();
        for (Map<String, @Nullable Object> level : levels) {
            lines.append(
                    "level %s: %s files, %s bytes, %s-%s%n"
                            .formatted(
                                    level.get("level"),
                                    level.get("files"),
                                    level.get("bytes"),
                                    level.get("first"),
                                    level.get("last")));
        }
        return lines.toString();
    }
}
