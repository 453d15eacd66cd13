package dev.siltstone.cli;

import dev.siltstone.stream.segment.SegmentFact;
import dev.siltstone.stream.segment.SegmentHeader;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an inspection finds in a segment, as text and as an object.
final class SegmentFactText {
    private SegmentFactText() {}

    static String line(SegmentFact fact) {
        return switch (fact) {
            case SegmentFact.Header found -> header(found);
            case SegmentFact.Run run ->
                    "  run of stream %d: bytes %d to %d, messages %d, %s to %s"
                            .formatted(
                                    run.key(),
                                    run.base(),
                                    run.end(),
                                    run.messages(),
                                    Instant.ofEpochMilli(run.firstTime()),
                                    Instant.ofEpochMilli(run.lastTime()));
            case SegmentFact.Damaged damaged ->
                    "  DAMAGED at file position %d of %s: %s; expected %s, found %s"
                            .formatted(
                                    damaged.filePosition(),
                                    damaged.file(),
                                    damaged.reason(),
                                    damaged.expected(),
                                    damaged.actual());
        };
    }

    private static String header(SegmentFact.Header found) {
        SegmentHeader header = found.header();
        return "%s: segment of level %d, positions %d to %d, log %016x, writer epoch %d, runs %d, messages %d, %d bytes in a file of %d%s"
                .formatted(
                        found.file(),
                        header.level(),
                        header.start(),
                        header.end(),
                        header.logId(),
                        header.writerEpoch(),
                        found.runs(),
                        found.messages(),
                        found.dataBytes(),
                        found.fileBytes(),
                        header.compressed() ? ", compressed" : "");
    }

    static Map<String, @Nullable Object> object(SegmentFact fact) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        switch (fact) {
            case SegmentFact.Header found -> {
                SegmentHeader header = found.header();
                object.put("fact", "segment");
                object.put("file", found.file());
                object.put("level", header.level());
                object.put("start", header.start());
                object.put("end", header.end());
                object.put("logId", "%016x".formatted(header.logId()));
                object.put("writerEpoch", header.writerEpoch());
                object.put("compressed", header.compressed());
                object.put("runs", found.runs());
                object.put("messages", found.messages());
                object.put("bytes", found.dataBytes());
                object.put("fileBytes", found.fileBytes());
            }
            case SegmentFact.Run run -> {
                object.put("fact", "run");
                object.put("streamId", run.key());
                object.put("base", run.base());
                object.put("end", run.end());
                object.put("messages", run.messages());
                object.put("firstTime", run.firstTime());
                object.put("lastTime", run.lastTime());
            }
            case SegmentFact.Damaged damaged -> {
                object.put("fact", "damaged");
                object.put("file", damaged.file());
                object.put("filePosition", damaged.filePosition());
                object.put("reason", damaged.reason());
                object.put("expected", damaged.expected());
                object.put("actual", damaged.actual());
            }
        }
        return object;
    }
}
