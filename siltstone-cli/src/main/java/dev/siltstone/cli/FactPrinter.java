package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.journal.JournalFact;
import dev.siltstone.layer.LayerFact;
import dev.siltstone.stream.CatalogFact;
import dev.siltstone.stream.EntryDescription;
import dev.siltstone.stream.segment.SegmentFact;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes what an inspection finds, one fact a line: as text, or as the elements of a JSON array. Remembers
/// the worst of it.
///
/// Not thread-safe.
final class FactPrinter {
    private final OutputStream out;
    private final boolean json;
    private long printed;
    private int worst = ExitCode.SUCCESS;

    FactPrinter(OutputStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /// Returns the exit code for all that was printed.
    int exitCode() {
        return worst;
    }

    /// Says whether there was nothing to print.
    boolean isEmpty() {
        return printed == 0;
    }

    void begin() throws IOException {
        print(json ? "[" : "");
    }

    void end() throws IOException {
        print(json ? "]\n" : "");
        out.flush();
    }

    /// @throws UncheckedIOException if it cannot be written
    void print(JournalFact fact) {
        if (json) {
            printElement(object(fact));
        } else {
            printLine(line(fact));
        }
    }

    /// @throws UncheckedIOException if it cannot be written
    void print(SegmentFact fact) {
        if (fact instanceof SegmentFact.Damaged) {
            worst = ExitCode.DAMAGED;
        }
        if (json) {
            printElement(SegmentFactText.object(fact));
        } else {
            printLine(SegmentFactText.line(fact));
        }
    }

    /// @throws UncheckedIOException if it cannot be written
    void print(CatalogFact fact) {
        worst = fact.isDamage() ? ExitCode.DAMAGED : worst;
        if (json) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            object.put("fact", fact.kind());
            object.putAll(fact.facts());
            printElement(object);
        } else {
            printLine(fact.kind().equals("run") ? "  " + fact : fact.toString());
        }
    }

    /// @throws UncheckedIOException if it cannot be written
    void print(LayerFact fact) {
        worst = fact.isDamage() ? ExitCode.DAMAGED : worst;
        if (json) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            object.put("fact", fact.kind());
            object.putAll(fact.facts());
            printElement(object);
        } else {
            printLine(fact.isPart() ? "  " + fact : fact.toString());
        }
    }

    private void printElement(Map<String, @Nullable Object> object) {
        printCounted((printed == 0 ? "" : ",\n") + Json.write(object));
    }

    private void printLine(String line) {
        printCounted(line + "\n");
    }

    private void printCounted(String text) {
        try {
            print(text);
            printed++;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void print(String text) throws IOException {
        out.write(text.getBytes(UTF_8));
    }

    private String line(JournalFact fact) {
        return switch (fact) {
            case JournalFact.Header header ->
                    "%s: starts at position %d, %d bytes, log %016x, salt %016x%s%s"
                            .formatted(
                                    header.file(),
                                    header.start(),
                                    header.capacityBytes(),
                                    header.logId(),
                                    header.salt(),
                                    header.recycled() ? ", recycled" : "",
                                    header.last() ? ", the newest" : "");
            case JournalFact.Batch batch ->
                    "  batch at position %d, file position %d: %s, %d bytes, durable before: %d"
                            .formatted(
                                    batch.position(),
                                    batch.filePosition(),
                                    batch.entries() == 0
                                            ? "tail mark"
                                            : "entries " + batch.entries(),
                                    batch.batchBytes(),
                                    batch.durableEnd());
            case JournalFact.Entry entry ->
                    "    entry at position %d, file position %d, %d bytes: %s"
                            .formatted(
                                    entry.position(),
                                    entry.filePosition(),
                                    entry.payload().remaining(),
                                    describe(entry));
            case JournalFact.End end ->
                    "  end at position %d, file position %d%s"
                            .formatted(
                                    end.position(),
                                    end.filePosition(),
                                    end.afterMark() ? ", after a tail mark" : "");
            case JournalFact.Torn torn ->
                    "  torn at position %d, file position %d: %d bytes (%s); the next start cuts them off"
                            .formatted(
                                    torn.position(),
                                    torn.filePosition(),
                                    torn.bytes(),
                                    torn.reason());
            case JournalFact.Damaged damaged -> {
                worst = ExitCode.DAMAGED;
                yield "  DAMAGED at position %d, file position %d of %s: %s; expected %s, found %s"
                        .formatted(
                                damaged.position(),
                                damaged.filePosition(),
                                damaged.file(),
                                damaged.reason(),
                                damaged.expected(),
                                damaged.actual());
            }
        };
    }

    private Map<String, @Nullable Object> object(JournalFact fact) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        switch (fact) {
            case JournalFact.Header header -> {
                object.put("fact", "file");
                object.put("file", header.file());
                object.put("start", header.start());
                object.put("capacity", header.capacityBytes());
                object.put("logId", "%016x".formatted(header.logId()));
                object.put("salt", "%016x".formatted(header.salt()));
                object.put("recycled", header.recycled());
                object.put("newest", header.last());
            }
            case JournalFact.Batch batch -> {
                object.put("fact", "batch");
                place(object, batch.position(), batch.filePosition());
                object.put("bytes", batch.batchBytes());
                object.put("entries", batch.entries());
                object.put("durableEnd", batch.durableEnd());
            }
            case JournalFact.Entry entry -> {
                object.put("fact", "entry");
                place(object, entry.position(), entry.filePosition());
                object.put("payloadBytes", entry.payload().remaining());
                describe(entry, object);
            }
            case JournalFact.End end -> {
                object.put("fact", "end");
                place(object, end.position(), end.filePosition());
                object.put("afterMark", end.afterMark());
            }
            case JournalFact.Torn torn -> {
                object.put("fact", "torn");
                place(object, torn.position(), torn.filePosition());
                object.put("bytes", torn.bytes());
                object.put("reason", torn.reason());
            }
            case JournalFact.Damaged damaged -> {
                worst = ExitCode.DAMAGED;
                object.put("fact", "damaged");
                object.put("file", damaged.file());
                place(object, damaged.position(), damaged.filePosition());
                object.put("reason", damaged.reason());
                object.put("expected", damaged.expected());
                object.put("actual", damaged.actual());
            }
        }
        return object;
    }

    private static void place(
            Map<String, @Nullable Object> object, long position, long filePosition) {
        object.put("position", position);
        object.put("filePosition", filePosition);
    }

    private String describe(JournalFact.Entry entry) {
        try {
            return EntryDescription.of(entry.position(), entry.payload()).toString();
        } catch (IOException e) {
            return unreadable(e);
        }
    }

    private void describe(JournalFact.Entry entry, Map<String, @Nullable Object> object) {
        try {
            EntryDescription description = EntryDescription.of(entry.position(), entry.payload());
            object.put("kind", description.kind());
            object.putAll(description.facts());
        } catch (IOException e) {
            object.put("unreadable", unreadable(e));
        }
    }

    /// Its checksum is right, so it is no damage: another version wrote it.
    private String unreadable(IOException failure) {
        worst = Math.max(worst, ExitCode.FAILURE);
        return "not readable by this version: " + failure.getMessage();
    }
}
